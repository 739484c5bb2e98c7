//! `POST /api/v1/people/{id}/meeting`

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
use shiming_engine::wallet::{self, Meeting};

/// What is recorded of a meeting.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewMeeting {
    /// Where.
    #[schema(max_length = 200)]
    place: String,
    /// The agent who met the person.
    #[schema(max_length = 200)]
    agent: String,
    /// The reference of the chip reader.
    #[serde(default)]
    #[schema(max_length = 200)]
    chip_reader_reference: String,
}

/// Records that staff met a person. It counts once another member of staff has confirmed it, where the policy asks
/// for that; a later record takes the place of one that waits, and of a confirmed one when it is confirmed itself.
#[utoipa::path(post, path = "/api/v1/people/{id}/meeting", tag = "proposals", params(("id" = String, Path)),
    request_body = NewMeeting, responses(
    (status = 201, description = "Recorded", body = MeetingBody),
    (status = 403, description = "Show a factor again first", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "Nobody", body = Problem, content_type = "application/problem+json"),
    (status = 413, description = "A part has more than 200 characters", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "Place and agent are missing", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn record_meeting(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
    idempotent: Idempotent,
    Path(id): Path<PersonId>,
    Json(body): Json<NewMeeting>,
) -> Result<Response, ApiError> {
    let NewMeeting { place, agent, chip_reader_reference } = body;
    let meeting = Meeting { place, agent, chip_reader_reference };
    let pending = wallet::record_meeting(&state.service, &caller, id, &meeting).await?;
    idempotent.finish(pending, StatusCode::CREATED, |line| MeetingBody::from(line)).await
}
