//! Channels a verified person adds later, to reach a higher level.

use super::call;
use super::{Asker, Identity, Owner, seam};
use crate::outside::Source;
use crate::service::{Caller, Error, Job, Kind, Pending, Refused, Service};
use shiming_domain::account::{Contact, ContactKind};
use shiming_domain::counters::Standing;
use shiming_domain::id::{ChannelProofId, ChannelRequestId, PersonId};
use shiming_domain::moment::{Span, Timestamp};
use shiming_domain::personal::Personal;
use shiming_domain::policy::ChannelKind;
use shiming_store::Tx;
use shiming_store::audit::Audit;
use shiming_store::channel::{self as requests, RequestState, StoredRequest};
use shiming_store::source as stored;
use shiming_vault::keys::Purpose;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The place of a sealed number.
pub(super) const DETAIL: &str = "channel_detail";

/// Digits of a bank card (ISO/IEC 7812).
const CARD_DIGITS: std::ops::RangeInclusive<usize> = 12..=19;

/// What is to be confirmed.
#[derive(Clone, Debug)]
pub enum Channel {
    /// A bank card in the person's name.
    BankCard(Personal),
    /// A phone in the person's name.
    MobileOperator(Personal),
    /// Another source that knows the person by name and number.
    Other(ChannelKind),
}

/// A channel that was confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddedChannel {
    /// The proof.
    pub id: ChannelProofId,
    /// What kind of channel.
    pub kind: ChannelKind,
    /// Whose.
    pub organisation: String,
    /// When.
    pub confirmed_at: Timestamp,
}

/// A channel as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelView {
    /// The proof.
    pub id: ChannelProofId,
    /// What kind of channel.
    pub kind: ChannelKind,
    /// Whose.
    pub organisation: String,
    /// It only plays one.
    pub simulated: bool,
    /// When.
    pub confirmed_at: Timestamp,
    /// Until when it counts.
    pub valid_until: Timestamp,
}

/// A channel somebody wants.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What is to be confirmed.
    pub channel: Channel,
    /// By whom; none takes the first source of the kind that has not confirmed the person yet.
    pub organisation: Option<String>,
}

/// A request as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelRequest {
    /// Its id.
    pub id: ChannelRequestId,
    /// What kind of channel.
    pub kind: ChannelKind,
    /// Whose.
    pub organisation: String,
    /// Where it stands.
    pub state: RequestState,
    /// Why it was refused or could not be answered.
    pub code: Option<String>,
    /// What it became.
    pub proof: Option<ChannelProofId>,
    /// When it was made.
    pub asked_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

impl From<StoredRequest> for ChannelRequest {
    fn from(stored: StoredRequest) -> Self {
        Self {
            id: stored.id,
            kind: stored.kind,
            organisation: stored.organisation,
            state: stored.state,
            code: stored.code,
            proof: stored.proof,
            asked_at: stored.asked_at,
            ended_at: stored.ended_at,
        }
    }
}

