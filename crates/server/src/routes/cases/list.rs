//! `GET /api/v1/cases`

use super::body::Case;
use crate::identity::StaffMember;
use crate::input::Query;
use crate::page::{Page, Paging};
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use shiming_domain::id::CaseId;
use shiming_domain::moment::Timestamp;
use shiming_engine::review::{self, View};

/// Which cases.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// `waiting`, `mine`, `on_hold`, `alarmed` or `closed`.
    #[serde(default)]
    #[param(inline)]
    view: Name,
    /// Entries of a page, 1 to 100.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(max_length = 400)]
    cursor: Option<String>,
}

/// A part of the queue.
#[derive(Clone, Copy, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Name {
    #[default]
    Waiting,
    Mine,
    OnHold,
    Alarmed,
    Closed,
}

impl From<Name> for View {
    fn from(name: Name) -> Self {
        match name {
            Name::Waiting => Self::Waiting,
            Name::Mine => Self::Mine,
            Name::OnHold => Self::OnHold,
            Name::Alarmed => Self::Alarmed,
            Name::Closed => Self::Closed,
        }
    }
}

/// Cases of the caller's role, by date.
#[utoipa::path(get, path = "/api/v1/cases", tag = "cases", params(Which), responses(
    (status = 200, description = "A page", body = Page<Case>),
    (status = 400, description = "A parameter does not fit", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn list(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
    Query(which): Query<Which>,
) -> Result<Json<Page<Case>>, ApiError> {
    let paging = Paging::new(which.limit, which.cursor);
    let after = paging.place(&state.service, &caller)?.map(place).transpose()?;
    let page = review::queue(&state.service, &caller, which.view.into(), after, paging.limit()?).await?;
    let next = page.next.map(|(due_at, id)| format!("{}:{id}", due_at.unix_us()));
    let cases = page.cases.iter().map(Case::from).collect();
    Ok(Json(Page::new(&state.service, &caller, cases, next.as_deref())?))
}

fn place(text: &str) -> Result<(Timestamp, CaseId), ApiError> {
    let read = || {
        let (due_us, id) = text.split_once(':')?;
        Some((Timestamp::from_unix_us(due_us.parse().ok()?).ok()?, id.parse().ok()?))
    };
    read()
        .ok_or_else(|| ApiError::new(StatusCode::BAD_REQUEST, "cursor", "This is no cursor you were given."))
}
