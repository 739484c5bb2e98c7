//! `POST /api/v1/people/{id}/meeting/confirm`

use super::meeting_show::MeetingBody;
use crate::idempotent::Idempotent;
use crate::identity::StaffMember;
use crate::input::Path;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use shiming_domain::id::PersonId;
use shiming_engine::wallet;

/// Confirms the record of a meeting that another member of staff made.
#[utoipa::path(post, path = "/api/v1/people/{id}/meeting/confirm", tag = "proposals", params(("id" = String, Path)), responses(
    (status = 200, description = "It counts", body = MeetingBody),
    (status = 403, description = "One's own record, or a factor is to be shown again", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "There is no record", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "Confirmed already", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn confirm(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
    idempotent: Idempotent,
    Path(id): Path<PersonId>,
) -> Result<Response, ApiError> {
    let pending = wallet::confirm_meeting(&state.service, &caller, id).await?;
    idempotent.finish(pending, StatusCode::OK, |line| MeetingBody::from(line)).await
}
