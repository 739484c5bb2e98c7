//! Support conversations.

mod body;
mod list;
mod open;
mod post;
mod resolve;
mod show;

use crate::access::{Row, Who, row};
use crate::state::AppState;
use shiming_domain::case::Role;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The owner of an account, and support.
const BOTH: &[Who] = &[Who::Applicant, Who::Staff(Role::Support), Who::Staff(Role::Supervisor)];

pub(crate) const ACCESS: &[Row] = &[
    row("POST", "/api/v1/tickets", &[Who::Applicant]),
    row("GET", "/api/v1/tickets", BOTH),
    row("GET", "/api/v1/tickets/{id}", BOTH),
    row("POST", "/api/v1/tickets/{id}/messages", BOTH),
    row("POST", "/api/v1/tickets/{id}/resolve", BOTH),
];

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(open::open, list::list))
        .routes(routes!(show::show))
        .routes(routes!(post::post))
        .routes(routes!(resolve::resolve))
}
