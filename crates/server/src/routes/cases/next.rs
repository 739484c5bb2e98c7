//! `POST /api/v1/cases/next`

use super::body::Case;
use crate::idempotent::Idempotent;
use crate::identity::StaffMember;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use shiming_engine::review;

/// Takes the most urgent case the caller may take.
#[utoipa::path(post, path = "/api/v1/cases/next", tag = "cases", responses(
    (status = 200, description = "Taken", body = Case),
    (status = 204, description = "There is none"),
    (status = 409, description = "As many are held as one person may", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn next(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
    key: Idempotent,
) -> Result<Response, ApiError> {
    match review::next(&state.service, &caller).await? {
        Some(pending) => key.finish(pending, StatusCode::OK, |line| Case::from(line)).await,
        None => Ok(StatusCode::NO_CONTENT.into_response()),
    }
}
