//! `GET /api/v1/cases/{id}`

use super::body::{Appeal, Case, word};
use super::seen::{CaseAttempt, Compared, Score, Twin};
use crate::identity::StaffMember;
use crate::input::Path;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use crate::version::tagged;
use crate::when::When;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use shiming_domain::case::CaseType;
use shiming_domain::id::CaseId;
use shiming_domain::moment::Timestamp;
use shiming_domain::reason::Text;
use shiming_engine::review::{self, appeal};
use std::collections::BTreeMap;

/// A case with what its holder needs; personal data only through `reveal`.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Whole {
    #[serde(flatten)]
    case: Case,
    /// Codes of why a person looks.
    findings: Vec<String>,
    /// A required check failed, so that approving goes against it.
    required_failed: bool,
    /// Codes to pre-fill a rejection with.
    proposed: Vec<String>,
    /// Classes of fields that are to change.
    changes: Vec<String>,
    /// What colleagues decided, as far as the caller may know.
    opinions: Vec<Opinion>,
    notes: Vec<Note>,
    /// How earlier cases of the application ended.
    earlier: Vec<Earlier>,
    /// Every field as typed, as read, and as a source sees it.
    fields: Vec<Compared>,
    /// Every value a check was decided by.
    scores: Vec<Score>,
    /// The attempts of the application, first to last.
    attempts: Vec<CaseAttempt>,
    /// The same document or picture on other accounts.
    duplicates: Vec<Twin>,
    /// A live challenge came before the selfie; its record can be revealed as `challenge`.
    challenged: bool,
    /// What the person will read, in `zh-CN` and `en`: under `<verdict>` the notice, under `<verdict>.<CODE>` or
    /// `<verdict>.<CODE>.<step>` the reason; the words for `{steps}` in a notice under `step.<step>`.
    #[schema(value_type = Object)]
    reads: BTreeMap<String, Text>,
    /// The appeal it answers, with what the person writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    appeal: Option<AppealText>,
}

/// What somebody decided.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Opinion {
    by: String,
    verdict: String,
    reasons: Vec<String>,
    at: Option<When>,
}

/// A note.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Note {
    author: String,
    /// `internal` or `remark`.
    kind: String,
    text: String,
    at: When,
}

/// How an earlier case ended.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Earlier {
    id: String,
    at: When,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<String>,
    reasons: Vec<String>,
}

/// An appeal and its text.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct AppealText {
    #[serde(flatten)]
    appeal: Appeal,
    text: String,
}

/// One case.
#[utoipa::path(get, path = "/api/v1/cases/{id}", tag = "cases", params(("id" = String, Path, description = "The case")), responses(
    (status = 200, description = "The case", body = Whole),
    (status = 404, description = "No such case for the caller", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn show(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
    Path(id): Path<CaseId>,
) -> Result<Response, ApiError> {
    let seen = review::view(&state.service, &caller, id).await?;
    let appeal = if seen.line.kind == CaseType::Appeal && seen.line.lease.is_some() {
        let (line, text) = appeal::read(&state.service, &caller, id).await?;
        Some(AppealText { appeal: Appeal::from(&line), text })
    } else {
        None
    };
    let opinion = |opinion: &shiming_domain::case::Opinion| Opinion {
        by: opinion.by.to_string(),
        verdict: word(&opinion.decision.verdict),
        reasons: opinion.decision.reasons.iter().map(word).collect(),
        at: Timestamp::from_unix_us(opinion.at_us).ok().map(When),
    };
    let note = |note: review::WrittenNote| Note {
        author: note.author.to_string(),
        kind: word(&note.kind),
        text: note.text,
        at: When(note.at),
    };
    let earlier = |case: &review::Earlier| Earlier {
        id: case.id.to_string(),
        at: When(case.at),
        verdict: case.verdict.as_ref().map(word),
        reasons: case.reasons.iter().map(word).collect(),
    };
    let version = seen.line.version;
    let whole = Whole {
        case: Case::from(&seen.line),
        findings: seen.findings.reasons.iter().map(word).collect(),
        required_failed: seen.findings.required_failed,
        proposed: seen.proposed.iter().map(word).collect(),
        changes: seen.changes,
        opinions: seen.opinions.iter().map(opinion).collect(),
        notes: seen.notes.into_iter().map(note).collect(),
        earlier: seen.earlier.iter().map(earlier).collect(),
        fields: seen.fields.into_iter().map(Compared::from).collect(),
        scores: seen.scores.iter().map(Score::from).collect(),
        attempts: seen.attempts.iter().map(CaseAttempt::from).collect(),
        duplicates: seen.duplicates.iter().map(Twin::from).collect(),
        challenged: seen.challenged,
        reads: seen.reads,
        appeal,
    };
    Ok(tagged(Json(whole).into_response(), version))
}
