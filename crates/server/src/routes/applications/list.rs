//! `GET /api/v1/applications`

use super::dto::Application;
use crate::identity::ApplicantOrMachine;
use crate::input::Query;
use crate::page::{Page, Paging};
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use shiming_domain::id::AccountId;
use shiming_domain::moment::Timestamp;
use shiming_engine::application::list as of_account;

/// Whose.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(crate) struct Whose {
    /// `acc_…`; an applicant leaves it out.
    #[param(value_type = Option<String>)]
    account: Option<AccountId>,
    /// Entries of a page, 1 to 100.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(max_length = 400)]
    cursor: Option<String>,
}

/// The applications of an account, newest first.
#[utoipa::path(
    get, path = "/api/v1/applications", tag = "applications", params(Whose),
    responses((status = 200, body = Page<Application>), (status = 400, body = Problem))
)]
pub(crate) async fn list(
    State(state): State<AppState>,
    ApplicantOrMachine(caller): ApplicantOrMachine,
    Query(whose): Query<Whose>,
) -> Result<Json<Page<Application>>, ApiError> {
    let Whose { account, limit, cursor } = whose;
    let paging = Paging::new(limit, cursor);
    let service = &state.service;
    let missing = || ApiError::new(StatusCode::BAD_REQUEST, "query", "Name the account in `account`.");
    let account = account.or(caller.account()).ok_or_else(missing)?;
    let limit = paging.limit()?;
    let place = paging.place(service, &caller)?.and_then(|place| place.parse().ok());
    let before = place.and_then(|us| Timestamp::from_unix_us(us).ok()).unwrap_or(Timestamp::MAX);
    let mut views = of_account(service, &caller, account, before, limit.saturating_add(1)).await?;
    let more = views.len() > limit as usize;
    views.truncate(limit as usize);
    let last = views.last().filter(|_| more).map(|view| view.created_at.unix_us().to_string());
    let data = views.iter().map(Application::of).collect();
    Ok(Json(Page::new(service, &caller, data, last.as_deref())?))
}
