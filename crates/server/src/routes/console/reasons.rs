//! `GET /api/v1/staff/reasons`, `POST /api/v1/staff/reasons/preview`

use super::word;
use crate::identity::StaffMember;
use crate::input::Json;
use crate::problem::{ApiError, Problem};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use shiming_domain::application::asks_for;
use shiming_domain::case::Verdict;
use shiming_domain::reason::{Code, Entry, Step, Text, catalogue};
use shiming_engine::review;

/// The whole catalogue, for those who decide.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct StaffReasons {
    /// Always `list`.
    object: &'static str,
    /// Version of the table.
    version: String,
    data: Vec<StaffReason>,
}

/// One reason as staff see it.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct StaffReason {
    /// Always `reason`.
    object: &'static str,
    #[schema(value_type = String)]
    code: Code,
    /// The applicant can fix it.
    retry: bool,
    /// A person may reject for it.
    r#final: bool,
    /// Steps it may send people back to.
    #[schema(value_type = Vec<String>)]
    steps: Vec<Step>,
    /// What the applicant is told instead: it is a suspicion.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    public_code: Option<Code>,
    /// In `zh-CN` and `en`, with placeholders in braces.
    #[schema(value_type = Object)]
    text: Text,
    /// For the reviewer.
    note: String,
}

/// A decision that is being considered.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Considered {
    /// `resubmit` or `reject`; others are told without reasons.
    #[schema(value_type = String)]
    verdict: Verdict,
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 20)]
    reasons: Vec<Code>,
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 7)]
    steps: Vec<Step>,
}

/// What the applicant would read.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Preview {
    /// Always `preview`.
    object: &'static str,
    /// First to last.
    told: Vec<Told>,
}

/// One reason as the applicant would read it.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Told {
    /// The code they would see.
    public_code: String,
    /// The step to do again.
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<String>,
    /// In `zh-CN` and `en`.
    #[schema(value_type = Object)]
    text: Text,
}

fn view(entry: &Entry) -> StaffReason {
    StaffReason {
        object: "reason",
        code: entry.code,
        retry: entry.kind.is_retry(),
        r#final: entry.kind.allows_final(),
        steps: asks_for(entry.code),
        public_code: entry.public,
        text: entry.text.clone(),
        note: entry.note.clone(),
    }
}

/// Every reason, with what it sends people back to and the note for whoever decides.
#[utoipa::path(get, path = "/api/v1/staff/reasons", tag = "cases", responses(
    (status = 200, description = "The catalogue", body = StaffReasons),
))]
pub(super) async fn reasons(StaffMember(_): StaffMember) -> axum::Json<StaffReasons> {
    // Rows without a note are public stand-ins: nobody decides by them.
    let rows = catalogue().entries().filter(|entry| !entry.note.is_empty());
    let data = rows.map(view).collect();
    axum::Json(StaffReasons { object: "list", version: catalogue().version.clone(), data })
}

/// What the applicant would read of a decision, word for word. Nothing is decided.
#[utoipa::path(post, path = "/api/v1/staff/reasons/preview", tag = "cases", request_body = Considered, responses(
    (status = 200, description = "What would be told", body = Preview),
    (status = 422, description = "A step has no reason that leads back to it", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn preview(
    StaffMember(_): StaffMember,
    Json(sent): Json<Considered>,
) -> Result<axum::Json<Preview>, ApiError> {
    let told = review::preview(sent.verdict, &sent.reasons, &sent.steps).ok_or_else(|| {
        let detail = "A step needs a reason that leads back to it.";
        ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "case_steps", detail)
    })?;
    let told = told.into_iter().map(|reason| Told {
        public_code: word(&reason.public_code),
        step: reason.step.as_ref().map(word),
        text: reason.text,
    });
    Ok(axum::Json(Preview { object: "preview", told: told.collect() }))
}
