//! `POST /api/v1/cases/{id}/decide`

use super::body::Case;
use crate::idempotent::Idempotent;
use crate::identity::StaffMember;
use crate::input::{Json, Path};
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use crate::version::{IF_MATCH, IfMatch, stale, tagged};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use shiming_domain::application::{DocumentProof, FaceProof};
use shiming_domain::case::{Decision, Verdict};
use shiming_domain::id::CaseId;
use shiming_domain::reason::{Code, Step};
use shiming_domain::verification::DocumentTerm;
use shiming_engine::review;

/// A decision.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Decide {
    /// Of the lease.
    token: u64,
    /// Of the case as it was seen.
    version: u64,
    /// `approve`, `resubmit`, `reject`; for a watch-list hit `release`, `confirm`; for an appeal `uphold`,
    /// `uphold_partly`, `refuse`.
    #[schema(value_type = String)]
    verdict: Verdict,
    /// Codes of the catalogue.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 20)]
    reasons: Vec<Code>,
    /// What is to be done again.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 7)]
    steps: Vec<Step>,
    /// For colleagues.
    #[schema(max_length = 4000)]
    note: Option<String>,
    /// The applicant reads it.
    #[schema(max_length = 4000)]
    remark: Option<String>,
    /// What the document was seen by, if not on photos; with `face`.
    #[schema(value_type = Option<Object>)]
    document: Option<DocumentProof>,
    /// What the face was seen by, if not on a live selfie.
    #[schema(value_type = Option<Object>)]
    face: Option<FaceProof>,
    /// Until when the document is current, if it could not be read: `"unlimited"` or `{"until": "2030-01-31"}`.
    #[schema(value_type = Option<Object>)]
    document_term: Option<DocumentTerm>,
}

/// Decides a case. It takes effect when the time to take it back is over and, where one is needed, a second person has agreed.
#[utoipa::path(post, path = "/api/v1/cases/{id}/decide", tag = "cases", params(("id" = String, Path, description = "The case"), ("If-Match" = Option<String>, Header, description = IF_MATCH)),
    request_body = Decide,
    responses(
        (status = 200, description = "As it stands now", body = Case),
        (status = 403, description = "Not for this role or person", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such case for this role", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Not as the case stands; nothing was saved", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "The case has changed since the version that `If-Match` names", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn decide(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
    Path(id): Path<CaseId>,
    IfMatch(seen): IfMatch,
    key: Idempotent,
    Json(sent): Json<Decide>,
) -> Result<Response, ApiError> {
    if seen.is_some_and(|seen| seen != sent.version) {
        return Err(stale());
    }
    let pending = match review::decide(&state.service, &caller, id, decision(sent)).await {
        // Whoever names a version in the header hears of it by the header's own status.
        Err(error) if seen.is_some() && error.code() == "case_stale" => return Err(stale()),
        done => done?,
    };
    let version = pending.value.version;
    Ok(tagged(key.finish(pending, StatusCode::OK, |line| Case::from(line)).await?, version))
}

fn decision(sent: Decide) -> review::Decide {
    let proof = match (sent.document, sent.face) {
        (None, None) => None,
        (document, face) => {
            Some((document.unwrap_or(DocumentProof::Photos), face.unwrap_or(FaceProof::LiveMatch)))
        }
    };
    review::Decide {
        token: sent.token,
        version: sent.version,
        decision: Decision { verdict: sent.verdict, reasons: sent.reasons, steps: sent.steps },
        note: sent.note,
        remark: sent.remark,
        proof,
        term: sent.document_term,
    }
}
