//! `GET /api/v1/people/{id}/meeting`

use crate::identity::StaffMember;
use crate::input::Path;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use crate::when::When;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use shiming_domain::id::PersonId;
use shiming_engine::wallet::{self, MeetingLine};

/// The record of a meeting.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct MeetingBody {
    /// Always `meeting`.
    object: &'static str,
    /// Whom.
    person: String,
    /// Counts the records of the person; whoever confirms this one names it.
    version: i64,
    /// Where.
    place: String,
    /// The agent who met the person.
    agent: String,
    /// The reference of the chip reader.
    chip_reader_reference: String,
    recorded_by: String,
    recorded_at: When,
    /// Who confirmed it; without one it does not count where the policy asks for two.
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed_by: Option<String>,
}

impl From<&MeetingLine> for MeetingBody {
    fn from(line: &MeetingLine) -> Self {
        Self {
            object: "meeting",
            person: line.person.to_string(),
            version: line.version,
            place: line.meeting.place.clone(),
            agent: line.meeting.agent.clone(),
            chip_reader_reference: line.meeting.chip_reader_reference.clone(),
            recorded_by: line.recorded_by.to_string(),
            recorded_at: When(line.recorded_at),
            confirmed_by: line.confirmed_by.map(|id| id.to_string()),
        }
    }
}

/// The last record of a meeting with a person, for whoever confirms it. The look leaves a row.
#[utoipa::path(get, path = "/api/v1/people/{id}/meeting", tag = "proposals", params(("id" = String, Path)), responses(
    (status = 200, description = "The record", body = MeetingBody),
    (status = 404, description = "There is none", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn show(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
    Path(id): Path<PersonId>,
) -> Result<Json<MeetingBody>, ApiError> {
    let line = wallet::meeting(&state.service, &caller, id).await?;
    Ok(Json(MeetingBody::from(&line)))
}
