use super::*;
use crate::policy::Policy;
use proptest::prelude::*;
use std::sync::LazyLock;

const A: StaffId = StaffId::from_bits(1);
const B: StaffId = StaffId::from_bits(2);

fn now() -> Timestamp {
    Timestamp::from_unix_s(1_764_057_600).unwrap()
}

static POLICY: LazyLock<Policy> = LazyLock::new(|| Policy::preset("cn_pboc").unwrap());

fn hold(effect: RestrictionEffect, days: u32, second: Option<StaffId>) -> SetBy {
    SetBy::Supervisor { by: A, second, effect, review_at: now() + Span::days(days) }
}

fn ways_to_set() -> [(&'static str, SetBy); 4] {
    [
        ("system", SetBy::System),
        ("person", SetBy::Person),
        ("staff", SetBy::Staff(A)),
        ("supervisor", hold(RestrictionEffect::Frozen, 7, None)),
    ]
}

fn ways_to_lift() -> [(&'static str, LiftedBy); 9] {
    [
        ("approval", LiftedBy::Approval),
        ("appeal", LiftedBy::Appeal),
        ("selfie", LiftedBy::SelfieMatched),
        ("staff", LiftedBy::Staff(A)),
        ("compliance", LiftedBy::Compliance { first: A, second: B }),
        ("case closed", LiftedBy::CaseClosed),
        ("consent", LiftedBy::ConsentGiven),
        ("strong sign-in", LiftedBy::StrongSignInAndSelfie),
        ("supervisor", LiftedBy::Supervisor(A)),
    ]
}

fn paused() -> Vec<Effect> {
    vec![Effect::Notify(Notice::AccountPaused)]
}

fn set_by_any(restrictions: &mut Restrictions, restriction: Restriction) {
    let set = ways_to_set()
        .into_iter()
        .any(|(_, by)| restrictions.set(restriction, by, POLICY.rules(), now()).is_ok());
    assert!(set, "{restriction:?}");
}

#[test]
fn the_table_of_restrictions() {
    let lines: Vec<String> = Restriction::ALL
        .iter()
        .map(|restriction| {
            let mut effect = None;
            let mut set = Vec::new();
            for (name, by) in ways_to_set() {
                let mut restrictions = Restrictions::default();
                if restrictions.set(*restriction, by, POLICY.rules(), now()).is_ok() {
                    effect = restrictions.strongest();
                    set.push(name);
                }
            }
            let mut lifted = Vec::new();
            for (name, by) in ways_to_lift() {
                let mut restrictions = Restrictions::default();
                set_by_any(&mut restrictions, *restriction);
                if restrictions.lift(*restriction, by).is_ok() {
                    lifted.push(name);
                }
            }
            let effect = effect.map_or_else(String::new, |effect| format!("{effect:?}"));
            let (set, lifted) = (set.join(", "), lifted.join(", "));
            format!("{:<20} {effect:<11} set by {set:<26} lifted by {lifted}", restriction.as_str())
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn the_strongest_effect_counts() {
    let mut restrictions = Restrictions::default();
    assert_eq!(restrictions.strongest(), None);
    set_by_any(&mut restrictions, Restriction::DocumentExpired);
    assert_eq!(restrictions.strongest(), Some(RestrictionEffect::Restricted));
    set_by_any(&mut restrictions, Restriction::ScreeningHit);
    assert_eq!(restrictions.strongest(), Some(RestrictionEffect::FrozenFull));
    assert_eq!(restrictions.lift(Restriction::DocumentExpired, LiftedBy::Approval), Ok(vec![]));
    assert_eq!(restrictions.strongest(), Some(RestrictionEffect::FrozenFull));
}

#[test]
fn a_hit_is_released_by_two_people() {
    let mut restrictions = Restrictions::default();
    set_by_any(&mut restrictions, Restriction::ScreeningHit);
    let alone = LiftedBy::Compliance { first: A, second: A };
    let refused = restrictions.lift(Restriction::ScreeningHit, alone);
    assert_eq!(refused, Err(RestrictionRefusal::SecondNeeded));
    let two = LiftedBy::Compliance { first: A, second: B };
    let restored = Effect::Notify(Notice::AccountRestored);
    assert_eq!(restrictions.lift(Restriction::ScreeningHit, two), Ok(vec![restored]));
    let again = restrictions.lift(Restriction::ScreeningHit, two);
    assert_eq!(again.map_err(RestrictionRefusal::code), Err("restriction_not_held"));
}

#[test]
fn a_hold_lasts_seven_days_or_needs_two_people() {
    let set = |by| Restrictions::default().set(Restriction::StaffHold, by, POLICY.rules(), now());
    assert_eq!(set(hold(RestrictionEffect::Frozen, 7, None)), Ok(paused()));
    let refused = Err(RestrictionRefusal::SecondNeeded);
    assert_eq!(set(hold(RestrictionEffect::Frozen, 8, None)), refused);
    assert_eq!(set(hold(RestrictionEffect::Frozen, 8, Some(A))), refused);
    assert_eq!(set(hold(RestrictionEffect::Restricted, 8, Some(B))), Ok(paused()));
}

#[test]
fn nobody_holds_for_longer_by_holding_again() {
    let mut restrictions = Restrictions::default();
    let mut set =
        |by, day| restrictions.set(Restriction::StaffHold, by, POLICY.rules(), now() + Span::days(day));
    assert_eq!(set(hold(RestrictionEffect::Frozen, 7, None), 0), Ok(paused()));
    assert_eq!(set(hold(RestrictionEffect::Restricted, 7, None), 5), Ok(vec![]), "within the seven days");
    let refused = Err(RestrictionRefusal::SecondNeeded);
    assert_eq!(set(hold(RestrictionEffect::Frozen, 8, None), 6), refused);
    assert_eq!(set(hold(RestrictionEffect::Frozen, 14, Some(B)), 6), Ok(vec![]));
    assert_eq!(set(hold(RestrictionEffect::Restricted, 13, None), 7), Ok(vec![]), "milder and shorter");
    assert_eq!(set(hold(RestrictionEffect::Frozen, 13, None), 7), refused);
    assert_eq!(restrictions.get(Restriction::StaffHold).map(|held| held.since), Some(now()));
}

#[test]
fn an_overdue_hold_goes_to_a_supervisor() {
    let mut restrictions = Restrictions::default();
    let by = hold(RestrictionEffect::Restricted, 7, None);
    restrictions.set(Restriction::StaffHold, by, POLICY.rules(), now()).unwrap();
    assert!(!restrictions.hold_is_overdue(now() + Span::days(6)));
    assert!(restrictions.hold_is_overdue(now() + Span::days(7)));
    assert!(restrictions.get(Restriction::StaffHold).is_some(), "it is not lifted by time");
}

#[test]
fn setting_twice_keeps_the_beginning() {
    let mut restrictions = Restrictions::default();
    let mut set = |at| restrictions.set(Restriction::Dormant, SetBy::System, POLICY.rules(), at);
    assert_eq!(set(now()), Ok(paused()));
    assert_eq!(set(now() + Span::days(1)), Ok(vec![]));
    assert_eq!(restrictions.get(Restriction::Dormant).map(|held| held.since), Some(now()));
}

proptest! {
    /// Lifting one leaves all the others exactly as they were.
    #[test]
    fn ending_one_never_ends_another(held in proptest::collection::btree_set(0..10_usize, 0..10), which in 0..10_usize, way in 0..9_usize) {
        let mut restrictions = Restrictions::default();
        for index in held {
            set_by_any(&mut restrictions, Restriction::ALL[index]);
        }
        let before = restrictions.clone();
        let lifted = restrictions.lift(Restriction::ALL[which], ways_to_lift()[way].1);
        let mut expected = before.clone();
        if lifted.is_ok() {
            expected.0.remove(&Restriction::ALL[which]);
        }
        prop_assert_eq!(restrictions, expected);
    }
}
