//! What a level asks for and what is missing.

use super::facts::{FaceToFaceFact, Facts, Identity, Proof};
use crate::policy::{DistinctBy, DocumentKind, Level, Rules};
use crate::zone::DAY_US;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Something a level asks for that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// A confirmed contact.
    Contact,
    /// A verified identity.
    Identity,
    /// A live selfie match, or the recorded route with a person.
    SelfieMatch,
    /// Outside channels.
    Channels {
        /// How many more.
        more: u32,
        /// A face-to-face check would do instead.
        or_face_to_face: bool,
    },
    /// A document that carries so high; a temporary one does not.
    LastingDocument,
    /// It is for a person's first account only.
    FirstAccount,
    /// The person has as many accounts at this level as one may.
    AccountsFull,
}

/// The highest level whose conditions hold; `None` if not even the lowest does.
pub fn level(rules: &Rules, facts: &Facts, now_us: i64) -> Option<u8> {
    let holds = |l: &&Level| missing(rules, facts, l, now_us).is_empty();
    rules.levels.iter().filter(holds).map(|l| l.id).max()
}

/// What a level asks for that is not there; empty if its conditions hold.
pub fn missing(rules: &Rules, facts: &Facts, level: &Level, now_us: i64) -> Vec<Missing> {
    let needs = &level.requires;
    let mut missing = Vec::new();
    let mut ask = |is_missing: bool, what: Missing| {
        if is_missing {
            missing.push(what);
        }
    };
    ask(needs.contact_confirmed && !facts.contact_confirmed, Missing::Contact);
    if needs.identity.is_some() {
        ask(!established(facts.identity), Missing::Identity);
        let temporary = facts.document == Some(DocumentKind::TemporaryCard);
        let too_high = level.id > rules.document.temporary_card_level_max;
        ask(temporary && too_high, Missing::LastingDocument);
    }
    ask(needs.selfie_match && !facts.selfie_match, Missing::SelfieMatch);
    let met = needs.face_to_face_replaces_channels && face_to_face(rules, facts.face_to_face.as_ref());
    let more = needs.channels_min.saturating_sub(channels(rules, facts, now_us));
    let or_face_to_face = needs.face_to_face_replaces_channels;
    ask(more > 0 && !met, Missing::Channels { more, or_face_to_face });
    ask(needs.first_account_of_person && !facts.first_account, Missing::FirstAccount);
    let others = facts.other_accounts.get(usize::from(level.id)).copied().unwrap_or(0);
    ask(level.accounts_per_person_max.is_some_and(|max| others >= max), Missing::AccountsFull);
    missing
}

/// How many distinct outside channels count now. Our own reading and face comparison are none, unless an
/// operator outside the presets says so.
pub fn channels(rules: &Rules, facts: &Facts, now_us: i64) -> u32 {
    let counting = facts.proofs.iter().filter(|p| counts(rules, facts.live_money, p, now_us));
    let distinct = match rules.channels.distinct_by {
        DistinctBy::Organisation => counting.map(|p| p.organisation.trim()).collect::<BTreeSet<_>>().len(),
        DistinctBy::Kind => counting.map(|p| p.kind).collect::<BTreeSet<_>>().len(),
    };
    let in_house = u32::from(rules.channels.in_house_checks_count && facts.selfie_match);
    u32::try_from(distinct).unwrap_or(u32::MAX).saturating_add(in_house)
}

/// When a level may change by time alone: the next end of a proof that counts now.
pub fn recompute_us(rules: &Rules, facts: &Facts, now_us: i64) -> Option<i64> {
    let counting = facts.proofs.iter().filter(|p| counts(rules, facts.live_money, p, now_us));
    counting.map(|p| ends_us(rules, p)).min()
}

const fn established(identity: Identity) -> bool {
    matches!(identity, Identity::Valid | Identity::Grace | Identity::Lapsed)
}

fn counts(rules: &Rules, live_money: bool, proof: &Proof, now_us: i64) -> bool {
    // A made-up answer beside real money is worth nothing, whatever the policy says.
    let real = !proof.simulated || (rules.channels.simulated_allowed && !live_money);
    real && rules.channels.kinds.contains(&proof.kind)
        && !proof.organisation.trim().is_empty()
        && proof.confirmed_us <= now_us
        && now_us < ends_us(rules, proof)
}

fn ends_us(rules: &Rules, proof: &Proof) -> i64 {
    let ours = i64::from(rules.channels.proof_valid_days).saturating_mul(DAY_US);
    let ours = proof.confirmed_us.saturating_add(ours);
    proof.valid_until_us.map_or(ours, |theirs| theirs.min(ours))
}

fn face_to_face(rules: &Rules, fact: Option<&FaceToFaceFact>) -> bool {
    let asked = &rules.channels.face_to_face;
    fact.is_some_and(|fact| {
        let complete = asked.staff_record_required.iter().all(|part| fact.holds.contains(part));
        complete && (fact.second_confirmed || !asked.four_eyes)
    })
}
