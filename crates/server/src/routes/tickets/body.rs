//! Tickets on the wire.

use crate::when::When;
use serde::Serialize;
use shiming_engine::ticket;

fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// A support conversation.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Ticket {
    /// Always `ticket`.
    object: &'static str,
    id: String,
    version: i64,
    account: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    application: Option<String>,
    /// Codes of the reasons it was opened from.
    reasons: Vec<String>,
    /// `open`, `waiting_user`, `waiting_staff`, `resolved` or `closed`.
    state: String,
    /// 1 to 4, 1 first.
    priority: u8,
    opened_at: When,
    /// When the first reply is due.
    due_at: When,
    #[serde(skip_serializing_if = "Option::is_none")]
    replied_at: Option<When>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolved_at: Option<When>,
    messages_count: i64,
}

/// One message.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Message {
    /// Its place, from 1.
    seq: i64,
    /// `applicant` or `staff`.
    author: String,
    /// Who of support wrote; only staff see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    staff: Option<String>,
    text: String,
    at: When,
}

impl From<&ticket::Ticket> for Ticket {
    fn from(ticket: &ticket::Ticket) -> Self {
        Self {
            object: "ticket",
            id: ticket.id.to_string(),
            version: ticket.version,
            account: ticket.account.to_string(),
            application: ticket.application.map(|id| id.to_string()),
            reasons: ticket.reasons.iter().map(word).collect(),
            state: word(&ticket.state),
            priority: ticket.priority.number(),
            opened_at: When(ticket.opened_at),
            due_at: When(ticket.due_at),
            replied_at: ticket.replied_at.map(When),
            resolved_at: ticket.resolved_at.map(When),
            messages_count: ticket.messages,
        }
    }
}

impl From<ticket::Written> for Message {
    fn from(written: ticket::Written) -> Self {
        Self {
            seq: written.seq,
            author: word(&written.author),
            staff: written.staff.map(|id| id.to_string()),
            text: written.text,
            at: When(written.at),
        }
    }
}