/// Asks for a channel: a job asks the source, and the request says what came of it.
pub async fn add_channel(
    service: &Service,
    caller: &Caller,
    wanted: Wanted,
) -> Result<Pending<ChannelRequest>, Error> {
    let account = caller.account().ok_or_else(Error::not_found)?;
    let kind = wanted.channel.kind();
    let now = service.now();
    let mut tx = service.store().change().await?;
    let Some((person, name, number)) = seam::verified(service, &mut tx, account).await? else {
        return Err(refused(Kind::Conflict, "not_verified", "Verify the identity first."));
    };
    if !seam::may_ask(service, &mut tx, account).await? {
        let detail = "Asking sources needs the consents to that, and an account that is in use.";
        return Err(refused(Kind::Conflict, "consent_missing", detail));
    }
    let identity = wanted.channel.identity(name, number)?;
    let confirmed = confirmed(service, &mut tx, person).await?;
    let source = choose(service, &identity, kind, wanted.organisation.as_deref(), &confirmed)?;
    let asker = Asker { account, attempt: None };
    if let Standing::Full { until, .. } = call::standing(service, &mut tx, asker, now).await? {
        let refused = Refused::new(Kind::TooMany, "channel_tries", "No more tries today.");
        return Err(refused.until(until).into());
    }
    let id = service.id(ChannelRequestId::at);
    let detail = match identity.bank_card.as_ref().or(identity.phone.as_ref()) {
        Some(detail) => {
            let (owner, place) = (account.to_string(), id.to_string());
            let text = detail.reveal().as_bytes();
            Some(service.seal(&mut tx, &owner, Purpose::Wallet, DETAIL, &place, text).await?)
        }
        None => None,
    };
    let new = StoredRequest {
        id,
        account,
        kind,
        source: source.name().to_owned(),
        organisation: source.organisation().to_owned(),
        detail,
        state: RequestState::Asking,
        code: None,
        proof: None,
        asked_at: now,
        ended_at: None,
    };
    if !requests::insert(&mut tx, &new).await? {
        return Err(refused(Kind::Conflict, "channel_asking", "This source is being asked already."));
    }
    service.push(&mut tx, &Job::AskChannel { request: id, round: 1 }, now).await?;
    let row = Audit::new(&caller.actor(), "channel.ask", "channel_request", id)
        .with("account", account.to_string())
        .with("source", new.source.as_str());
    tx.audit(&row, now).await?;
    Ok(Pending::new(service, tx, new.into()))
}

/// A request of the account that asks.
pub async fn channel_request(
    service: &Service,
    caller: &Caller,
    id: ChannelRequestId,
) -> Result<ChannelRequest, Error> {
    let account = caller.account().ok_or_else(Error::not_found)?;
    let mut tx = service.store().read().await?;
    let found = requests::load(&mut tx, id).await?.filter(|found| found.account == account);
    found.map(ChannelRequest::from).ok_or_else(Error::not_found)
}

/// A source that can be asked for a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    /// What kind of channel.
    pub kind: ChannelKind,
    /// Whose.
    pub organisation: String,
    /// It has confirmed the person already, and still counts.
    pub confirmed: bool,
}

/// The sources that can be asked for a channel, in the order in which they are asked.
pub async fn offered(service: &Service, caller: &Caller) -> Result<Vec<Offered>, Error> {
    let account = caller.account().ok_or_else(Error::not_found)?;
    let mut tx = service.store().read().await?;
    let confirmed = match seam::verified(service, &mut tx, account).await? {
        Some((person, ..)) => confirmed(service, &mut tx, person).await?,
        None => BTreeSet::new(),
    };
    let sources =
        service.ports().sources.iter().filter(|source| call::may_be_asked(service, source.as_ref()));
    let offered = |source: &Arc<dyn Source>| Offered {
        kind: source.kind(),
        organisation: source.organisation().to_owned(),
        confirmed: confirmed.contains(source.organisation()),
    };
    Ok(sources.map(offered).collect())
}

/// The organisations whose confirmation counts for a person now.
async fn confirmed(service: &Service, tx: &mut Tx, person: PersonId) -> Result<BTreeSet<String>, Error> {
    let proofs = stored::proofs(tx, Owner::Person(person)).await?;
    let now = service.now();
    let lasts = Span::days(service.policy().channels.proof_valid_days);
    let counts = |proof: &stored::StoredProof| {
        let until = |us| Timestamp::from_unix_us(us).unwrap_or(Timestamp::MAX);
        let ours = until(proof.proof.confirmed_us) + lasts;
        now < proof.proof.valid_until_us.map_or(ours, |us| until(us).min(ours))
    };
    Ok(proofs.into_iter().filter(counts).map(|proof| proof.proof.organisation).collect())
}

