//! Cases and appeals on the wire.

use crate::routes::applications::dto::ReasonDto;
use crate::when::When;
use serde::{Deserialize, Serialize};
use shiming_domain::id::CaseId;
use shiming_domain::personal::{Personal, full_view_option};
use shiming_engine::review::Line;
use shiming_engine::review::appeal::AppealLine;

/// The stable name of an enumeration without data.
pub(super) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// A case, without personal data.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Case {
    /// Always `case`.
    object: &'static str,
    /// Its id.
    #[schema(value_type = String, example = "case_01kb0w3q6x8n5t4r2m7v9c1d0f")]
    id: CaseId,
    /// What it is about: `initial`, `resubmission`, `assisted`, `appeal`, `appeal_redo`, `screening`,
    /// `info_change`, `qa`.
    r#type: String,
    /// Grows with every change; a decision names the one that was seen.
    version: u64,
    /// `open`, `claimed`, `on_hold`, `second_review` or `closed`.
    state: &'static str,
    /// Why it is put aside.
    #[serde(skip_serializing_if = "Option::is_none")]
    hold_reason: Option<String>,
    /// `ordinary` or `arbiter`.
    queue: String,
    /// Whose matter.
    account: String,
    /// About which application.
    #[serde(skip_serializing_if = "Option::is_none")]
    application: Option<String>,
    /// The account is frozen.
    frozen: bool,
    /// 1 to 4, 1 first.
    priority: u8,
    opened_at: When,
    /// When the promise is due; without one, the target.
    due_at: When,
    target_at: When,
    /// `green`, `amber` or `red`.
    light: String,
    /// Used share of the promised time.
    used_percent: u32,
    /// The clock waits for the applicant.
    paused: bool,
    /// Until when the last decision may be taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    undo_until: Option<When>,
    /// The asker's lease.
    #[serde(skip_serializing_if = "Option::is_none")]
    lease: Option<Lease>,
}

/// The right to decide a case, for a while.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Lease {
    /// To be sent with everything that needs the lease.
    token: u64,
    until: Option<When>,
}

impl From<&Line> for Case {
    fn from(line: &Line) -> Self {
        let hold_reason = match line.state {
            shiming_engine::review::StateName::OnHold(reason) => Some(word(&reason)),
            _ => None,
        };
        let at = |us| shiming_domain::moment::Timestamp::from_unix_us(us).ok().map(When);
        Self {
            object: "case",
            id: line.id,
            r#type: word(&line.kind),
            version: line.version,
            state: line.state.as_str(),
            hold_reason,
            queue: word(&line.queue),
            account: line.account.to_string(),
            application: line.application.map(|id| id.to_string()),
            frozen: line.frozen,
            priority: line.priority.number(),
            opened_at: When(line.opened_at),
            due_at: When(line.due_at),
            target_at: When(line.target_at),
            light: word(&line.light),
            used_percent: line.used_percent,
            paused: line.paused,
            undo_until: line.undo_until.map(When),
            lease: line.lease.map(|lease| Lease { token: lease.token, until: at(lease.until_us) }),
        }
    }
}

/// The lease one acts under.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Token {
    /// Of the lease.
    pub(super) token: u64,
}

/// An appeal as its author sees it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Appeal {
    /// Always `appeal`.
    object: &'static str,
    id: String,
    /// `application`, `restriction` or `lock`.
    subject_kind: &'static str,
    /// The id of the application, the name of the restriction, or `<id of the application>/<step>`.
    subject: String,
    /// `open`, `upheld`, `partly`, `refused` or `cancelled`.
    state: String,
    opened_at: When,
    /// When an answer is due.
    due_at: When,
    #[serde(skip_serializing_if = "Option::is_none")]
    answered_at: Option<When>,
    /// Why it was answered so. Empty until then, and where the answer is a remark only.
    reasons: Vec<ReasonDto>,
    /// What whoever answered wrote for the author, if anything.
    #[serde(skip_serializing_if = "Option::is_none", with = "full_view_option")]
    #[schema(value_type = Option<String>, max_length = 4000)]
    remark: Option<Personal>,
}

impl From<&AppealLine> for Appeal {
    fn from(line: &AppealLine) -> Self {
        Self {
            object: "appeal",
            id: line.id.to_string(),
            subject_kind: line.subject.kind(),
            subject: line.subject.name(),
            state: word(&line.state),
            opened_at: When(line.opened_at),
            due_at: When(line.due_at),
            answered_at: line.answered_at.map(When),
            reasons: line.reasons.iter().map(|reason| ReasonDto::new(reason, false, Vec::new())).collect(),
            remark: line.remark.clone(),
        }
    }
}
