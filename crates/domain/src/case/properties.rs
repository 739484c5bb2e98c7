//! What must hold for any order of events.

use super::fixtures::*;
use super::*;
use crate::id::StaffId;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Something a person tries, with a token and a version that may be old.
#[derive(Clone, Debug)]
struct Try {
    case: usize,
    what: u8,
    who: usize,
    /// How far behind the newest token and version.
    behind: (u64, u64),
    wait_us: i64,
}

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let wait = prop_oneof![Just(0), 0..LEASE_US / 4, Just(LEASE_US - 1), Just(LEASE_US)];
    let behind = prop_oneof![4 => Just((0, 0)), 1 => (0_u64..3, 0_u64..3)];
    let one = (0_usize..5, 0_u8..18, 0_usize..6, behind, wait)
        .prop_map(|(case, what, who, behind, wait_us)| Try { case, what, who, behind, wait_us });
    prop::collection::vec(one, 1..120)
}

fn people() -> [Staff; 6] {
    [
        reviewer("ann"),
        reviewer("bob"),
        reviewer("cas"),
        reviewer("barred"),
        staff("sue", Role::Supervisor),
        staff("sam", Role::Supervisor),
    ]
}

fn event(case: &Case, attempt: &Try, held: u32) -> Event {
    let by = people()[attempt.who];
    let token = case.last_token.saturating_sub(attempt.behind.0);
    let version = case.version.saturating_sub(attempt.behind.1);
    let decide = |decision, facts| Event::Decide { by, token, version, decision, facts };
    let failed = Circumstances { failed_required_check: true, ..Default::default() };
    let drawn = Circumstances { blind_sample: true, ..Default::default() };
    match attempt.what {
        0..=3 => Event::Claim { by, held },
        4 => Event::Renew { by: by.id, token },
        5 => Event::Release { by: by.id, token },
        6 => Event::Expire,
        7 => Event::TakeOver { by, held, reason: "needed".into() },
        8 | 9 => decide(reject(), Circumstances::default()),
        10 => decide(approve(), failed),
        11 => decide(approve(), Circumstances::default()),
        12 => decide(resubmit(), drawn),
        13 => Event::Escalate { by: by.id, token, version, reason: "unsure".into() },
        14 => Event::Hold { by: by.id, token, version, reason: HoldReason::WaitingForApplicant },
        15 => Event::Resume { by, held },
        16 => Event::Undo { by, held },
        _ => Event::Answered,
    }
}

proptest! {
    #[test]
    fn leases_and_final_answers_hold_under_any_order(tries in tries()) {
        let rules = rules();
        let mut cases = vec![initial(); 5];
        let mut now_us = NOW_US;
        // A simple model: per case the newest token granted.
        let mut granted: BTreeMap<usize, u64> = BTreeMap::new();
        for attempt in &tries {
            now_us += attempt.wait_us;
            let who = &people()[attempt.who];
            let holds = |c: &Case| c.live_lease(now_us).is_some_and(|l| l.holder == who.id);
            let held = cases.iter().filter(|c| holds(c)).count() as u32;
            let before = cases[attempt.case].clone();
            let event = event(&before, attempt, held);
            let Ok(step) = before.apply(&event, &rules, now_us) else { continue };
            let after = step.next;

            // A new lease only where none was live, unless it was taken over with a reason.
            if after.last_token > before.last_token {
                let taken = matches!(event, Event::TakeOver { .. });
                prop_assert!(before.live_lease(now_us).is_none() || taken, "two live leases");
                prop_assert_eq!(granted.insert(attempt.case, after.last_token), Some(before.last_token).filter(|t| *t > 0));
            }
            // Only the newest live lease did anything that needs one.
            if let Event::Renew { token, .. } | Event::Release { token, .. } | Event::Decide { token, .. }
            | Event::Escalate { token, .. } | Event::Hold { token, .. } = &event {
                let lease = before.live_lease(now_us).unwrap();
                prop_assert_eq!((lease.token, &lease.holder), (*token, &who.id));
                prop_assert_eq!(Some(token), granted.get(&attempt.case));
            }
            if let Event::Decide { version, .. } = &event {
                prop_assert_eq!(*version, before.version);
            }
            if let State::Closed { end: End::Decided { decision, by }, .. } = &after.state {
                let people: BTreeSet<&StaffId> = by.iter().collect();
                prop_assert_eq!(people.len(), by.len());
                let needed = usize::from(decision.verdict == Verdict::Reject) + 1;
                prop_assert!(people.len() >= needed, "one person rejected");
            }
            let deciders: BTreeSet<&StaffId> = after.opinions.iter().map(|o| &o.by).collect();
            prop_assert_eq!(deciders.len(), after.opinions.len(), "somebody decided twice");
            prop_assert!(!deciders.contains(&id("barred")));
            prop_assert!(after.lease().is_none_or(|l| l.holder != id("barred")));
            let moved = !matches!(event, Event::Renew { .. });
            prop_assert_eq!(after.version, before.version + u64::from(moved));
            if matches!(before.state, State::Closed { .. }) {
                let undone = matches!(event, Event::Undo { .. });
                prop_assert!(undone, "a closed case moved");
            }
            cases[attempt.case] = after;
            let held = cases.iter().filter(|c| holds(c)).count() as u32;
            prop_assert!(held <= LEASES_PER_PERSON_MAX);
        }
    }

    #[test]
    fn nothing_panics(attempt in (0_u8..20, 0_usize..6, any::<(u64, u64)>()), now_us in any::<i64>(), held in any::<u32>()) {
        let (what, who, behind) = attempt;
        let attempt = Try { case: 0, what, who, behind, wait_us: 0 };
        let mut case = initial();
        for now_us in [now_us, i64::MAX, i64::MIN] {
            let event = event(&case, &attempt, held % 5);
            if let Ok(step) = case.apply(&event, &rules(), now_us) {
                case = step.next;
            }
        }
    }
}
