//! `GET /api/v1/staff/reasons`

use crate::identity::StaffMember;
use serde::Serialize;
use shiming_domain::application::asks_for;
use shiming_domain::reason::{Code, Entry, Step, Text, catalogue};

/// The whole catalogue, for those who decide.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct StaffReasons {
    /// Always `list`.
    object: &'static str,
    /// Version of the table.
    version: String,
    data: Vec<StaffReason>,
}

/// One reason as staff see it.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct StaffReason {
    /// Always `reason`.
    object: &'static str,
    #[schema(value_type = String)]
    code: Code,
    /// The applicant can fix it.
    retry: bool,
    /// A person may reject for it.
    r#final: bool,
    /// Steps it may send people back to.
    #[schema(value_type = Vec<String>)]
    steps: Vec<Step>,
    /// What the applicant is told instead: it is a suspicion.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    public_code: Option<Code>,
    /// In `zh-CN` and `en`, with placeholders in braces.
    #[schema(value_type = Object)]
    text: Text,
    /// What is read instead by people who are sent back for it, where `text` says that they wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    asked: Option<Text>,
    /// What staff call it, in `zh-CN` and `en`.
    #[schema(value_type = Object)]
    title: Text,
    /// For the reviewer, in `zh-CN` and `en`.
    #[schema(value_type = Object)]
    note: Text,
}

fn view(entry: &Entry) -> StaffReason {
    StaffReason {
        object: "reason",
        code: entry.code,
        retry: entry.kind.is_retry(),
        r#final: entry.kind.allows_final(),
        steps: asks_for(entry.code),
        public_code: entry.public,
        text: entry.text.clone(),
        asked: entry.asked.as_ref().map(|asked| asked.text.clone()),
        title: entry.title.clone(),
        note: entry.note.clone(),
    }
}

/// Every reason, with what it sends people back to and the note for whoever decides.
#[utoipa::path(get, path = "/api/v1/staff/reasons", tag = "cases", responses(
    (status = 200, description = "The catalogue", body = StaffReasons),
))]
pub(super) async fn reasons(_caller: StaffMember) -> axum::Json<StaffReasons> {
    // Rows without a note are public stand-ins: nobody decides by them.
    let rows = catalogue().entries().filter(|entry| !entry.note.en.is_empty());
    let data = rows.map(view).collect();
    axum::Json(StaffReasons { object: "list", version: catalogue().version.clone(), data })
}
