//! `POST /api/v1/appeals`

use super::body::Appeal;
use crate::idempotent::Idempotent;
use crate::identity::Applicant;
use crate::input::Json;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use shiming_engine::review::appeal::{self, Subject};

/// Against what, and why.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Objection {
    /// `application`, `restriction` or `lock`.
    subject_kind: String,
    /// The id of the application; the name of the restriction (`identity_revoked` of a verification that was
    /// taken back); of a locked step `<id of the application>/<step>`.
    subject: String,
    #[schema(min_length = 1, max_length = 4000)]
    text: String,
}

/// Objects to a rejection, a restriction or a locked step. Other people decide; the answer is due on `due_at`.
#[utoipa::path(post, path = "/api/v1/appeals", tag = "appeals", request_body = Objection, responses(
    (status = 201, description = "Received", body = Appeal),
    (status = 404, description = "There is nothing like it to object to", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "One is open, or the time is over", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn object(
    State(state): State<AppState>,
    Applicant(caller): Applicant,
    key: Idempotent,
    Json(sent): Json<Objection>,
) -> Result<Response, ApiError> {
    let subject = Subject::parse(&sent.subject_kind, &sent.subject).ok_or_else(ApiError::not_found)?;
    let pending = appeal::open(&state.service, &caller, subject, &sent.text).await?;
    key.finish(pending, StatusCode::CREATED, |line| Appeal::from(line)).await
}
