//! `DELETE /api/v1/handoffs/{id}`

use crate::identity::Applicant;
use crate::input::Path;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use shiming_domain::id::HandoffId;
use shiming_engine::application::handoff;

/// Takes the pictures back from the phone; neither its link nor itself is worth anything from then on.
#[utoipa::path(
    delete, path = "/api/v1/handoffs/{id}", tag = "handoffs", params(("id" = String, Path)),
    responses((status = 204, description = "Taken back"), (status = 404, body = Problem))
)]
pub(super) async fn cancel(
    State(state): State<AppState>,
    Applicant(caller): Applicant,
    Path(id): Path<HandoffId>,
) -> Result<StatusCode, ApiError> {
    handoff::cancel(&state.service, &caller, id).await?.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
