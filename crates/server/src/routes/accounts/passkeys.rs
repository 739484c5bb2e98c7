//! Passkeys: setting one up, showing one, signing in with one, and keeping them.

use super::held::{As, Door, Held, device, signed_in};
use super::views::{List, SignedInView};
use super::webauthn::{
    AuthenticationResponseJSON, PasskeyCreation, PasskeyRequest, RegistrationResponseJSON,
};
use crate::idempotent::Idempotent;
use crate::identity::Anyone;
use crate::input::{Json, Path};
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use crate::when::When;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use shiming_domain::id::PasskeyId;
use shiming_engine::account::SignedIn;
use shiming_engine::account::passkey::{self, PasskeySignIn, PasskeyView};
use shiming_engine::service::Caller;

/// A new passkey.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPasskeyBody {
    /// What its owner calls it.
    #[schema(min_length = 1, max_length = 64)]
    name: String,
    /// `credential.toJSON()`.
    credential: RegistrationResponseJSON,
}

/// Another name.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PasskeyNameBody {
    /// What its owner calls it.
    #[schema(min_length = 1, max_length = 64)]
    name: String,
}

/// What somebody signs in with.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PasskeySignInBody {
    /// `credential.toJSON()`.
    credential: AuthenticationResponseJSON,
    /// `staff` for those who work for the operator.
    #[serde(default, rename = "as")]
    #[schema(inline)]
    door: Door,
}

/// A passkey.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct PasskeyEntry {
    /// Always `passkey`.
    object: &'static str,
    /// Its id.
    id: String,
    /// What its owner calls it.
    name: String,
    /// It may be copied to other devices, by the account of a browser or a system.
    backup_eligible: bool,
    /// It has been.
    backed_up: bool,
    /// When it was set up.
    created_at: When,
    /// When it was last used.
    #[serde(skip_serializing_if = "Option::is_none")]
    used_at: Option<When>,
}

/// A passkey was set up, and the session knows two factors now.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct PasskeyAdded {
    /// Always `passkey_added`.
    object: &'static str,
    /// Its id.
    id: String,
    /// The session; its cookie has changed.
    session: SignedInView,
}

impl From<PasskeyView> for PasskeyEntry {
    fn from(view: PasskeyView) -> Self {
        Self {
            object: "passkey",
            id: view.id.to_string(),
            name: view.name,
            backup_eligible: view.backup_eligible,
            backed_up: view.backed_up,
            created_at: view.created_at.into(),
            used_at: view.used_at.map(Into::into),
        }
    }
}

/// Begins to set up a passkey.
#[utoipa::path(post, path = "/api/v1/factors/passkeys/options", tag = "factors", params(As), responses(
    (status = 200, description = "For the browser; good once, for five minutes", body = PasskeyCreation),
    (status = 403, description = "Show a factor again first", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "Ten are the most, or there can be none here", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn begin(
    State(state): State<AppState>,
    held: Held,
) -> Result<axum::Json<PasskeyCreation>, ApiError> {
    let pending = passkey::begin_registration(&state.service, &held.caller, &held.token).await?;
    let options = pending.commit().await?;
    Ok(axum::Json(PasskeyCreation::of(&options, &state.service.settings().product_name)))
}

/// Ends setting it up. The session knows two factors now; the cookie changes.
#[utoipa::path(post, path = "/api/v1/factors/passkeys", tag = "factors", params(As), request_body = NewPasskeyBody, responses(
    (status = 201, description = "In use", body = PasskeyAdded),
    (status = 422, description = "Refused: another page, another challenge, a key that was not offered, …", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn finish(
    State(state): State<AppState>,
    held: Held,
    idempotent: Idempotent,
    Json(body): Json<NewPasskeyBody>,
) -> Result<Response, ApiError> {
    let (name, answer) = (body.name, body.credential.try_into()?);
    let pending =
        passkey::finish_registration(&state.service, &held.caller, &held.token, &name, &answer).await?;
    let session = pending.value.1.clone();
    let view = |(id, session): &(PasskeyId, SignedIn)| PasskeyAdded {
        object: "passkey_added",
        id: id.to_string(),
        session: SignedInView::from(session),
    };
    let response = idempotent.finish(pending, StatusCode::CREATED, view).await?;
    signed_in(response, held.door, &session)
}

/// One's own passkeys, oldest first.
#[utoipa::path(get, path = "/api/v1/factors/passkeys", tag = "factors", params(As), responses(
    (status = 200, description = "Passkeys", body = List<PasskeyEntry>),
))]
pub(super) async fn list(
    State(state): State<AppState>,
    held: Held,
) -> Result<axum::Json<List<PasskeyEntry>>, ApiError> {
    let views = passkey::list(&state.service, &held.caller).await?;
    Ok(axum::Json(List::of(views.into_iter().map(PasskeyEntry::from).collect())))
}

