//! `POST /api/v1/cases/{id}/escalate`

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
use shiming_domain::id::CaseId;
use shiming_engine::review;

/// Under which lease, on which version, why.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Escalate {
    token: u64,
    version: u64,
    /// For colleagues; kept sealed.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// Passes a case up.
#[utoipa::path(post, path = "/api/v1/cases/{id}/escalate", tag = "cases", params(("id" = String, Path, description = "The case")),
    request_body = Escalate,
    responses(
        (status = 200, description = "As it stands now", body = Case),
        (status = 403, description = "Not for this role or person", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such case for this role", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Not as the case stands; nothing was saved", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn escalate(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
    Path(id): Path<CaseId>,
    key: Idempotent,
    Json(sent): Json<Escalate>,
) -> Result<Response, ApiError> {
    let pending =
        review::escalate(&state.service, &caller, id, (sent.token, sent.version), sent.reason).await?;
    key.finish(pending, StatusCode::OK, |line| Case::from(line)).await
}
