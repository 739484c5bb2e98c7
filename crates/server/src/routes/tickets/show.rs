//! `GET /api/v1/tickets/{id}`

use super::body::{Message, Ticket};
use crate::identity::ApplicantOrStaff;
use crate::input::Path;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use shiming_domain::id::TicketId;
use shiming_engine::ticket;

/// A conversation.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Conversation {
    #[serde(flatten)]
    ticket: Ticket,
    /// Oldest first.
    messages: Vec<Message>,
}

/// A ticket with its messages.
#[utoipa::path(get, path = "/api/v1/tickets/{id}", tag = "tickets", params(("id" = String, Path, description = "The ticket")), responses(
    (status = 200, description = "The conversation", body = Conversation),
    (status = 404, description = "No such ticket of the caller", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn show(
    State(state): State<AppState>,
    ApplicantOrStaff(caller): ApplicantOrStaff,
    Path(id): Path<TicketId>,
) -> Result<Json<Conversation>, ApiError> {
    let (ticket, messages) = ticket::view(&state.service, &caller, id).await?;
    let messages = messages.into_iter().map(Message::from).collect();
    Ok(Json(Conversation { ticket: Ticket::from(&ticket), messages }))
}
