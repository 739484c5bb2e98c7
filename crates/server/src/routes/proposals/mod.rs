//! Acts outside of cases that one person proposes and another confirms, and what staff put on record.

pub(crate) mod body;
mod confirm;
mod list;
mod meeting;
mod meeting_confirm;
mod meeting_show;
mod portal;

use crate::access::{Row, Who, row};
use crate::state::AppState;
use shiming_domain::case::Role;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Whoever may have a part in one of the acts; in which, `engine` says.
const PARTIES: &[Who] = &[
    Who::Staff(Role::Support),
    Who::Staff(Role::Reviewer),
    Who::Staff(Role::Supervisor),
    Who::Staff(Role::Operator),
];

/// Whoever meets people and looks things up for them.
const RECORDERS: &[Who] =
    &[Who::Staff(Role::Support), Who::Staff(Role::Reviewer), Who::Staff(Role::Supervisor)];

pub(crate) const ACCESS: &[Row] = &[
    row("GET", "/api/v1/proposals", PARTIES),
    row("POST", "/api/v1/proposals/{id}/confirm", PARTIES),
    row("POST", "/api/v1/portal_records", RECORDERS),
    row("GET", "/api/v1/people/{id}/meeting", RECORDERS),
    row("POST", "/api/v1/people/{id}/meeting", RECORDERS),
    row("POST", "/api/v1/people/{id}/meeting/confirm", RECORDERS),
];

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(confirm::confirm))
        .routes(routes!(portal::record))
        .routes(routes!(meeting_show::show, meeting::record_meeting))
        .routes(routes!(meeting_confirm::confirm_meeting))
}
