//! The live challenge before a selfie: one request draws it, one socket runs it.

mod create;
mod message;
mod serve;
mod socket;

use super::applications::SENDERS;
use crate::access::{Row, Who, row};
use crate::state::AppState;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The protocol that is spoken over the socket.
pub(crate) const PROTOCOL: &str = "shiming.liveness.v1";

pub(crate) const ACCESS: &[Row] = &[
    row("POST", create::PATH, SENDERS),
    // The ticket in the first message says who comes; a cookie says nothing here.
    row("GET", "/api/v1/liveness/{id}/socket", &[Who::Anyone]),
];

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(create::create)).routes(routes!(socket::socket))
}
