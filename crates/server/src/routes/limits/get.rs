//! `GET /limits/{id}`

use super::view::LimitUseView;
use crate::identity::Machine;
use crate::input::Path;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::extract::State;
use shiming_domain::id::LimitUseId;
use shiming_engine::wallet;

/// A use of limits, for whoever made it.
#[utoipa::path(get, path = "/api/v1/limits/{id}", tag = "limits", params(("id" = String, Path)), responses(
    (status = 200, description = "The use", body = LimitUseView),
    (status = 404, description = "None of the caller's", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn get(
    State(state): State<AppState>,
    Machine(caller): Machine,
    Path(id): Path<LimitUseId>,
) -> Result<axum::Json<LimitUseView>, ApiError> {
    let known = wallet::limit_use(&state.service, &caller, id).await?;
    Ok(axum::Json(LimitUseView::of(&state, &known)))
}
