//! Work for people, appeals, and changes of data.

mod appeals;
mod body;
mod claim;
mod decide;
mod escalate;
mod hold;
mod info_change;
mod list;
mod look_again;
mod next;
mod object;
mod release;
mod renew;
mod resume;
mod reveal;
mod revocations;
mod revoke;
mod seen;
mod show;
mod statistics;
mod take_over;
mod undo;

use crate::access::{Row, Who, row};
use crate::state::AppState;
use shiming_domain::case::Role;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Everybody who works on cases; which ones, `engine` says.
const WORKERS: &[Who] = &[
    Who::Staff(Role::Support),
    Who::Staff(Role::Reviewer),
    Who::Staff(Role::Supervisor),
    Who::Staff(Role::Compliance),
];

/// Who takes verifications back, two at a time.
const REVOKERS: &[Who] = &[Who::Staff(Role::Supervisor), Who::Staff(Role::Compliance)];

pub(crate) const ACCESS: &[Row] = &[
    row("GET", "/api/v1/cases", WORKERS),
    row("POST", "/api/v1/cases/next", WORKERS),
    row("GET", "/api/v1/cases/{id}", WORKERS),
    row("POST", "/api/v1/cases/{id}/claim", WORKERS),
    row("POST", "/api/v1/cases/{id}/renew", WORKERS),
    row("POST", "/api/v1/cases/{id}/release", WORKERS),
    row("POST", "/api/v1/cases/{id}/take-over", WORKERS),
    row("POST", "/api/v1/cases/{id}/hold", WORKERS),
    row("POST", "/api/v1/cases/{id}/resume", WORKERS),
    row("POST", "/api/v1/cases/{id}/escalate", WORKERS),
    row("POST", "/api/v1/cases/{id}/decide", WORKERS),
    row("POST", "/api/v1/cases/{id}/undo", WORKERS),
    row("POST", "/api/v1/cases/{id}/reveal", WORKERS),
    row("POST", "/api/v1/cases/{id}/look-again", &[Who::Staff(Role::Supervisor)]),
    row("GET", "/api/v1/reviews/statistics", &[Who::Staff(Role::Supervisor)]),
    row("GET", "/api/v1/revocations", REVOKERS),
    row("POST", "/api/v1/verifications/{id}/revoke", REVOKERS),
    row("POST", "/api/v1/info_changes", &[Who::Staff(Role::Support), Who::Staff(Role::Supervisor)]),
    row("POST", "/api/v1/appeals", &[Who::Applicant]),
    row("GET", "/api/v1/appeals", &[Who::Applicant]),
];

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(next::next))
        .routes(routes!(show::show))
        .routes(routes!(claim::claim))
        .routes(routes!(renew::renew))
        .routes(routes!(release::release))
        .routes(routes!(take_over::take_over))
        .routes(routes!(hold::hold))
        .routes(routes!(resume::resume))
        .routes(routes!(escalate::escalate))
        .routes(routes!(decide::decide))
        .routes(routes!(undo::undo))
        .routes(routes!(reveal::reveal))
        .routes(routes!(look_again::look_again))
        .routes(routes!(statistics::statistics))
        .routes(routes!(revocations::revocations))
        .routes(routes!(revoke::revoke))
        .routes(routes!(info_change::open))
        .routes(routes!(object::object, appeals::appeals))
}
