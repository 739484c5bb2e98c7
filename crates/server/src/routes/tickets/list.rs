//! `GET /api/v1/tickets`

use super::body::Ticket;
use crate::identity::ApplicantOrStaff;
use crate::input::Query;
use crate::page::{Page, Paging};
use crate::problem::ApiError;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use shiming_domain::id::TicketId;
use shiming_engine::ticket;

/// One's tickets, newest first; for support those that wait, most urgent first.
#[utoipa::path(get, path = "/api/v1/tickets", tag = "tickets", params(Paging), responses(
    (status = 200, description = "A page", body = Page<Ticket>),
))]
pub(crate) async fn list(
    State(state): State<AppState>,
    ApplicantOrStaff(caller): ApplicantOrStaff,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<Ticket>>, ApiError> {
    let after: Option<TicketId> = match paging.place(&state.service, &caller)? {
        Some(place) => Some(place.parse().map_err(|_| {
            ApiError::new(StatusCode::BAD_REQUEST, "cursor", "This is no cursor you were given.")
        })?),
        None => None,
    };
    let limit = paging.limit()?;
    let mut tickets = ticket::list(&state.service, &caller, after, limit + 1).await?;
    let more = tickets.len() > limit as usize;
    tickets.truncate(limit as usize);
    let next = tickets.last().filter(|_| more).map(|ticket| ticket.id.to_string());
    let tickets = tickets.iter().map(Ticket::from).collect();
    Ok(Json(Page::new(&state.service, &caller, tickets, next.as_deref())?))
}
