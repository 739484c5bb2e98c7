use super::*;
use crate::account::RestrictionEffect;
use crate::limit::{Counters, Key, Used, Windows};
use crate::policy::{ChannelKind, DocumentKind, FaceToFaceRecord, Policy, Use};
use crate::zone::{DAY_US, Zone};
use proptest::prelude::*;
use std::fmt::Write as _;

/// 2026-11-25 in the morning, Shanghai.
const NOW_US: i64 = 1_795_572_000_000_000;

fn policy(name: &str) -> Policy {
    Policy::preset(name).unwrap()
}

fn bank(organisation: &str) -> Proof {
    Proof {
        kind: ChannelKind::BankCard,
        organisation: organisation.into(),
        simulated: false,
        confirmed_us: NOW_US - DAY_US,
        valid_until_us: None,
    }
}

/// A verified person without channels.
fn verified() -> Facts {
    Facts {
        contact_confirmed: true,
        identity: Identity::Valid,
        document: Some(DocumentKind::ResidentCard),
        selfie_match: true,
        first_account: true,
        live_money: true,
        ..Facts::default()
    }
}

fn with_banks(n: usize) -> Facts {
    Facts { proofs: (0..n).map(|i| bank(&format!("bank_{i}"))).collect(), ..verified() }
}

fn met(holds: Vec<FaceToFaceRecord>, second_confirmed: bool) -> Facts {
    Facts { face_to_face: Some(FaceToFaceFact { holds, second_confirmed }), ..verified() }
}

type Vary = fn() -> Facts;

const PEOPLE: &[(&str, Vary)] = &[
    ("nobody", Facts::default),
    ("contact only", || Facts { contact_confirmed: true, ..Facts::default() }),
    ("verified, no channel", verified),
    ("one bank", || with_banks(1)),
    ("two banks", || with_banks(2)),
    ("three banks", || with_banks(3)),
    ("five banks", || with_banks(5)),
    ("the same bank five times", || Facts { proofs: vec![bank("a"); 5], ..verified() }),
    ("one bank, second account", || Facts { first_account: false, ..with_banks(1) }),
    ("three banks, second account", || Facts { first_account: false, ..with_banks(3) }),
    ("five banks, another account at level 3", || Facts { other_accounts: [0, 0, 0, 1], ..with_banks(5) }),
    ("five banks, temporary card", || Facts { document: Some(DocumentKind::TemporaryCard), ..with_banks(5) }),
    ("five banks, no selfie", || Facts { selfie_match: false, ..with_banks(5) }),
    ("five banks, in grace", || Facts { identity: Identity::Grace, ..with_banks(5) }),
    ("five banks, lapsed", || Facts { identity: Identity::Lapsed, ..with_banks(5) }),
    ("five banks, revoked", || Facts { identity: Identity::Revoked, ..with_banks(5) }),
    ("five banks, frozen", || Facts { restriction: Some(RestrictionEffect::Frozen), ..with_banks(5) }),
    ("met, record incomplete", || met(vec![FaceToFaceRecord::Place], true)),
    ("met, one person's word", || met(all_parts(), false)),
    ("met", || met(all_parts(), true)),
];

fn all_parts() -> Vec<FaceToFaceRecord> {
    vec![FaceToFaceRecord::Place, FaceToFaceRecord::Agent, FaceToFaceRecord::ChipReaderReference]
}

fn windows(policy: &Policy) -> Windows {
    Windows::new(&policy.time, Zone::named(&policy.time.zone).unwrap()).unwrap()
}

fn entitled(policy: &Policy, facts: &Facts, counters: &Counters) -> Entitlements {
    entitlements(policy, &windows(policy), facts, counters, None, NOW_US).unwrap()
}

