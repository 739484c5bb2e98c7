//! One's own account.

use super::register::CodeBody;
use super::views::{CodeView, Done};
use crate::idempotent::Idempotent;
use crate::identity::Applicant;
use crate::input::Json;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use crate::when::When;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use shiming_domain::account::{Deadline, Life, Restriction};
use shiming_engine::account::{self, Overview};

/// An account.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct AccountView {
    /// Always `account`.
    object: &'static str,
    /// Its id.
    id: String,
    /// Counts its changes.
    version: i64,
    /// `active` or `closing`.
    life: &'static str,
    /// `zh-CN` or `en`.
    locale: &'static str,
    /// Confirmed contacts, masked.
    contacts: Vec<MaskedContact>,
    /// Restrictions in force.
    restrictions: Vec<&'static str>,
    /// The date to be verified by; missing while it stands still and once verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    verify_by: Option<When>,
    /// The person behind it, once verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<String>,
    /// 0 to 3.
    level: u8,
    /// An authenticator or a passkey is in use.
    second_factor: bool,
    /// Recovery codes that are left.
    recovery_codes_left: i64,
    /// When it was registered.
    created_at: When,
}

/// A contact, masked.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct MaskedContact {
    /// `email` or `phone`.
    kind: &'static str,
    /// To recognise it by.
    masked: String,
}

/// A new contact.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ContactBody {
    /// Mail address, or phone number with its country code.
    #[schema(max_length = 254)]
    contact: String,
}

impl From<Overview> for AccountView {
    fn from(overview: Overview) -> Self {
        let verify_by = match overview.deadline {
            Some(Deadline::Running { at }) => Some(at.into()),
            _ => None,
        };
        let masked =
            |contact: account::ContactView| MaskedContact { kind: contact.kind, masked: contact.masked };
        Self {
            object: "account",
            id: overview.id.to_string(),
            version: overview.version,
            life: match overview.life {
                Life::PendingContact { .. } => "pending_contact",
                Life::Active { .. } => "active",
                Life::Closing { .. } => "closing",
                Life::Closed { .. } => "closed",
            },
            locale: overview.locale.as_str(),
            contacts: overview.contacts.into_iter().map(masked).collect(),
            restrictions: overview.restrictions.into_iter().map(Restriction::as_str).collect(),
            verify_by,
            person: overview.person.map(|id| id.to_string()),
            level: overview.level,
            second_factor: overview.second_factor,
            recovery_codes_left: overview.recovery_codes_left,
            created_at: overview.created_at.into(),
        }
    }
}

/// The account of whoever asks.
#[utoipa::path(get, path = "/api/v1/account", tag = "accounts", responses(
    (status = 200, description = "The account", body = AccountView),
))]
pub(super) async fn read(
    State(state): State<AppState>,
    Applicant(caller): Applicant,
) -> Result<axum::Json<AccountView>, ApiError> {
    let id = caller.account().ok_or_else(ApiError::unauthenticated)?;
    let mut tx = state.service.store().read().await.map_err(shiming_engine::service::Error::from)?;
    Ok(axum::Json(account::overview(&state.service, &mut tx, id).await?.into()))
}

/// Begins to change the contact: a code goes to the new one. Support does it for verified people where the policy
/// says so.
#[utoipa::path(post, path = "/api/v1/account/contact", tag = "accounts", request_body = ContactBody, responses(
    (status = 202, description = "A code is on its way to the new contact", body = CodeView),
    (status = 403, description = "Show a factor again first", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "Support changes it", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn change_contact(
    State(state): State<AppState>,
    Applicant(caller): Applicant,
    idempotent: Idempotent,
    Json(body): Json<ContactBody>,
) -> Result<Response, ApiError> {
    let pending = account::change_contact(&state.service, &caller, &body.contact).await?;
    idempotent.finish(pending, StatusCode::ACCEPTED, |asked| CodeView::from(asked)).await
}

/// Confirms the new contact. The old one is told.
#[utoipa::path(post, path = "/api/v1/account/contact/confirm", tag = "accounts", request_body = CodeBody, responses(
    (status = 200, description = "Changed", body = Done),
    (status = 422, description = "The code is wrong or over", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn confirm_contact(
    State(state): State<AppState>,
    Applicant(caller): Applicant,
    idempotent: Idempotent,
    Json(body): Json<CodeBody>,
) -> Result<Response, ApiError> {
    let pending = account::confirm_contact(&state.service, &caller, body.id, &body.code).await?;
    idempotent.finish(pending, StatusCode::OK, |()| Done::with("contact_change")).await
}

/// Asks to close the account. There are some days to change one's mind.
#[utoipa::path(post, path = "/api/v1/account/close", tag = "accounts", responses(
    (status = 200, description = "It will close", body = Done),
    (status = 403, description = "Show a factor again first", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn close(
    State(state): State<AppState>,
    Applicant(caller): Applicant,
    idempotent: Idempotent,
) -> Result<Response, ApiError> {
    let pending = account::close(&state.service, &caller).await?;
    idempotent.finish(pending, StatusCode::OK, |()| Done::with("closure")).await
}

/// Keeps the account open after all.
#[utoipa::path(post, path = "/api/v1/account/keep_open", tag = "accounts", responses(
    (status = 200, description = "It stays open", body = Done),
    (status = 409, description = "It is not closing", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn keep_open(
    State(state): State<AppState>,
    Applicant(caller): Applicant,
    idempotent: Idempotent,
) -> Result<Response, ApiError> {
    let pending = account::keep_open(&state.service, &caller).await?;
    idempotent.finish(pending, StatusCode::OK, |()| Done::with("closure_withdrawn")).await
}
