//! Setting up a second factor.

use super::held::{As, Held, SignedInAt, signed_in};
use super::views::SignedInView;
use crate::idempotent::Idempotent;
use crate::input::Json;
use crate::problem::{ApiError, Problem};
use crate::qr;
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use shiming_engine::account;

/// For an authenticator app; shown once.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct EnrolmentView {
    /// Always `totp_enrolment`.
    object: &'static str,
    /// To type in.
    secret: String,
    /// For the app on the same device.
    uri: String,
    /// The same as a QR code, an SVG.
    #[serde(skip_serializing_if = "Option::is_none")]
    qr: Option<String>,
}

/// The first figures of a new authenticator.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TotpBody {
    /// Six figures.
    code: String,
}

/// Recovery codes; shown once.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct RecoveryCodesView {
    /// Always `recovery_codes`.
    object: &'static str,
    /// Ten of them; each counts once.
    codes: Vec<String>,
}

/// Begins to set up an authenticator app. It counts once its first figures were sent.
#[utoipa::path(post, path = "/api/v1/factors/totp", tag = "factors", params(As), responses(
    (status = 201, description = "To be put into the app", body = EnrolmentView),
    (status = 403, description = "Show a factor again first", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn enrol(
    State(state): State<AppState>,
    held: Held,
    idempotent: Idempotent,
) -> Result<Response, ApiError> {
    let pending = account::enrol_totp(&state.service, &held.caller).await?;
    let view = |enrolment: &account::Enrolment| EnrolmentView {
        object: "totp_enrolment",
        secret: enrolment.secret.clone(),
        uri: enrolment.uri.clone(),
        qr: qr::svg(&enrolment.uri),
    };
    idempotent.finish(pending, StatusCode::CREATED, view).await
}

/// Ends setting it up. The session knows two factors now; the cookie changes.
#[utoipa::path(post, path = "/api/v1/factors/totp/confirm", tag = "factors", params(As), request_body = TotpBody, responses(
    (status = 200, description = "In use", body = SignedInView),
    (status = 422, description = "Wrong", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn confirm(
    State(state): State<AppState>,
    held: Held,
    idempotent: Idempotent,
    Json(body): Json<TotpBody>,
) -> Result<Response, ApiError> {
    let pending = account::confirm_totp(&state.service, &held.caller, &held.token, &body.code).await?;
    let session = pending.value.clone();
    let response = idempotent.finish(pending, StatusCode::OK, |session| SignedInView::from(session)).await?;
    signed_in(response, held.door, &session)
}

/// Makes ten new recovery codes; the old ones are worth nothing.
#[utoipa::path(post, path = "/api/v1/factors/recovery-codes", tag = "factors", params(As), responses(
    (status = 201, description = "New codes", body = RecoveryCodesView),
    (status = 403, description = "Show a factor again first", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn recovery_codes(
    State(state): State<AppState>,
    SignedInAt(caller): SignedInAt,
    idempotent: Idempotent,
) -> Result<Response, ApiError> {
    let pending = account::recovery_codes(&state.service, &caller).await?;
    let view = |codes: &Vec<String>| RecoveryCodesView { object: "recovery_codes", codes: codes.clone() };
    idempotent.finish(pending, StatusCode::CREATED, view).await
}
