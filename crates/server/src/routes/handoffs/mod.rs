//! Pictures handed to a phone: one file for each route.
//!
//! The token of a link is sent in a body and never stands in an address that a server sees, so that no log has it.

mod cancel;
mod claim;
mod current;
mod dto;
mod follow;
mod look;
mod offer;

use crate::access::{Row, Who, row};
use crate::state::AppState;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) const ACCESS: &[Row] = &[
    row("POST", "/api/v1/applications/{id}/handoffs", &[Who::Applicant]),
    row("GET", "/api/v1/handoffs/{id}", &[Who::Applicant]),
    row("DELETE", "/api/v1/handoffs/{id}", &[Who::Applicant]),
    row("POST", "/api/v1/handoffs/look", &[Who::Anyone]),
    row("POST", "/api/v1/handoffs/claim", &[Who::Anyone]),
    row("GET", "/api/v1/handoffs/current", &[Who::Phone]),
];

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(offer::offer))
        .routes(routes!(follow::follow, cancel::cancel))
        .routes(routes!(look::look))
        .routes(routes!(claim::claim))
        .routes(routes!(current::current))
}
