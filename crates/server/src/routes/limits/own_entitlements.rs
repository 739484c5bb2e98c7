//! `GET /me/entitlements`

use super::entitlements::EntitlementsView;
use crate::identity::Applicant;
use crate::problem::ApiError;
use crate::state::AppState;
use axum::extract::State;
use shiming_engine::wallet;

/// What I may do, what is left of it, and what would raise it.
#[utoipa::path(get, path = "/api/v1/me/entitlements", tag = "limits", responses(
    (status = 200, description = "Level, uses, limits, and what raises them", body = EntitlementsView),
))]
pub(super) async fn own_entitlements(
    State(state): State<AppState>,
    Applicant(caller): Applicant,
) -> Result<axum::Json<EntitlementsView>, ApiError> {
    let found = wallet::own_entitlements(&state.service, &caller).await?;
    Ok(axum::Json(EntitlementsView::of(&state, found)))
}
