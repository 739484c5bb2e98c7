//! `POST /api/v1/cases/{id}/hold`

use super::body::Case;
use crate::idempotent::Idempotent;
use crate::identity::StaffMember;
use crate::input::{Json, Path};
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use shiming_domain::case::HoldReason;
use shiming_domain::id::CaseId;
use shiming_engine::review;

/// Under which lease, on which version, why.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hold {
    token: u64,
    version: u64,
    /// `waiting_for_applicant` (stops the clock), `waiting_for_source` or `waiting_for_colleague`.
    #[schema(value_type = String)]
    reason: HoldReason,
}

/// Puts a case aside.
#[utoipa::path(post, path = "/api/v1/cases/{id}/hold", tag = "cases", params(("id" = String, Path, description = "The case")),
    request_body = Hold,
    responses(
        (status = 200, description = "As it stands now", body = Case),
        (status = 403, description = "Not for this role or person", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such case for this role", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Not as the case stands; nothing was saved", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn hold(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
    Path(id): Path<CaseId>,
    key: Idempotent,
    Json(sent): Json<Hold>,
) -> Result<Response, ApiError> {
    let pending = review::hold(&state.service, &caller, id, (sent.token, sent.version), sent.reason).await?;
    key.finish(pending, StatusCode::OK, |line| Case::from(line)).await
}
