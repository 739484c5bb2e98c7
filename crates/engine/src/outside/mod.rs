//! Ports to the world outside: mail, short messages, identity sources.
//!
//! Each has a real adapter and one for sandboxes and tests. What comes back is untrusted: bounded, checked
//! against a schema, and never able to set a state.

pub mod guard;
mod http;
pub mod http_source;
pub mod outbox;
pub mod sandbox;
pub mod sms;
pub mod smtp;

use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use shiming_domain::personal::Personal;
use shiming_domain::policy::ChannelKind;

/// A mail to one address.
#[derive(Clone, Debug)]
pub struct Letter {
    /// To whom.
    pub to: Personal,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// Stays the same when the same letter is sent again, so that a receiver can tell.
    pub message_id: String,
}

/// A short message to one number.
#[derive(Clone, Debug)]
pub struct ShortMessage {
    /// To whom.
    pub to: Personal,
    /// Plain text.
    pub text: String,
    /// Stays the same when the same message is sent again.
    pub message_id: String,
}

/// Why something did not go out or came not back. Names no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutsideError {
    /// Not reached, too slow, or busy: later.
    #[error("the outside service did not answer in time")]
    Unavailable,
    /// It answered something that is no answer.
    #[error("the outside service gave an answer that cannot be used")]
    Unusable,
    /// It refuses this for good.
    #[error("the outside service refused this for good")]
    Refused,
    /// Nothing is set up.
    #[error("no such outside service is set up")]
    NotSetUp,
}

/// Sends mail.
pub trait Mail: Send + Sync {
    /// Sends one letter.
    fn send(&self, letter: Letter) -> BoxFuture<'_, Result<(), OutsideError>>;
}

/// Sends short messages.
pub trait Sms: Send + Sync {
    /// Sends one message.
    fn send(&self, message: ShortMessage) -> BoxFuture<'_, Result<(), OutsideError>>;
}

/// What a source is asked about.
#[derive(Clone, Debug)]
pub struct SourceQuestion {
    /// Name as declared and confirmed by the card.
    pub name: Personal,
    /// Number in normal form.
    pub number: Personal,
    /// Phone, for sources that know it.
    pub phone: Option<Personal>,
    /// Bank card, for sources that know it.
    pub bank_card: Option<Personal>,
    /// Stays the same when the same question is asked again.
    pub reference: String,
}

/// What a source says. It never says which part was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// Name and number belong together.
    Confirmed,
    /// They do not.
    Mismatch,
    /// Nothing is known of them.
    NoRecord,
    /// The document is no longer current, or was reported lost.
    DocumentInvalid,
}

impl Finding {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Mismatch => "mismatch",
            Self::NoRecord => "no_record",
            Self::DocumentInvalid => "document_invalid",
        }
    }
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceAnswer {
    /// What it found.
    pub finding: Finding,
    /// The source's own reference, at most 64 characters.
    pub reference: String,
}

/// An identity source.
pub trait Source: Send + Sync {
    /// Its stable name in the configuration.
    fn name(&self) -> &str;

    /// What kind of channel it is.
    fn kind(&self) -> ChannelKind;

    /// Whose it is; two sources of one organisation count once.
    fn organisation(&self) -> &str;

    /// It only plays a source; never beside real money.
    fn simulated(&self) -> bool;

    /// Asks.
    fn ask(&self, question: SourceQuestion) -> BoxFuture<'_, Result<SourceAnswer, OutsideError>>;
}
