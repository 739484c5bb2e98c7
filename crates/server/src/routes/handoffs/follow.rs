//! `GET /api/v1/handoffs/{id}`

use super::dto::Handoff;
use crate::identity::Applicant;
use crate::input::Path;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use shiming_domain::id::HandoffId;
use shiming_engine::application::handoff;

/// How far the phone is.
#[utoipa::path(
    get, path = "/api/v1/handoffs/{id}", tag = "handoffs", params(("id" = String, Path)),
    responses((status = 200, body = Handoff), (status = 404, body = Problem))
)]
pub(super) async fn follow(
    State(state): State<AppState>,
    Applicant(caller): Applicant,
    Path(id): Path<HandoffId>,
) -> Result<Json<Handoff>, ApiError> {
    Ok(Json(Handoff::from(&handoff::follow(&state.service, &caller, id).await?)))
}
