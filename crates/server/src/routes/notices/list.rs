//! `GET /api/v1/notices`

use super::TextView;
use crate::identity::Applicant;
use crate::input::Query;
use crate::page::{Page, Paging};
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use crate::when::When;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use shiming_domain::id::NoticeId;
use shiming_engine::notice::{self, Shown};

/// Something the account's owner was told.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct NoticeView {
    /// Always `notice`.
    object: &'static str,
    /// Its id.
    id: String,
    /// What it is about; the list may grow.
    kind: &'static str,
    /// One line.
    title: TextView,
    /// What to do.
    body: TextView,
    /// Since when it is shown.
    at: When,
    /// When it was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    read_at: Option<When>,
}

/// A page of notices.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct NoticePage {
    #[serde(flatten)]
    page: Page<NoticeView>,
    /// Not yet read, of all pages.
    unread: u64,
}

impl From<Shown> for NoticeView {
    fn from(shown: Shown) -> Self {
        Self {
            object: "notice",
            id: shown.id.to_string(),
            kind: shown.kind.as_str(),
            title: shown.title.into(),
            body: shown.body.into(),
            at: shown.at.into(),
            read_at: shown.read_at.map(When::from),
        }
    }
}

/// What the owner of the account was told, newest first.
#[utoipa::path(get, path = "/api/v1/notices", tag = "notices", params(Paging), responses(
    (status = 200, description = "A page", body = NoticePage),
    (status = 401, description = "Not signed in", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn list(
    State(state): State<AppState>,
    Applicant(caller): Applicant,
    Query(paging): Query<Paging>,
) -> Result<Json<NoticePage>, ApiError> {
    let service = &state.service;
    let wrong = |_| ApiError::new(StatusCode::BAD_REQUEST, "cursor", "This is no cursor you were given.");
    let cursor = paging.place(service, &caller)?.map(str::parse::<NoticeId>).transpose().map_err(wrong)?;
    let found = notice::list(service, &caller, cursor, paging.limit()?).await?;
    let next = found.next.map(|id| id.to_string());
    let data = found.notices.into_iter().map(NoticeView::from).collect();
    let page = Page::new(service, &caller, data, next.as_deref())?;
    Ok(Json(NoticePage { page, unread: found.unread }))
}
