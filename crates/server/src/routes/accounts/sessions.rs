//! Signing in and out.

use super::held::{As, Door, Held, KeptDevice, SignedInAt, device, forget, signed_in};
use super::views::{CodeView, Done, List, SignedInView};
use super::webauthn::AuthenticationResponseJSON;
use crate::cookies;
use crate::idempotent::Idempotent;
use crate::identity::{Anyone, Applicant};
use crate::input::{Json, Path, Query};
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use crate::when::When;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use shiming_domain::id::{CodeId, SessionId};
use shiming_engine::account::{self, Proof, SessionView, SignIn};
use shiming_engine::service::Caller;

/// What somebody signs in with.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignInBody {
    /// Mail address, or phone number with its country code.
    #[schema(max_length = 254)]
    contact: String,
    /// The password.
    #[schema(max_length = 128)]
    password: String,
    /// `staff` for those who work for the operator.
    #[serde(default, rename = "as")]
    #[schema(inline)]
    door: Door,
}

/// A second factor: one of the four.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case", tag = "kind")]
pub(super) enum FactorBody {
    /// The figures of an authenticator app.
    Totp {
        /// Six figures.
        code: String,
    },
    /// A printed code.
    RecoveryCode {
        /// Sixteen letters and figures.
        code: String,
    },
    /// A code sent to a confirmed contact.
    Code {
        /// Id of the request for it.
        #[schema(value_type = String)]
        id: CodeId,
        /// Six figures.
        code: String,
    },
    /// A passkey.
    Passkey {
        /// `credential.toJSON()`.
        credential: AuthenticationResponseJSON,
    },
}

/// A session.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct SessionEntry {
    /// Always `session`.
    object: &'static str,
    /// Its id.
    id: String,
    /// Coarse words for the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<String>,
    /// When it began.
    created_at: When,
    /// When it was last used, to a minute.
    seen_at: When,
    /// It ends then at the latest.
    expires_at: When,
    /// The one that asks.
    current: bool,
}

impl TryFrom<FactorBody> for Proof {
    type Error = ApiError;

    fn try_from(body: FactorBody) -> Result<Self, ApiError> {
        Ok(match body {
            FactorBody::Totp { code } => Self::Totp(code),
            FactorBody::RecoveryCode { code } => Self::RecoveryCode(code),
            FactorBody::Code { id, code } => Self::Code { request: id, code },
            FactorBody::Passkey { credential } => Self::Passkey(Box::new(credential.try_into()?)),
        })
    }
}

impl From<SessionView> for SessionEntry {
    fn from(view: SessionView) -> Self {
        Self {
            object: "session",
            id: view.id.to_string(),
            device: view.device,
            created_at: view.created_at.into(),
            seen_at: view.seen_at.into(),
            expires_at: view.until.into(),
            current: view.current,
        }
    }
}

/// Signs in. `still` says whether a second factor must be shown or set up before the session opens anything.
/// A wrong password and an unknown contact have one answer.
#[utoipa::path(post, path = "/api/v1/sessions", tag = "sessions", request_body = SignInBody, responses(
    (status = 201, description = "Signed in", body = SignedInView),
    (status = 401, description = "Contact and password do not belong together", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "Too many tries", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn sign_in(
    State(state): State<AppState>,
    Anyone(caller): Anyone,
    headers: HeaderMap,
    kept: KeptDevice,
    Json(body): Json<SignInBody>,
) -> Result<Response, ApiError> {
    let door = body.door;
    let sign_in = SignIn {
        contact: body.contact,
        password: body.password,
        staff: door == Door::Staff,
        device: device(&headers),
        known: Some(kept.device.clone()),
    };
    // Whoever signs in is nobody yet, whatever cookie came along.
    let caller = Caller::anyone(caller.request_id, caller.network);
    let session = account::sign_in(&state.service, &caller, sign_in).await?.commit().await?;
    let answer = (StatusCode::CREATED, axum::Json(SignedInView::from(&session))).into_response();
    kept.keep(signed_in(answer, door, &session)?)
}

/// One's own sessions, newest first.
#[utoipa::path(get, path = "/api/v1/sessions", tag = "sessions", params(As), responses(
    (status = 200, description = "Sessions", body = List<SessionEntry>),
))]
pub(super) async fn list(
    State(state): State<AppState>,
    SignedInAt(caller): SignedInAt,
) -> Result<axum::Json<List<SessionEntry>>, ApiError> {
    let views = account::sessions(&state.service, &caller).await?;
    Ok(axum::Json(List::of(views.into_iter().map(SessionEntry::from).collect())))
}

