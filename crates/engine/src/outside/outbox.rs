//! What goes out, at one place; in a sandbox everything can be read afterwards.
//!
//! A sandbox keeps each letter and message sealed in a table before it is sent, so that a developer finds
//! the code of a sign-in without a mail server. Where real people are concerned nothing is kept.

use super::{Letter, OutsideError, ShortMessage};
use crate::service::{Error, Kind, Refused, SERVICE_SUBJECT, Service};
use serde::{Deserialize, Serialize};
use shiming_domain::account::Contact;
use shiming_domain::id::EventId;
use shiming_domain::moment::Timestamp;
use shiming_domain::personal::{Personal, full_view};
use shiming_store::outbox::{self, StoredItem};
use shiming_vault::keys::Purpose;

/// How far something went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Posted {
    /// It was taken.
    Sent,
    /// It was refused for good.
    Refused,
    /// Nothing is set up that would take it.
    NoWay,
}

/// Something that was sent in a sandbox.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept {
    /// To whom.
    #[serde(with = "full_view")]
    pub to: Personal,
    /// One line; none for a short message.
    pub subject: Option<String>,
    /// The text.
    pub text: String,
    /// Names the letter or message.
    pub message_id: String,
}

/// With its place in the outbox.
#[derive(Clone, Debug)]
pub struct KeptItem {
    /// Its id.
    pub id: EventId,
    /// `mail` or `sms`.
    pub kind: String,
    /// When.
    pub at: Timestamp,
    /// What.
    pub kept: Kept,
}

/// Sends a letter. An outage is a passing error.
pub(crate) async fn mail(service: &Service, letter: Letter) -> Result<Posted, Error> {
    let Letter { to, subject, text, message_id } = letter.clone();
    keep(service, "mail", &Kept { to, subject: Some(subject), text, message_id }).await?;
    judge(service, service.ports().mail.send(letter).await)
}

/// Sends a short message. An outage is a passing error.
pub(crate) async fn sms(service: &Service, message: ShortMessage) -> Result<Posted, Error> {
    let ShortMessage { to, text, message_id } = message.clone();
    keep(service, "sms", &Kept { to, subject: None, text, message_id }).await?;
    judge(service, service.ports().sms.send(message).await)
}

fn judge(service: &Service, outcome: Result<(), OutsideError>) -> Result<Posted, Error> {
    match outcome {
        Ok(()) => Ok(Posted::Sent),
        Err(OutsideError::Refused) => Ok(Posted::Refused),
        // In a sandbox the outbox is the way.
        Err(OutsideError::NotSetUp) if !service.settings().live => Ok(Posted::Sent),
        Err(OutsideError::NotSetUp) => Ok(Posted::NoWay),
        Err(error @ (OutsideError::Unavailable | OutsideError::Unusable)) => {
            Err(Refused::new(Kind::Busy, "outside_unavailable", error.to_string()).into())
        }
    }
}

async fn keep(service: &Service, kind: &str, kept: &Kept) -> Result<(), Error> {
    if service.settings().live {
        return Ok(());
    }
    let plain = serde_json::to_vec(kept).map_err(|_| Error::Internal("outbox_item"))?;
    let id = service.id(EventId::at);
    let mut tx = service.store().housekeep().await?;
    let place = id.to_string();
    let sealed = service.seal(&mut tx, SERVICE_SUBJECT, Purpose::Contact, "outbox", &place, &plain).await?;
    let item = StoredItem { id, kind: kind.to_owned(), sealed, created: service.now() };
    outbox::keep(&mut tx, &item).await?;
    Ok(tx.commit().await?)
}

/// What a sandbox sent, newest first; to one contact if it is named. Where real people are concerned there is
/// no such thing.
pub async fn list(service: &Service, to: Option<&Contact>, limit: usize) -> Result<Vec<KeptItem>, Error> {
    if service.settings().live {
        return Err(Error::not_found());
    }
    let mut tx = service.store().read().await?;
    let mut items = Vec::new();
    // Addresses are sealed, so they are compared one by one; few are kept.
    for StoredItem { id, kind, sealed, created } in outbox::list(&mut tx, outbox::ROWS_MAX).await? {
        let place = id.to_string();
        let plain =
            service.unseal(&mut tx, SERVICE_SUBJECT, Purpose::Contact, "outbox", &place, &sealed).await?;
        let kept: Kept =
            serde_json::from_slice(plain.as_bytes()).map_err(|_| Error::Internal("outbox_item"))?;
        if to.is_none_or(|to| to.value().reveal() == kept.to.reveal()) {
            items.push(KeptItem { id, kind, at: created, kept });
        }
        if items.len() == limit {
            break;
        }
    }
    Ok(items)
}
