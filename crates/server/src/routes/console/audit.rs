//! `GET /api/v1/audit`

use crate::identity::StaffMember;
use crate::input::Query;
use crate::page::{Page, Paging};
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use crate::when::When;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use shiming_domain::moment::Timestamp;
use shiming_engine::audit::{self, Rows};

/// Which rows.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// About this object.
    #[param(max_length = 100)]
    object: Option<String>,
    /// By this actor.
    #[param(max_length = 100)]
    actor: Option<String>,
    /// Entries of a page, 1 to 100.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(max_length = 400)]
    cursor: Option<String>,
}

/// One row: ids, codes and counts, never personal data.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct AuditRow {
    /// Always `audit_row`.
    object: &'static str,
    /// Its place in the tree, from 0.
    index: i64,
    at: Option<When>,
    /// Who.
    actor: String,
    /// As what.
    role: String,
    /// What, as `noun.verb`.
    action: String,
    /// Upon what kind of thing.
    object_kind: String,
    /// Upon which.
    object_id: String,
    /// `done` or `refused`.
    outcome: String,
    /// Further facts.
    #[schema(value_type = Object)]
    further: Map<String, Value>,
}

fn view(stored: &audit::Stored) -> Result<AuditRow, ApiError> {
    let entry: Value = serde_json::from_slice(&stored.entry).map_err(|_| ApiError::internal())?;
    let Value::Object(mut entry) = entry else { return Err(ApiError::internal()) };
    let at = entry.remove("at_us").and_then(|us| us.as_i64());
    let mut text = |name: &str| match entry.remove(name) {
        Some(Value::String(text)) => text,
        _ => String::new(),
    };
    Ok(AuditRow {
        object: "audit_row",
        index: stored.idx,
        at: at.and_then(|us| Timestamp::from_unix_us(us).ok()).map(When),
        actor: text("actor"),
        role: text("role"),
        action: text("action"),
        object_kind: text("object_kind"),
        object_id: text("object_id"),
        outcome: text("outcome"),
        further: entry,
    })
}

/// What was done, newest first. A row appears within a second of what it tells of.
#[utoipa::path(get, path = "/api/v1/audit", tag = "operations", params(Which), responses(
    (status = 200, description = "A page", body = Page<AuditRow>),
    (status = 400, description = "A parameter does not fit", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn rows(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
    Query(which): Query<Which>,
) -> Result<Json<Page<AuditRow>>, ApiError> {
    let bad = |code, detail| ApiError::new(StatusCode::BAD_REQUEST, code, detail);
    let rows = match (which.object, which.actor) {
        (None, None) => Rows::All,
        (Some(object), None) => Rows::About(object),
        (None, Some(actor)) => Rows::By(actor),
        (Some(_), Some(_)) => return Err(bad("query", "Ask for an object or for an actor.")),
    };
    let paging = Paging::new(which.limit, which.cursor);
    let before = match paging.place(&state.service, &caller)? {
        Some(place) => Some(place.parse().map_err(|_| bad("cursor", "This is no cursor you were given."))?),
        None => None,
    };
    let limit = paging.limit()?;
    let mut found = audit::read(&state.service, &caller, &rows, before, limit + 1).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(|row| row.idx.to_string());
    let found = found.iter().map(view).collect::<Result<_, _>>()?;
    Ok(Json(Page::new(&state.service, &caller, found, next.as_deref())?))
}
