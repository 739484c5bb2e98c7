//! `POST /api/v1/notices/{id}/read`

use crate::identity::Applicant;
use crate::input::Path;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use shiming_domain::id::NoticeId;
use shiming_engine::notice;

/// The owner of the account has read a notice. Reading twice is reading once.
#[utoipa::path(post, path = "/api/v1/notices/{id}/read", tag = "notices",
    params(("id" = String, Path, description = "Which")),
    responses(
        (status = 204, description = "Read"),
        (status = 404, description = "No such notice of this account", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn read(
    State(state): State<AppState>,
    Applicant(caller): Applicant,
    Path(id): Path<NoticeId>,
) -> Result<StatusCode, ApiError> {
    notice::mark_read(&state.service, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
