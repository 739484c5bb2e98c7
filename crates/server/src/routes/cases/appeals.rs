//! `GET /api/v1/appeals`

use super::body::Appeal;
use crate::identity::Applicant;
use crate::page::Page;
use crate::problem::ApiError;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use shiming_engine::review::appeal;

/// One's appeals, newest first; the last hundred.
#[utoipa::path(get, path = "/api/v1/appeals", tag = "appeals", responses(
    (status = 200, description = "The appeals", body = Page<Appeal>),
))]
pub(crate) async fn appeals(
    State(state): State<AppState>,
    Applicant(caller): Applicant,
) -> Result<Json<Page<Appeal>>, ApiError> {
    let appeals = appeal::list(&state.service, &caller).await?;
    let appeals = appeals.iter().map(Appeal::from).collect();
    Ok(Json(Page::new(&state.service, &caller, appeals, None)?))
}
