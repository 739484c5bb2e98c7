//! `POST /api/v1/people/{id}/meeting/confirm`

use super::meeting_show::MeetingBody;
use crate::idempotent::Idempotent;
use crate::identity::StaffMember;
use crate::input::{Json, Path};
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use shiming_domain::id::PersonId;
use shiming_engine::wallet;

/// What is confirmed.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SeenMeeting {
    /// That of the record that was read.
    #[schema(minimum = 1)]
    version: i64,
}

/// Confirms the record of a meeting that another member of staff made, as it was read. A record waits for 24 hours.
#[utoipa::path(post, path = "/api/v1/people/{id}/meeting/confirm", tag = "proposals", params(("id" = String, Path)),
    request_body = SeenMeeting, responses(
    (status = 200, description = "It counts", body = MeetingBody),
    (status = 403, description = "One's own record, or a factor is to be shown again", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "There is no record", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "Recorded anew since it was read (`record_stale`), confirmed already, or over", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn confirm_meeting(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
    idempotent: Idempotent,
    Path(id): Path<PersonId>,
    Json(seen): Json<SeenMeeting>,
) -> Result<Response, ApiError> {
    let pending = wallet::confirm_meeting(&state.service, &caller, id, seen.version).await?;
    idempotent.finish(pending, StatusCode::OK, |line| MeetingBody::from(line)).await
}