/// The source to ask. One whose confirmation counts already would add nothing: distinct organisations count, so
/// a second bank is asked, and the first one not again.
fn choose<'a>(
    service: &'a Service,
    identity: &Identity,
    kind: ChannelKind,
    organisation: Option<&str>,
    confirmed: &BTreeSet<String>,
) -> Result<&'a Arc<dyn Source>, Error> {
    let fits = |source: &&Arc<dyn Source>| {
        source.kind() == kind
            && organisation.is_none_or(|wanted| source.organisation() == wanted.trim())
            && call::suits(service, source.as_ref(), identity)
    };
    let mut fitting = service.ports().sources.iter().filter(fits).peekable();
    if fitting.peek().is_none() {
        return Err(refused(Kind::NotFound, "channel_not_set_up", "No source of this kind is set up."));
    }
    let fresh = fitting.find(|source| !confirmed.contains(source.organisation()));
    fresh.ok_or_else(|| {
        let detail = "This has confirmed you already; another organisation counts beside it.";
        refused(Kind::Conflict, "channel_confirmed_already", detail)
    })
}

/// The channels of the account that asks, oldest first.
pub async fn channels(service: &Service, caller: &Caller) -> Result<Vec<ChannelView>, Error> {
    let account = caller.account().ok_or_else(Error::not_found)?;
    let days = Span::days(service.policy().channels.proof_valid_days);
    let mut tx = service.store().read().await?;
    let proofs = stored::proofs(&mut tx, Owner::Account(account)).await?;
    let view = |stored: stored::StoredProof| {
        let proof = stored.proof;
        let time = |us| Timestamp::from_unix_us(us).unwrap_or(Timestamp::MAX);
        let confirmed_at = time(proof.confirmed_us);
        let theirs = proof.valid_until_us.map_or(Timestamp::MAX, time);
        ChannelView {
            id: stored.id,
            kind: proof.kind,
            organisation: proof.organisation,
            simulated: proof.simulated,
            confirmed_at,
            valid_until: theirs.min(confirmed_at + days),
        }
    };
    Ok(proofs.into_iter().map(view).collect())
}

impl Channel {
    /// What kind it is.
    pub const fn kind(&self) -> ChannelKind {
        match self {
            Self::BankCard(_) => ChannelKind::BankCard,
            Self::MobileOperator(_) => ChannelKind::MobileOperator,
            Self::Other(kind) => *kind,
        }
    }

    fn identity(self, name: Personal, number: Personal) -> Result<Identity, Error> {
        let identity = Identity { name, number, phone: None, bank_card: None };
        match self {
            Self::BankCard(card) => {
                let digits: String = card.reveal().chars().filter(|c| !matches!(c, ' ' | '-')).collect();
                if !is_card(&digits) {
                    return Err(refused(
                        Kind::Unacceptable,
                        "card_malformed",
                        "This is no bank card number.",
                    ));
                }
                Ok(Identity { bank_card: Some(Personal::new(digits)), ..identity })
            }
            Self::MobileOperator(phone) => match Contact::parse(phone.reveal()) {
                Ok(contact) if contact.kind() == ContactKind::Phone => {
                    Ok(Identity { phone: Some(contact.value().clone()), ..identity })
                }
                _ => Err(refused(Kind::Unacceptable, "phone_malformed", "This is no phone number.")),
            },
            Self::Other(ChannelKind::BankCard | ChannelKind::MobileOperator) => {
                Err(refused(Kind::Malformed, "channel_incomplete", "This channel needs a number."))
            }
            Self::Other(_) => Ok(identity),
        }
    }
}

/// Digits whose check digit fits (Luhn), so that a slip of the finger costs no paid call.
fn is_card(digits: &str) -> bool {
    let values: Option<Vec<u32>> = digits.chars().map(|c| c.to_digit(10)).collect();
    let Some(values) = values.filter(|values| CARD_DIGITS.contains(&values.len())) else { return false };
    let sum: u32 = values
        .iter()
        .rev()
        .enumerate()
        .map(|(place, value)| match (place % 2, value * 2) {
            (0, _) => *value,
            (_, double) => double / 10 + double % 10,
        })
        .sum();
    sum.is_multiple_of(10)
}

fn refused(kind: Kind, code: &'static str, detail: &str) -> Error {
    Refused::new(kind, code, detail).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_no_card() {
        assert!(is_card("6222020000000000008") || is_card("4111111111111111"));
        assert!(is_card("4111111111111111"));
        for digits in
            ["4111111111111112", "4111111111111117", "411111", "", "41111111111111111111", "411111111111111a"]
        {
            assert!(!is_card(digits), "{digits}");
        }
    }
}
