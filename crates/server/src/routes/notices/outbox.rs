//! `GET /api/v1/sandbox/outbox`

use crate::input::Query;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use crate::when::When;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use shiming_domain::account::Contact;
use shiming_engine::outside::outbox::{self, KeptItem};

/// Items shown.
const SHOWN: usize = 50;

/// A letter or short message that a sandbox sent.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ItemView {
    /// Always `outbox_item`.
    object: &'static str,
    /// Its id.
    id: String,
    /// `mail` or `sms`.
    kind: String,
    /// To whom, masked: also people who try a sandbox have addresses of their own.
    to: String,
    /// Of a letter.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    /// The text.
    text: String,
    /// When.
    at: When,
}

/// What a sandbox sent lately.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Items {
    /// Always `list`.
    object: &'static str,
    /// Newest first.
    data: Vec<ItemView>,
}

impl From<KeptItem> for ItemView {
    fn from(item: KeptItem) -> Self {
        let KeptItem { id, kind, at, kept } = item;
        let to = Contact::parse(kept.to.reveal()).map_or_else(|_| "***".to_owned(), |to| to.masked());
        let (subject, text) = (kept.subject, kept.text);
        Self { object: "outbox_item", id: id.to_string(), kind, to, subject, text, at: at.into() }
    }
}

/// To whom.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(super) struct To {
    /// The whole mail address or phone number; everybody if missing.
    #[param(max_length = 254)]
    to: Option<String>,
}

/// What a sandbox sent lately, newest first, so that a developer finds a code without a mail server. Whoever
/// names the address sees what went there and nothing else. Where real people are concerned there is no such
/// page.
#[utoipa::path(get, path = "/api/v1/sandbox/outbox", tag = "sandbox", params(To), responses(
    (status = 200, description = "The newest letters and messages", body = Items),
    (status = 404, description = "This is no sandbox", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn list(
    State(state): State<AppState>,
    Query(To { to }): Query<To>,
) -> Result<Json<Items>, ApiError> {
    let unfit =
        |_| ApiError::new(StatusCode::BAD_REQUEST, "query", "`to` is a mail address or a phone number.");
    let to = to.as_deref().map(Contact::parse).transpose().map_err(unfit)?;
    let items = outbox::list(&state.service, to.as_ref(), SHOWN).await?;
    Ok(Json(Items { object: "list", data: items.into_iter().map(ItemView::from).collect() }))
}
