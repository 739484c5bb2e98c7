//! `POST /api/v1/tickets/{id}/messages`

use super::body::Ticket;
use crate::idempotent::Idempotent;
use crate::identity::ApplicantOrStaff;
use crate::input::{Json, Path};
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use shiming_domain::id::TicketId;
use shiming_engine::ticket;

/// A message.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Post {
    #[schema(min_length = 1, max_length = 4000)]
    text: String,
}

/// Writes into a ticket. A resolved one is opened again, for two weeks.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/messages", tag = "tickets", params(("id" = String, Path, description = "The ticket")),
    request_body = Post,
    responses(
        (status = 201, description = "Written", body = Ticket),
        (status = 404, description = "No such ticket of the caller", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The ticket is over", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn post(
    State(state): State<AppState>,
    ApplicantOrStaff(caller): ApplicantOrStaff,
    Path(id): Path<TicketId>,
    key: Idempotent,
    Json(sent): Json<Post>,
) -> Result<Response, ApiError> {
    let pending = ticket::post(&state.service, &caller, id, &sent.text).await?;
    key.finish(pending, StatusCode::CREATED, |ticket| Ticket::from(ticket)).await
}