#[test]
fn who_has_which_level_and_what_is_missing_for_the_next() {
    let mut table = String::new();
    for preset in ["cn_pboc", "generic"] {
        let policy = policy(preset);
        let _ = writeln!(table, "{preset}");
        for (title, facts) in PEOPLE {
            let e = entitled(&policy, &facts(), &Counters::default());
            let level = e.code.as_deref().unwrap_or("none");
            let next = e.raises.first().map(|r| format!("; {} needs {:?}", r.code, r.missing));
            let held =
                if e.suspended.is_empty() { String::new() } else { format!(", held {:?}", e.suspended) };
            let _ = writeln!(table, "    {title}: {level} {:?}{held}{}", e.uses, next.unwrap_or_default());
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn entitlements_show_level_uses_limits_and_what_raises_them() {
    let policy = policy("cn_pboc");
    let mut counters = Counters::default();
    counters.set(Key::Lifetime, Used { payments_minor: 30_000, own_bank_minor: 20_000 });
    insta::assert_json_snapshot!(entitled(&policy, &with_banks(1), &counters));
}

#[test]
fn a_verified_person_without_a_channel_is_told_so() {
    let e = entitled(&policy("cn_pboc"), &verified(), &Counters::default());
    assert_eq!((e.level, e.verified, e.uses.len()), (Some(0), true, 0));
    assert_eq!(e.raises[0].missing, [Missing::Channels { more: 1, or_face_to_face: false }]);
    assert_eq!(e.raises[1].missing, [Missing::Channels { more: 3, or_face_to_face: true }]);
}

#[test]
fn a_made_up_answer_never_stands_beside_real_money() {
    let mut facts = with_banks(3);
    for proof in &mut facts.proofs {
        proof.simulated = true;
    }
    let allowing = |allowed: bool, live_money: bool| {
        let mut rules = policy("cn_pboc").rules().clone();
        rules.channels.simulated_allowed = allowed;
        channels(&rules, &Facts { live_money, ..facts.clone() }, NOW_US)
    };
    assert_eq!(
        [allowing(false, false), allowing(false, true), allowing(true, true), allowing(true, false)],
        [0, 0, 0, 3]
    );
}

#[test]
fn a_proof_counts_from_its_moment_until_its_end() {
    let policy = policy("cn_pboc");
    let count =
        |proof: Proof, now_us| channels(&policy, &Facts { proofs: vec![proof], ..verified() }, now_us);
    let proof = Proof { confirmed_us: NOW_US, ..bank("a") };
    let end = NOW_US + 1825 * DAY_US;
    let counts = [NOW_US - 1, NOW_US, end - 1, end].map(|now_us| count(proof.clone(), now_us));
    assert_eq!(counts, [0, 1, 1, 0]);
    let sooner = Proof { valid_until_us: Some(NOW_US + 5), ..proof.clone() };
    assert_eq!([count(sooner.clone(), NOW_US + 4), count(sooner.clone(), NOW_US + 5)], [1, 0]);
    let both = Facts { proofs: vec![proof, sooner], ..verified() };
    assert_eq!(recompute_us(&policy, &both, NOW_US), Some(NOW_US + 5));
    assert_eq!(recompute_us(&policy, &both, NOW_US + 5), Some(end));
    assert_eq!(count(Proof { organisation: "  ".into(), ..bank("") }, NOW_US), 0);
}

#[test]
fn channels_may_be_told_apart_by_kind() {
    let mut rules = policy("generic").rules().clone();
    rules.channels.distinct_by = crate::policy::DistinctBy::Kind;
    assert_eq!(channels(&rules, &with_banks(5), NOW_US), 1);
    rules.channels.kinds.clear();
    assert_eq!(channels(&rules, &with_banks(5), NOW_US), 0);
    rules.channels.in_house_checks_count = true;
    assert_eq!(channels(&rules, &with_banks(5), NOW_US), 1);
}

#[test]
fn the_balance_of_a_lapsed_person_can_still_be_withdrawn() {
    let lapsed = Facts { identity: Identity::Lapsed, ..with_banks(5) };
    let e = entitled(&policy("cn_pboc"), &lapsed, &Counters::default());
    assert_eq!((e.level, e.verified, e.effect), (Some(3), false, Some(RestrictionEffect::Restricted)));
    assert_eq!(e.uses, [Use::WithdrawOwnBank]);
}

fn facts() -> impl Strategy<Value = Facts> {
    let identity = prop_oneof![
        Just(Identity::Unverified),
        Just(Identity::Valid),
        Just(Identity::Grace),
        Just(Identity::Lapsed),
        Just(Identity::Revoked),
    ];
    let proofs =
        prop::collection::vec((0_u8..6, any::<bool>(), -3_i64..2, prop::option::of(-2_i64..3)), 0..9);
    (identity, proofs, any::<[bool; 6]>(), [0_u32..2, 0..2, 0..2, 0..2]).prop_map(
        |(identity, proofs, flags, other_accounts)| {
            let [contact_confirmed, selfie_match, first_account, live_money, temporary, met_person] = flags;
            let proofs = proofs.into_iter().map(|(who, simulated, from, until)| Proof {
                simulated,
                confirmed_us: NOW_US + from * DAY_US,
                valid_until_us: until.map(|u| NOW_US + u * DAY_US),
                ..bank(&format!("bank_{who}"))
            });
            let document = if temporary { DocumentKind::TemporaryCard } else { DocumentKind::ResidentCard };
            Facts {
                contact_confirmed,
                identity,
                document: Some(document),
                selfie_match,
                proofs: proofs.collect(),
                face_to_face: met_person
                    .then(|| FaceToFaceFact { holds: all_parts(), second_confirmed: first_account }),
                first_account,
                other_accounts,
                restriction: None,
                live_money,
            }
        },
    )
}

proptest! {
    #[test]
    fn no_level_above_zero_without_an_established_identity_and_none_in_china_without_a_channel(facts in facts()) {
        for preset in ["cn_pboc", "generic"] {
            let policy = policy(preset);
            let Some(reached) = level(&policy, &facts, NOW_US) else { continue };
            let row = &policy.levels[usize::from(reached)];
            prop_assert!(missing(&policy, &facts, row, NOW_US).is_empty());
            if reached > 0 {
                prop_assert!(!matches!(facts.identity, Identity::Unverified | Identity::Revoked));
                let backed = channels(&policy, &facts, NOW_US) > 0 || facts.face_to_face.is_some();
                prop_assert!(preset == "generic" || backed);
            }
        }
    }

    #[test]
    fn one_more_proof_never_lowers_a_level(facts in facts(), who in 0_u8..9) {
        for preset in ["cn_pboc", "generic"] {
            let policy = policy(preset);
            let mut more = facts.clone();
            more.proofs.push(bank(&format!("bank_{who}")));
            prop_assert!(level(&policy, &more, NOW_US) >= level(&policy, &facts, NOW_US));
        }
    }

    #[test]
    fn entitlements_of_any_facts_are_consistent(facts in facts()) {
        for preset in ["cn_pboc", "generic"] {
            let e = entitled(&policy(preset), &facts, &Counters::default());
            prop_assert!(e.uses.iter().all(|u| !e.suspended.contains(u)));
            prop_assert!(e.raises.iter().all(|r| Some(r.level) > e.level && (!r.missing.is_empty())));
        }
    }
}