/// Shows a second factor: ends the wait of a new session, or makes an old one fresh (step-up). The cookie
/// changes.
#[utoipa::path(post, path = "/api/v1/sessions/second-factor", tag = "sessions", params(As), request_body = FactorBody, responses(
    (status = 200, description = "Shown", body = SignedInView),
    (status = 422, description = "Wrong, or used before", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn second_factor(
    State(state): State<AppState>,
    held: Held,
    Json(body): Json<FactorBody>,
) -> Result<Response, ApiError> {
    let pending = account::show_factor(&state.service, &held.caller, &held.token, &body.try_into()?).await?;
    let session = pending.commit().await?;
    signed_in(axum::Json(SignedInView::from(&session)).into_response(), held.door, &session)
}

/// Sends a code to the confirmed contact, to be shown as a factor.
#[utoipa::path(post, path = "/api/v1/sessions/code", tag = "sessions", responses(
    (status = 202, description = "A code is on its way", body = CodeView),
))]
pub(super) async fn code(
    State(state): State<AppState>,
    Applicant(caller): Applicant,
    idempotent: Idempotent,
) -> Result<Response, ApiError> {
    let pending = account::ask_for_step_up(&state.service, &caller).await?;
    idempotent.finish(pending, StatusCode::ACCEPTED, |asked| CodeView::from(asked)).await
}

/// Ends all sessions but this one.
#[utoipa::path(post, path = "/api/v1/sessions/end_others", tag = "sessions", params(As), responses(
    (status = 200, description = "Ended", body = Done),
))]
pub(super) async fn end_others(
    State(state): State<AppState>,
    SignedInAt(caller): SignedInAt,
    idempotent: Idempotent,
) -> Result<Response, ApiError> {
    let pending = account::sign_out_others(&state.service, &caller).await?;
    idempotent.finish(pending, StatusCode::OK, |_| Done::with("sessions_ended")).await
}

/// Signs out.
#[utoipa::path(delete, path = "/api/v1/sessions/current", tag = "sessions", params(As), responses(
    (status = 204, description = "Signed out, or was not signed in"),
))]
pub(super) async fn sign_out(
    State(state): State<AppState>,
    Query(As { door }): Query<As>,
    headers: HeaderMap,
    Anyone(caller): Anyone,
) -> Result<Response, ApiError> {
    if let Some(token) = cookies::read(&headers, door.cookie()) {
        let found =
            account::authenticate_partial(&state.service, token, caller.request_id, caller.network).await?;
        if let Some(found) = found {
            account::sign_out(&state.service, &found).await?.commit().await?;
        }
    }
    forget(StatusCode::NO_CONTENT.into_response(), door)
}

/// Ends one of one's own sessions.
#[utoipa::path(delete, path = "/api/v1/sessions/{id}", tag = "sessions", params(("id" = String, Path), As), responses(
    (status = 204, description = "Ended"),
    (status = 404, description = "No such session of yours", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn end(
    State(state): State<AppState>,
    SignedInAt(caller): SignedInAt,
    Path(id): Path<SessionId>,
) -> Result<StatusCode, ApiError> {
    account::end_session(&state.service, &caller, id).await?.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
