//! `POST /api/v1/tickets/{id}/resolve`

use super::body::Ticket;
use crate::idempotent::Idempotent;
use crate::identity::ApplicantOrStaff;
use crate::input::Path;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use shiming_domain::id::TicketId;
use shiming_engine::ticket;

/// Says that a ticket is answered.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/resolve", tag = "tickets", params(("id" = String, Path, description = "The ticket")), responses(
    (status = 200, description = "Resolved", body = Ticket),
    (status = 404, description = "No such ticket of the caller", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "It was before", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn resolve(
    State(state): State<AppState>,
    ApplicantOrStaff(caller): ApplicantOrStaff,
    Path(id): Path<TicketId>,
    key: Idempotent,
) -> Result<Response, ApiError> {
    let pending = ticket::resolve(&state.service, &caller, id).await?;
    key.finish(pending, StatusCode::OK, |ticket| Ticket::from(ticket)).await
}
