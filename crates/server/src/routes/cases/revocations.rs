//! `GET /api/v1/revocations`

use super::revoke::Revocation;
use crate::identity::StaffMember;
use crate::page::Page;
use crate::problem::ApiError;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use shiming_engine::review;

/// Verifications that are proposed to be taken back and wait for a second person, oldest first.
#[utoipa::path(get, path = "/api/v1/revocations", tag = "cases", responses(
    (status = 200, description = "The proposals", body = Page<Revocation>),
))]
pub(crate) async fn revocations(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
) -> Result<Json<Page<Revocation>>, ApiError> {
    let found = review::revocations(&state.service, &caller).await?;
    Ok(Json(Page::new(&state.service, &caller, found.iter().map(Revocation::from).collect(), None)?))
}
