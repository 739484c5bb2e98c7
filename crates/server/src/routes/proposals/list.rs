//! `GET /api/v1/proposals`

use super::body::ProposalBody;
use crate::identity::StaffMember;
use crate::page::Page;
use crate::problem::ApiError;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use shiming_engine::four_eyes;

/// What waits for a second person and the caller's role may have a part in, oldest first, at most two hundred
/// of each kind. The look leaves a row.
#[utoipa::path(get, path = "/api/v1/proposals", tag = "proposals", responses(
    (status = 200, description = "The proposals", body = Page<ProposalBody>),
))]
pub(super) async fn list(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
) -> Result<Json<Page<ProposalBody>>, ApiError> {
    let waiting = four_eyes::waiting(&state.service, &caller).await?;
    let waiting = waiting.iter().map(ProposalBody::from).collect();
    Ok(Json(Page::new(&state.service, &caller, waiting, None)?))
}
