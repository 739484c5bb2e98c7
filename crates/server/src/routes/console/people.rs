//! `POST /api/v1/people/search`

use super::word;
use crate::identity::StaffMember;
use crate::input::Json;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use crate::when::When;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use shiming_domain::account::{Deadline, Life, Restriction};
use shiming_domain::personal::Personal;
use shiming_engine::console::{self, AccountFound, SoughtBy};

/// What is known of whoever is sought. A POST, so that it stands in no address.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sought {
    /// `id_number`, `contact` or `account`.
    by: String,
    /// The whole number, mail address, phone number or id.
    #[schema(max_length = 254)]
    value: String,
}

/// The accounts found.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Found {
    /// Always `list`.
    object: &'static str,
    data: Vec<FoundAccount>,
}

/// An account, masked.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct FoundAccount {
    /// Always `account`.
    object: &'static str,
    id: String,
    /// `pending_contact`, `active`, `closing` or `closed`.
    life: &'static str,
    /// `zh-CN` or `en`.
    locale: &'static str,
    /// The person behind it, once verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<String>,
    /// 0 to 3.
    level: u8,
    /// Confirmed contacts, masked.
    contacts: Vec<FoundContact>,
    /// Restrictions in force, as far as this role may know them.
    restrictions: Vec<&'static str>,
    /// The date to be verified by, while it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    verify_by: Option<When>,
    created_at: When,
    /// The latest, newest first.
    applications: Vec<FoundApplication>,
    /// What was issued on the person last, if anything was.
    #[serde(skip_serializing_if = "Option::is_none")]
    verification: Option<FoundVerification>,
}

/// A verification.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct FoundVerification {
    id: String,
    /// `valid`, `grace`, `lapsed` or `revoked`.
    standing: &'static str,
    issued_at: When,
}

/// A contact, masked.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct FoundContact {
    /// `email` or `phone`.
    kind: &'static str,
    masked: String,
}

/// An application.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct FoundApplication {
    id: String,
    purpose: String,
    status: String,
    created_at: When,
}

impl From<AccountFound> for FoundAccount {
    fn from(found: AccountFound) -> Self {
        let account = found.account;
        let application = |one: &console::ApplicationFound| FoundApplication {
            id: one.id.to_string(),
            purpose: word(&one.purpose),
            status: word(&one.state),
            created_at: When(one.created_at),
        };
        Self {
            object: "account",
            id: account.id.to_string(),
            life: match account.life {
                Life::PendingContact { .. } => "pending_contact",
                Life::Active { .. } => "active",
                Life::Closing { .. } => "closing",
                Life::Closed { .. } => "closed",
            },
            locale: account.locale.as_str(),
            person: account.person.map(|id| id.to_string()),
            level: account.level,
            contacts: account
                .contacts
                .into_iter()
                .map(|contact| FoundContact { kind: contact.kind, masked: contact.masked })
                .collect(),
            restrictions: account.restrictions.into_iter().map(Restriction::as_str).collect(),
            verify_by: match account.deadline {
                Some(Deadline::Running { at }) => Some(When(at)),
                _ => None,
            },
            created_at: When(account.created_at),
            applications: found.applications.iter().map(application).collect(),
            verification: found.verification.map(|found| FoundVerification {
                id: found.id.to_string(),
                standing: found.standing.as_str(),
                issued_at: When(found.issued_at),
            }),
        }
    }
}

/// The accounts of somebody who calls or writes, by a number or contact in full. The look leaves a row.
#[utoipa::path(post, path = "/api/v1/people/search", tag = "staff", request_body = Sought, responses(
    (status = 200, description = "Accounts, masked; none is an answer too", body = Found),
    (status = 422, description = "This is no number, contact or id", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn search(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
    Json(sent): Json<Sought>,
) -> Result<axum::Json<Found>, ApiError> {
    let wrong = |detail: &str| ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "search_malformed", detail);
    let value = sent.value.trim();
    let sought = match sent.by.as_str() {
        "id_number" => SoughtBy::IdNumber(Personal::new(value)),
        "contact" => SoughtBy::Contact(Personal::new(value)),
        "account" => SoughtBy::Account(value.parse().map_err(|_| wrong("This is no id of an account."))?),
        _ => return Err(wrong("Search by `id_number`, `contact` or `account`.")),
    };
    let found = console::people(&state.service, &caller, sought).await?;
    Ok(axum::Json(Found { object: "list", data: found.into_iter().map(FoundAccount::from).collect() }))
}
