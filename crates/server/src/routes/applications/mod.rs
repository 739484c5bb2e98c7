//! Applications: one file for each route.

mod ask_human;
mod attempts;
mod channel;
mod consent;
mod create;
mod decision;
pub(crate) mod dto;
mod file;
mod form;
mod get;
mod list;
mod reasons;
mod submit;
mod withdraw;

use crate::access::{Row, Who, row};
use crate::state::AppState;
use shiming_engine::service::Scope;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The owner, or a machine that acts for its applicants.
pub(super) const OWNERS: &[Who] = &[Who::Applicant, Who::Machine(Scope::ApplicationsWrite)];

/// Whoever sends pictures: also a phone that was handed them.
pub(super) const SENDERS: &[Who] = &[Who::Applicant, Who::Phone, Who::Machine(Scope::ApplicationsWrite)];

pub(crate) const ACCESS: &[Row] = &[
    row("POST", "/api/v1/applications", OWNERS),
    row("GET", "/api/v1/applications", OWNERS),
    row("GET", "/api/v1/applications/{id}", OWNERS),
    row("PUT", "/api/v1/applications/{id}/steps/consent", OWNERS),
    row("PUT", "/api/v1/applications/{id}/steps/form", OWNERS),
    row("PUT", "/api/v1/applications/{id}/steps/channel", OWNERS),
    row("PUT", "/api/v1/applications/{id}/files/{step}", SENDERS),
    row("POST", "/api/v1/applications/{id}/submit", OWNERS),
    row("POST", "/api/v1/applications/{id}/withdraw", OWNERS),
    row("POST", "/api/v1/applications/{id}/ask-human", OWNERS),
    row("GET", "/api/v1/applications/{id}/attempts", OWNERS),
    row("GET", "/api/v1/decisions/{id}", OWNERS),
    row("GET", "/api/v1/reasons", &[Who::Anyone]),
];

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(create::create, list::list))
        .routes(routes!(get::get))
        .routes(routes!(consent::save_consent))
        .routes(routes!(form::save_form))
        .routes(routes!(channel::save_channel))
        .routes(routes!(file::put_file))
        .routes(routes!(submit::submit))
        .routes(routes!(withdraw::withdraw))
        .routes(routes!(ask_human::ask_human))
        .routes(routes!(attempts::attempts))
        .routes(routes!(decision::decision))
        .routes(routes!(reasons::reasons))
}
