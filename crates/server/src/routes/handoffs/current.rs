//! `GET /api/v1/handoffs/current`

use super::dto::Handoff;
use crate::identity::Phone;
use crate::problem::ApiError;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use shiming_engine::application::handoff;

/// The hand-off that this phone took: which pictures are missing.
#[utoipa::path(
    get, path = "/api/v1/handoffs/current", tag = "handoffs",
    responses((status = 200, body = Handoff))
)]
pub(super) async fn current(
    State(state): State<AppState>,
    Phone(caller): Phone,
) -> Result<Json<Handoff>, ApiError> {
    Ok(Json(Handoff::from(&handoff::current(&state.service, &caller).await?)))
}
