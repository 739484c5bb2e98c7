//! Channels a verified person adds later, to reach a higher level.

use super::call::{self, Tried};
use super::{Asker, Identity, Owner, seam};
use crate::outside::{Finding, Source};
use crate::service::{Caller, Error, Kind, Pending, Refused, Service};
use shiming_domain::account::{Contact, ContactKind};
use shiming_domain::id::ChannelProofId;
use shiming_domain::moment::{Span, Timestamp};
use shiming_domain::personal::Personal;
use shiming_domain::policy::ChannelKind;
use shiming_store::audit::Audit;
use shiming_store::source as stored;
use std::sync::Arc;

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

/// Asks one source of the kind, keeps its confirmation and derives the level again.
pub async fn add_channel(
    service: &Service,
    caller: &Caller,
    channel: Channel,
) -> Result<Pending<AddedChannel>, Error> {
    let account = caller.account().ok_or_else(Error::not_found)?;
    let kind = channel.kind();
    let mut tx = service.store().read().await?;
    let owner = seam::verified(service, &mut tx, account).await?;
    drop(tx);
    let Some((person, name, number)) = owner else {
        return Err(refused(Kind::Conflict, "not_verified", "Verify the identity first."));
    };
    let identity = channel.identity(name, number)?;
    let fits =
        |source: &&Arc<dyn Source>| source.kind() == kind && call::suits(service, source.as_ref(), &identity);
    let Some(source) = service.ports().sources.iter().find(fits) else {
        return Err(refused(Kind::NotFound, "channel_not_set_up", "No source of this kind is set up."));
    };
    let asker = Asker { account, attempt: None };
    let answered = match call::attempt(service, caller, asker, 1, source, &identity).await? {
        Tried::Answered(answered) => answered,
        Tried::Silent => {
            return Err(refused(
                Kind::Busy,
                "SRC_UNAVAILABLE",
                "The source does not answer. Try again later.",
            ));
        }
        Tried::UsedUp(until) => {
            let refused = Refused::new(Kind::TooMany, "channel_tries", "No more tries today.");
            return Err(refused.until(until).into());
        }
    };
    match answered.finding {
        Finding::Confirmed => {}
        Finding::Mismatch => {
            return Err(refused(Kind::Unacceptable, "SRC_MISMATCH", "The source does not confirm this."));
        }
        Finding::NoRecord => {
            return Err(refused(Kind::Unacceptable, "SRC_NO_RECORD", "The source knows nothing of this."));
        }
        Finding::DocumentInvalid => {
            return Err(refused(Kind::Unacceptable, "SRC_DOC_INVALID", "The document is not current there."));
        }
    }
    let mut tx = service.store().change().await?;
    let kept = call::keep_proof(service, &mut tx, asker, Some(person), source.as_ref(), &answered).await?;
    let id = kept.ok_or(Error::Internal("channel_proof"))?;
    let row = Audit::new(&caller.actor(), "channel.add", "channel_proof", id)
        .with("account", account.to_string())
        .with("source", answered.source.as_str());
    tx.audit(&row, service.now()).await?;
    seam::recompute_level(service, &mut tx, account).await?;
    let organisation = source.organisation().to_owned();
    Ok(Pending::new(service, tx, AddedChannel { id, kind, organisation, confirmed_at: answered.at }))
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
