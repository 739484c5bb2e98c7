//! What people are told, what a sandbox sends, and the channels people add.

mod channels_add;
mod channels_list;
mod channels_request;
mod channels_sources;
mod list;
mod outbox;
mod read;

use crate::access::{Row, Who, row};
use crate::state::AppState;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) const ACCESS: &[Row] = &[
    row("GET", "/api/v1/notices", &[Who::Applicant]),
    row("POST", "/api/v1/notices/{id}/read", &[Who::Applicant]),
    row("GET", "/api/v1/channels", &[Who::Applicant]),
    row("POST", "/api/v1/channels", &[Who::Applicant]),
    row("GET", "/api/v1/channels/requests/{id}", &[Who::Applicant]),
    row("GET", "/api/v1/channels/sources", &[Who::Applicant]),
    row("GET", "/api/v1/sandbox/outbox", &[Who::Anyone]),
];

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(read::read))
        .routes(routes!(channels_list::list, channels_add::add))
        .routes(routes!(channels_request::request))
        .routes(routes!(channels_sources::sources))
        .routes(routes!(outbox::list))
}

/// A text in both languages.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
pub(super) struct TextView {
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    zh_cn: String,
    /// English.
    en: String,
}

impl From<shiming_domain::reason::Text> for TextView {
    fn from(text: shiming_domain::reason::Text) -> Self {
        Self { zh_cn: text.zh_cn, en: text.en }
    }
}

/// A kind of channel as it is written.
pub(super) fn kind_text(kind: shiming_domain::policy::ChannelKind) -> String {
    serde_json::to_value(kind).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}
