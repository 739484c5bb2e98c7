//! Opening an account.

use super::held::{Door, KeptDevice, device, signed_in};
use super::views::{CodeView, SignedInView};
use crate::idempotent::Idempotent;
use crate::identity::Anyone;
use crate::input::{Json, Path};
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use shiming_domain::account::Locale;
use shiming_domain::id::CodeId;
use shiming_engine::account::{self, Registration};

/// What somebody registers with.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RegisterBody {
    /// Mail address, or phone number with its country code.
    #[schema(max_length = 254)]
    contact: String,
    /// At least 15 characters.
    #[schema(min_length = 15, max_length = 128)]
    password: String,
    /// `zh-CN` or `en`.
    #[serde(default)]
    #[schema(value_type = String)]
    locale: Locale,
}

/// A code that came by mail or SMS.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CodeBody {
    /// Id of the request for it.
    #[schema(value_type = String)]
    pub(super) id: CodeId,
    /// Six figures.
    #[schema(max_length = 20)]
    pub(super) code: String,
}

/// Registers with a mail address or phone number and a password. The answer is the same whether or not the
/// contact has an account: its owner is written to in either case.
#[utoipa::path(post, path = "/api/v1/accounts", tag = "accounts", request_body = RegisterBody, responses(
    (status = 202, description = "A code is on its way", body = CodeView),
    (status = 422, description = "The password is not good enough", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "Too many from this device or network", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn register(
    State(state): State<AppState>,
    Anyone(caller): Anyone,
    idempotent: Idempotent,
    kept: KeptDevice,
    Json(body): Json<RegisterBody>,
) -> Result<Response, ApiError> {
    let RegisterBody { contact, password, locale } = body;
    let registration = Registration { contact, password, locale, device: Some(kept.device.clone()) };
    let pending = account::register(&state.service, &caller, registration).await?;
    kept.keep(idempotent.finish(pending, StatusCode::ACCEPTED, |asked| CodeView::from(asked)).await?)
}

/// Confirms the contact with the code. The account is open, and its owner signed in.
#[utoipa::path(post, path = "/api/v1/accounts/confirm", tag = "accounts", request_body = CodeBody, responses(
    (status = 201, description = "Open and signed in", body = SignedInView),
    (status = 422, description = "The code is wrong or over", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn confirm(
    State(state): State<AppState>,
    Anyone(caller): Anyone,
    idempotent: Idempotent,
    headers: HeaderMap,
    Json(body): Json<CodeBody>,
) -> Result<Response, ApiError> {
    let device = device(&headers);
    let pending = account::confirm(&state.service, &caller, body.id, &body.code, device.as_deref()).await?;
    let session = pending.value.clone();
    let response =
        idempotent.finish(pending, StatusCode::CREATED, |session| SignedInView::from(session)).await?;
    signed_in(response, Door::Applicant, &session)
}

/// Sends another code; earlier ones are worth nothing.
#[utoipa::path(post, path = "/api/v1/codes/{id}/resend", tag = "accounts", params(("id" = String, Path)), responses(
    (status = 202, description = "Another code is on its way", body = CodeView),
    (status = 429, description = "One was sent a moment ago", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn resend(
    State(state): State<AppState>,
    Anyone(caller): Anyone,
    idempotent: Idempotent,
    Path(id): Path<CodeId>,
) -> Result<Response, ApiError> {
    let pending = account::ask_again(&state.service, &caller, id).await?;
    idempotent.finish(pending, StatusCode::ACCEPTED, |asked| CodeView::from(asked)).await
}
