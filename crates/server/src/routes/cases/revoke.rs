//! `POST /api/v1/verifications/{id}/revoke`

use crate::idempotent::Idempotent;
use crate::identity::StaffMember;
use crate::input::{Json, Path};
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use crate::when::When;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use shiming_domain::id::VerificationId;
use shiming_domain::reason::Code;
use shiming_engine::review;

/// Why.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Revoke {
    /// A code of the catalogue that may close an application for good.
    #[schema(value_type = String)]
    reason: Code,
}

/// A verification to be taken back.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Revocation {
    /// Always `revocation`.
    object: &'static str,
    verification: String,
    /// `proposed` until another person has confirmed it, then `done`.
    state: &'static str,
    #[schema(value_type = String)]
    reason: Code,
    proposed_by: String,
    proposed_at: When,
    /// Until when it can be confirmed.
    until: When,
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed_by: Option<String>,
}

impl From<&review::Revocation> for Revocation {
    fn from(found: &review::Revocation) -> Self {
        Self {
            object: "revocation",
            verification: found.verification.to_string(),
            state: if found.confirmed_by.is_some() { "done" } else { "proposed" },
            reason: found.reason,
            proposed_by: found.proposed_by.to_string(),
            proposed_at: When(found.proposed_at),
            until: When(found.until),
            confirmed_by: found.confirmed_by.map(|staff| staff.to_string()),
        }
    }
}

/// Proposes to take a verification back; if another person has proposed the same, takes it back.
#[utoipa::path(post, path = "/api/v1/verifications/{id}/revoke", tag = "cases",
    params(("id" = String, Path, description = "The verification")), request_body = Revoke,
    responses(
        (status = 200, description = "Proposed, or done", body = Revocation),
        (status = 403, description = "Not for this role", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such verification", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Another person must confirm, or it cannot be taken back", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Not a reason for this", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn revoke(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
    Path(id): Path<VerificationId>,
    key: Idempotent,
    Json(sent): Json<Revoke>,
) -> Result<Response, ApiError> {
    let pending = review::revoke(&state.service, &caller, id, sent.reason).await?;
    key.finish(pending, StatusCode::OK, |found| Revocation::from(found)).await
}