/// Calls a passkey something else.
#[utoipa::path(put, path = "/api/v1/factors/passkeys/{id}", tag = "factors", params(("id" = String, Path), As), request_body = PasskeyNameBody, responses(
    (status = 204, description = "Renamed"),
    (status = 404, description = "No such passkey of yours", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn rename(
    State(state): State<AppState>,
    held: Held,
    Path(id): Path<PasskeyId>,
    Json(body): Json<PasskeyNameBody>,
) -> Result<StatusCode, ApiError> {
    passkey::rename(&state.service, &held.caller, id, &body.name).await?.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a passkey. Staff keep one second factor.
#[utoipa::path(delete, path = "/api/v1/factors/passkeys/{id}", tag = "factors", params(("id" = String, Path), As), responses(
    (status = 204, description = "Removed"),
    (status = 403, description = "Show a factor again first", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "No such passkey of yours", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "The last second factor of staff", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn remove(
    State(state): State<AppState>,
    held: Held,
    Path(id): Path<PasskeyId>,
) -> Result<StatusCode, ApiError> {
    passkey::remove(&state.service, &held.caller, id).await?.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Begins to show a passkey; `POST /api/v1/sessions/second-factor` ends it.
#[utoipa::path(post, path = "/api/v1/sessions/second-factor/options", tag = "sessions", params(As), responses(
    (status = 200, description = "For the browser; good once, for five minutes", body = PasskeyRequest),
    (status = 409, description = "There are no passkeys here", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn begin_factor(
    State(state): State<AppState>,
    held: Held,
) -> Result<axum::Json<PasskeyRequest>, ApiError> {
    let pending = passkey::begin_factor(&state.service, &held.caller, &held.token).await?;
    Ok(axum::Json(PasskeyRequest::from(&pending.commit().await?)))
}

/// Begins to sign in with a passkey alone, or to show one for a recovery.
#[utoipa::path(post, path = "/api/v1/sessions/passkey/options", tag = "sessions", responses(
    (status = 200, description = "For the browser; good once, for five minutes", body = PasskeyRequest),
    (status = 409, description = "There are no passkeys here", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "Too many tries", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn begin_sign_in(
    State(state): State<AppState>,
    Anyone(caller): Anyone,
) -> Result<axum::Json<PasskeyRequest>, ApiError> {
    let caller = Caller::anyone(caller.request_id, caller.network);
    let pending = passkey::begin_sign_in(&state.service, &caller).await?;
    Ok(axum::Json(PasskeyRequest::from(&pending.commit().await?)))
}

/// Signs in with a passkey alone. It verified its user, so that it counts as two factors. Whatever is wrong has one
/// answer.
#[utoipa::path(post, path = "/api/v1/sessions/passkey", tag = "sessions", request_body = PasskeySignInBody, responses(
    (status = 201, description = "Signed in", body = SignedInView),
    (status = 401, description = "Not signed in", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "Too many tries", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn sign_in_with_passkey(
    State(state): State<AppState>,
    Anyone(caller): Anyone,
    headers: HeaderMap,
    Json(body): Json<PasskeySignInBody>,
) -> Result<Response, ApiError> {
    let door = body.door;
    let sign_in = PasskeySignIn {
        assertion: body.credential.try_into()?,
        staff: door == Door::Staff,
        device: device(&headers),
    };
    // Whoever signs in is nobody yet, whatever cookie came along.
    let caller = Caller::anyone(caller.request_id, caller.network);
    let session = passkey::sign_in(&state.service, &caller, sign_in).await?.commit().await?;
    signed_in((StatusCode::CREATED, axum::Json(SignedInView::from(&session))).into_response(), door, &session)
}
