//! `POST /api/v1/cases/{id}/look-again`

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

/// Has a decision that took effect looked at again, hidden as ordinary work. For supervisors.
#[utoipa::path(post, path = "/api/v1/cases/{id}/look-again", tag = "cases", params(("id" = String, Path, description = "The case")),
    responses(
        (status = 201, description = "The new case", body = Case),
        (status = 403, description = "Not for this role", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such case for this role", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It has no decision on an application that took effect", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn look_again(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
    Path(id): Path<CaseId>,
    key: Idempotent,
) -> Result<Response, ApiError> {
    let pending = review::look_again(&state.service, &caller, id).await?;
    key.finish(pending, StatusCode::CREATED, |line| Case::from(line)).await
}
