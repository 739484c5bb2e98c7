//! `GET /api/v1/reasons`

use axum::Json;
use serde::Serialize;
use shiming_domain::reason::{Code, Text, catalogue};

/// The reasons an applicant may be given.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Reasons {
    /// Always `list`.
    object: &'static str,
    /// Version of the table.
    version: String,
    data: Vec<ReasonText>,
}

/// One reason.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct ReasonText {
    /// Always `reason`.
    object: &'static str,
    #[schema(value_type = String)]
    code: Code,
    /// The applicant can fix it.
    retry: bool,
    /// In `zh-CN` and `en`, with placeholders in braces.
    #[schema(value_type = Object)]
    text: Text,
    /// What is read instead by people who are sent back for it, where `text` says that they wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    asked: Option<Text>,
}

/// Every reason an applicant may be given, with its texts. Suspicions are not among them: what is told in
/// their place is.
#[utoipa::path(get, path = "/api/v1/reasons", tag = "applications", responses((status = 200, body = Reasons)))]
pub(crate) async fn reasons() -> Json<Reasons> {
    let shown = catalogue().entries().filter(|entry| entry.public.is_none() || entry.public_until.is_some());
    let data = shown.map(|entry| ReasonText {
        object: "reason",
        code: entry.code,
        retry: entry.kind.is_retry(),
        text: entry.text.clone(),
        asked: entry.asked.as_ref().map(|asked| asked.text.clone()),
    });
    Json(Reasons { object: "list", version: catalogue().version.clone(), data: data.collect() })
}
