//! A forgotten password.

use super::sessions::FactorBody;
use super::views::{CodeView, Done};
use crate::idempotent::Idempotent;
use crate::identity::Anyone;
use crate::input::Json;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use shiming_domain::id::CodeId;
use shiming_engine::account::{self, Recovery};

/// Whose password was forgotten.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RecoverBody {
    /// Mail address, or phone number with its country code.
    #[schema(max_length = 254)]
    contact: String,
}

/// A new password.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CompleteBody {
    /// Id of the request for the code.
    #[schema(value_type = String)]
    id: CodeId,
    /// Six figures.
    #[schema(max_length = 20)]
    code: String,
    /// An authenticator, a passkey or a recovery code, where there is one.
    #[serde(default)]
    factor: Option<FactorBody>,
    /// At least 15 characters, 8 beside a second factor.
    #[schema(min_length = 8, max_length = 128)]
    password: String,
}

/// Sends a code to a contact. The answer is the same whether or not the contact has an account.
#[utoipa::path(post, path = "/api/v1/recovery", tag = "accounts", request_body = RecoverBody, responses(
    (status = 202, description = "A code is on its way, if there is an account", body = CodeView),
))]
pub(super) async fn begin(
    State(state): State<AppState>,
    Anyone(caller): Anyone,
    idempotent: Idempotent,
    Json(body): Json<RecoverBody>,
) -> Result<Response, ApiError> {
    let pending = account::recover(&state.service, &caller, &body.contact).await?;
    idempotent.finish(pending, StatusCode::ACCEPTED, |asked| CodeView::from(asked)).await
}

/// Sets the new password. All sessions end, and every contact is told.
#[utoipa::path(post, path = "/api/v1/recovery/complete", tag = "accounts", request_body = CompleteBody, responses(
    (status = 200, description = "Set", body = Done),
    (status = 422, description = "Wrong, or a second factor is needed", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn complete(
    State(state): State<AppState>,
    Anyone(caller): Anyone,
    idempotent: Idempotent,
    Json(body): Json<CompleteBody>,
) -> Result<Response, ApiError> {
    let recovery = Recovery {
        request: body.id,
        code: body.code,
        factor: body.factor.map(TryInto::try_into).transpose()?,
        password: body.password,
    };
    let pending = account::complete_recovery(&state.service, &caller, recovery).await?;
    idempotent.finish(pending, StatusCode::OK, |()| Done::with("recovery")).await
}
