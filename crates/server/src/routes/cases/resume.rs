//! `POST /api/v1/cases/{id}/resume`

use super::body::Case;
use crate::idempotent::Idempotent;
use crate::identity::StaffMember;
use crate::input::Path;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use shiming_domain::id::CaseId;
use shiming_engine::review;

/// Goes on with a case that was put aside.
#[utoipa::path(post, path = "/api/v1/cases/{id}/resume", tag = "cases", params(("id" = String, Path, description = "The case")),
    responses(
        (status = 200, description = "As it stands now", body = Case),
        (status = 403, description = "Not for this role or person", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such case for this role", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Not as the case stands; nothing was saved", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn resume(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
    Path(id): Path<CaseId>,
    key: Idempotent,
) -> Result<Response, ApiError> {
    let pending = review::resume(&state.service, &caller, id).await?;
    key.finish(pending, StatusCode::OK, |line| Case::from(line)).await
}
