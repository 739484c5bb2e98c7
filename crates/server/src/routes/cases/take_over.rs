//! `POST /api/v1/cases/{id}/take-over`

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

/// Why.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TakeOver {
    /// For colleagues; kept sealed.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// Takes a case from its holder.
#[utoipa::path(post, path = "/api/v1/cases/{id}/take-over", tag = "cases", params(("id" = String, Path, description = "The case")),
    request_body = TakeOver,
    responses(
        (status = 200, description = "As it stands now", body = Case),
        (status = 403, description = "Not for this role or person", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such case for this role", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Not as the case stands; nothing was saved", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn take_over(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
    Path(id): Path<CaseId>,
    key: Idempotent,
    Json(sent): Json<TakeOver>,
) -> Result<Response, ApiError> {
    let pending = review::take_over(&state.service, &caller, id, sent.reason).await?;
    key.finish(pending, StatusCode::OK, |line| Case::from(line)).await
}
