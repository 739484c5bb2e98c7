//! Keys of machines.

use super::views::List;
use crate::idempotent::Idempotent;
use crate::identity::StaffMember;
use crate::input::{Json, Path};
use crate::problem::{ApiError, Problem};
use crate::routes::proposals::body::{ActedBody, ProposalBody, status};
use crate::state::AppState;
use crate::when::When;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use shiming_domain::id::ApiKeyId;
use shiming_engine::account::key::{self, KeyView, MadeKey, NewKey};
use shiming_engine::service::Scope;

/// A key to be made.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyBody {
    /// What you call it.
    #[schema(min_length = 1, max_length = 60)]
    label: String,
    /// What it may do: `applications:write`, `persons:read`, `pii:read`, `limits:use`, `reasons:internal`,
    /// `webhooks:manage`.
    #[schema(max_items = 6)]
    scopes: Vec<String>,
    /// Days it lasts, 365 if nothing is said.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 365)]
    days: Option<u32>,
}

/// A key.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct KeyEntry {
    /// Always `key`.
    object: &'static str,
    /// Its id.
    id: String,
    /// What you call it.
    label: String,
    /// Prefix and last four characters.
    hint: String,
    /// What it may do.
    scopes: Vec<&'static str>,
    /// For real people.
    livemode: bool,
    /// When it was made.
    created_at: When,
    /// Worth nothing from then on.
    expires_at: When,
    /// Last used, to a minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<When>,
    /// Taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at: Option<When>,
    /// The key that takes its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    replaced_by: Option<String>,
    /// The key itself; shown once.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

impl From<&KeyView> for KeyEntry {
    fn from(view: &KeyView) -> Self {
        Self {
            object: "key",
            id: view.id.to_string(),
            label: view.label.clone(),
            hint: view.hint.clone(),
            scopes: view.scopes.iter().map(|scope| scope.as_str()).collect(),
            livemode: view.live,
            created_at: view.created_at.into(),
            expires_at: view.expires_at.into(),
            last_used_at: view.used_at.map(Into::into),
            revoked_at: view.revoked_at.map(Into::into),
            replaced_by: view.replaced_by.map(|id| id.to_string()),
            secret: None,
        }
    }
}

impl KeyEntry {
    /// One that was just made: its secret is shown this once.
    pub(crate) fn made(made: &MadeKey) -> Self {
        Self { secret: Some(made.secret.clone()), ..Self::from(&made.view) }
    }
}

/// All keys, newest first.
#[utoipa::path(get, path = "/api/v1/keys", tag = "keys", responses(
    (status = 200, description = "Keys", body = List<KeyEntry>),
))]
pub(super) async fn list(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
) -> Result<axum::Json<List<KeyEntry>>, ApiError> {
    let views = key::list(&state.service, &caller).await?;
    Ok(axum::Json(List::of(views.iter().map(KeyEntry::from).collect())))
}

/// Makes a key. The secret is shown in this answer and never again.
#[utoipa::path(post, path = "/api/v1/keys", tag = "keys", request_body = KeyBody, responses(
    (status = 201, description = "Made", body = KeyEntry),
    (status = 202, description = "It waits for another operator", body = ProposalBody),
    (status = 403, description = "Show a factor again first", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "Twenty proposals of yours wait", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn create(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
    idempotent: Idempotent,
    Json(body): Json<KeyBody>,
) -> Result<Response, ApiError> {
    let scope = |name: &String| Scope::ALL.into_iter().find(|scope| scope.as_str() == name);
    let scopes: Option<Vec<Scope>> = body.scopes.iter().map(scope).collect();
    let scopes = scopes.ok_or_else(|| {
        ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "scope_unknown", "One of the scopes is not known.")
    })?;
    let new = NewKey { label: body.label, scopes, days: body.days };
    let pending = key::create(&state.service, &caller, new).await?;
    let code = status(&pending.value);
    idempotent.finish(pending, code, |acted| ActedBody::of(acted, KeyEntry::made)).await
}

/// Makes a key in the place of another, which still works for seven days.
#[utoipa::path(post, path = "/api/v1/keys/{id}/rotate", tag = "keys", params(("id" = String, Path)), responses(
    (status = 201, description = "Made", body = KeyEntry),
    (status = 202, description = "It waits for another operator", body = ProposalBody),
    (status = 409, description = "Over, replaced already, or twenty proposals of yours wait", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn rotate(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
    idempotent: Idempotent,
    Path(id): Path<ApiKeyId>,
) -> Result<Response, ApiError> {
    let pending = key::rotate(&state.service, &caller, id).await?;
    let code = status(&pending.value);
    idempotent.finish(pending, code, |acted| ActedBody::of(acted, KeyEntry::made)).await
}

/// Takes a key back, at once.
#[utoipa::path(delete, path = "/api/v1/keys/{id}", tag = "keys", params(("id" = String, Path)), responses(
    (status = 204, description = "Taken back"),
    (status = 404, description = "No such key", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn revoke(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
    Path(id): Path<ApiKeyId>,
) -> Result<StatusCode, ApiError> {
    key::revoke(&state.service, &caller, id).await?.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
