//! Identity sources: asking them, what they answered, and the channels that stand confirmed.
//!
//! A source confirms or denies; it never sets a state. Each call is written down before it is made and again
//! when it is answered, so that nothing is paid for without a trace, and an answer outlives the attempt it
//! came with: the same question within the policy's hours is not asked twice.

mod ask;
mod call;
mod channel;
mod portal;
mod seam;
mod wanted;

pub(crate) use ask::ask;
pub use ask::{Came, Query, query};
pub use channel::{
    AddedChannel, Channel, ChannelRequest, ChannelView, Offered, Wanted, add_channel, channel_request,
    channels, offered,
};
pub(crate) use portal::keep_portal;
pub use portal::{PortalRecord, record_portal};
pub use shiming_store::channel::RequestState;
pub(crate) use wanted::ask_channel;

use crate::outside::Finding;
use crate::service::{Error, Service};
use shiming_domain::id::{ApplicationId, AttemptId, PersonId};
use shiming_domain::level::Proof;
use shiming_domain::moment::Timestamp;
use shiming_domain::personal::Personal;
use shiming_store::Tx;
use shiming_store::source::{self as stored, Outcome, StoredCall};

pub use shiming_store::source::{Asker, Owner};

/// What sources are asked about.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Name as declared and confirmed by the card.
    pub name: Personal,
    /// Number in normal form.
    pub number: Personal,
    /// Phone, if it is to be confirmed.
    pub phone: Option<Personal>,
    /// Bank card, if it is to be confirmed.
    pub bank_card: Option<Personal>,
}

/// What a source answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Name of the source.
    pub source: String,
    /// What it found.
    pub finding: Finding,
    /// The organisation's reference.
    pub reference: String,
    /// When it was answered; for an answer used again, when it first was.
    pub at: Timestamp,
    /// It was given to an earlier question.
    pub reused: bool,
}

/// Whether any source is set up that is asked by name and number alone.
pub fn available(service: &Service) -> bool {
    let identity =
        Identity { name: Personal::default(), number: Personal::default(), phone: None, bank_card: None };
    service.ports().sources.iter().any(|source| call::suits(service, source.as_ref(), &identity))
}

/// The answer for an attempt, if there is one.
pub async fn answer_for(
    tx: &mut Tx,
    application: ApplicationId,
    attempt: AttemptId,
) -> Result<Option<Answered>, Error> {
    let calls = stored::of_attempt(tx, attempt).await?;
    let mut calls = calls.iter().filter(|call| call.asker.attempt == Some((application, attempt)));
    Ok(calls.find_map(answered))
}

/// The confirmations from which somebody's level is derived.
pub async fn proofs(tx: &mut Tx, owner: Owner) -> Result<Vec<Proof>, Error> {
    Ok(stored::proofs(tx, owner).await?.into_iter().map(|proof| proof.proof).collect())
}

/// An attempt was approved: what sources confirmed for it counts for this person from now on.
pub async fn bind(tx: &mut Tx, attempt: AttemptId, person: PersonId) -> Result<(), Error> {
    stored::bind_proofs(tx, attempt, person).await?;
    Ok(())
}

/// A call as an answer; none if it was not answered.
fn answered(call: &StoredCall) -> Option<Answered> {
    let finding = match call.outcome {
        Outcome::Confirmed => Finding::Confirmed,
        Outcome::Mismatch => Finding::Mismatch,
        Outcome::NoRecord => Finding::NoRecord,
        Outcome::DocumentInvalid => Finding::DocumentInvalid,
        Outcome::Asked | Outcome::Unavailable | Outcome::Unusable | Outcome::Refused => return None,
    };
    Some(Answered {
        source: call.source.clone(),
        finding,
        reference: call.reference.clone().unwrap_or_default(),
        at: call.answered.unwrap_or(call.asked),
        reused: call.reused_from.is_some(),
    })
}
