//! What staff looked up by hand at an organisation's portal, as a channel: one enters it, another confirms it.

use super::seam;
use crate::four_eyes::{Act, Acted, Eyes, propose};
use crate::review::remember_refusal;
use crate::service::{Caller, Error, Kind, Pending, Refused, Service};
use crate::source::AddedChannel;
use shiming_domain::id::{AccountId, ChannelProofId};
use shiming_domain::level::Proof;
use shiming_domain::policy::ChannelKind;
use shiming_store::Tx;
use shiming_store::audit::Audit;
use shiming_store::source::{self as stored, StoredProof};

/// The name under which such a proof is kept: no configured source has it.
const SOURCE: &str = "manual_portal";
/// Characters of an organisation's name and of its reference.
const PART_CHARS_MAX: usize = 64;

/// A positive answer that a member of staff got by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortalRecord {
    /// Whose account.
    pub account: AccountId,
    /// Whose portal was asked.
    pub organisation: String,
    /// The organisation's reference of the query.
    pub reference: String,
}

/// Records a query; it counts once another member of staff has confirmed it.
pub async fn record_portal(
    service: &Service,
    caller: &Caller,
    record: &PortalRecord,
) -> Result<Pending<Acted<AddedChannel>>, Error> {
    match recorded(service, caller, record).await {
        Ok(pending) => Ok(pending),
        Err(error) => {
            let what = ("account", record.account);
            Err(remember_refusal(service, caller, "channel.record", what, error).await)
        }
    }
}

async fn recorded(
    service: &Service,
    caller: &Caller,
    record: &PortalRecord,
) -> Result<Pending<Acted<AddedChannel>>, Error> {
    let mut tx = service.store().change().await?;
    // What could not be kept is not put before a second person.
    check(service, &mut tx, record).await?;
    match propose(service, &mut tx, caller, Act::recording(record)).await? {
        Err(waits) => Ok(Pending::new(service, tx, Acted::Waits(waits))),
        Ok(eyes) => {
            let kept = keep_portal(service, &mut tx, caller, record, eyes).await?;
            Ok(Pending::new(service, tx, Acted::Done(kept)))
        }
    }
}

/// Keeps the proof and derives the level again.
pub(crate) async fn keep_portal(
    service: &Service,
    tx: &mut Tx,
    caller: &Caller,
    record: &PortalRecord,
    eyes: Eyes,
) -> Result<AddedChannel, Error> {
    let person = check(service, tx, record).await?;
    let (id, now) = (service.id(ChannelProofId::at), service.now());
    let organisation = record.organisation.trim().to_owned();
    let kind = ChannelKind::ManualPortal;
    let proof = StoredProof {
        id,
        account: record.account,
        attempt: None,
        person: Some(person),
        source: SOURCE.to_owned(),
        reference: record.reference.trim().to_owned(),
        proof: Proof {
            kind,
            organisation: organisation.clone(),
            simulated: false,
            confirmed_us: now.unix_us(),
            valid_until_us: None,
        },
    };
    if !stored::insert_proof(tx, &proof).await? {
        return Err(Error::Internal("channel_proof"));
    }
    let row = Audit::new(&caller.actor(), "channel.record", "channel_proof", id)
        .with("account", record.account.to_string())
        .with("source", SOURCE);
    tx.audit(&eyes.tell(row), now).await?;
    seam::recompute_level(service, tx, record.account).await?;
    Ok(AddedChannel { id, kind, organisation, confirmed_at: now })
}

async fn check(
    service: &Service,
    tx: &mut Tx,
    record: &PortalRecord,
) -> Result<shiming_domain::id::PersonId, Error> {
    let fits = |text: &str| (1..=PART_CHARS_MAX).contains(&text.trim().chars().count());
    if !fits(&record.organisation) || !fits(&record.reference) {
        let detail = format!("Organisation and reference have 1 to {PART_CHARS_MAX} characters each.");
        return Err(Refused::new(Kind::Unacceptable, "record_malformed", detail).into());
    }
    if !service.policy().channels.kinds.contains(&ChannelKind::ManualPortal) {
        let detail = "By the policy in force a query by hand is no channel.";
        return Err(Refused::new(Kind::Unacceptable, "channel_not_set_up", detail).into());
    }
    let account = shiming_store::account::load(tx, record.account).await?.ok_or_else(Error::not_found)?;
    account
        .person
        .ok_or_else(|| Refused::new(Kind::Conflict, "not_verified", "Verify the identity first.").into())
}
