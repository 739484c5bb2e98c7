use super::fixtures::*;
use super::*;
use crate::id::StaffId;
use crate::policy::FourEyes;
use crate::reason::{Code, Step as Redo};
use crate::zone::SECOND_US;
use std::collections::BTreeSet;
use std::fmt::Write as _;

const MIN_US: i64 = crate::zone::MINUTE_US;

fn name(case: &Case) -> String {
    let queue = if case.queue == Queue::Arbiter { " (arbiter)" } else { "" };
    let holder = case.lease().map_or(String::new(), |l| format!(" by {}", called(l.holder)));
    let state = match &case.state {
        State::Open => "open".into(),
        State::Claimed { .. } => format!("claimed{holder}"),
        State::OnHold { reason, .. } => format!("on hold, {reason:?}"),
        State::SecondReview { .. } => format!("second review{holder}"),
        State::Closed { end: End::Cancelled, .. } => "cancelled".into(),
        State::Closed { end: End::Decided { decision, by }, .. } => {
            let by: Vec<&str> = by.iter().map(|id| called(*id)).collect();
            format!("closed, {:?} by {}", decision.verdict, by.join(" + "))
        }
    };
    format!("{state}{queue}")
}

fn effects(step: &Step) -> String {
    let words = step.effects.iter().map(|effect| match effect {
        Effect::SecondAsked(rules) => format!("SecondAsked{rules:?}"),
        Effect::Publish { not_before_us, .. } => {
            format!("Publish after {} s", (not_before_us - NOW_US) / SECOND_US)
        }
        Effect::TakenFrom(id) => format!("TakenFrom({})", called(*id)),
        other => format!("{other:?}"),
    });
    let words: Vec<String> = words.collect();
    if words.is_empty() { String::new() } else { format!("  [{}]", words.join(", ")) }
}

/// Every state a case can be in, at [`NOW_US`].
fn states() -> Vec<(&'static str, Case)> {
    let (ann, bob) = (reviewer("ann"), reviewer("bob"));
    let open = initial();
    let claimed = claim(&open, &ann, NOW_US - MIN_US).unwrap().next;
    let over = claim(&open, &ann, NOW_US - LEASE_US).unwrap().next;
    let hold = |reason| {
        let event = Event::Hold { by: id("ann"), token: 1, version: claimed.version, reason };
        claimed.apply(&event, &rules(), NOW_US - MIN_US).unwrap().next
    };
    let escalate =
        Event::Escalate { by: id("ann"), token: 1, version: claimed.version, reason: "unsure".into() };
    let passed_up = claimed.apply(&escalate, &rules(), NOW_US).unwrap().next;
    let second = decided(&open, &ann, reject()).next;
    let looking = claim(&second, &bob, NOW_US).unwrap().next;
    let disputed = decided(&second, &bob, approve()).next;
    let sue = staff("sue", Role::Supervisor);
    let arbitrated = claim(&disputed, &sue, NOW_US).unwrap().next;
    let closed = decided(&open, &ann, approve()).next;
    let mut final_answer = closed.clone();
    if let State::Closed { undo_until_us, .. } = &mut final_answer.state {
        *undo_until_us = NOW_US;
    }
    let cancelled = open.apply(&Event::Cancel, &rules(), NOW_US).unwrap().next;
    vec![
        ("open", open),
        ("claimed by ann", claimed.clone()),
        ("claimed by ann, lease over", over),
        ("on hold for the applicant", hold(HoldReason::WaitingForApplicant)),
        ("on hold for a source", hold(HoldReason::WaitingForSource)),
        ("passed up", passed_up),
        ("ann rejected, waits for a second", second),
        ("ann rejected, bob looks", looking),
        ("ann rejected, bob approved", disputed),
        ("ann rejected, bob approved, sue looks", arbitrated),
        ("ann approved a second ago", closed),
        ("ann approved long ago", final_answer),
        ("cancelled", cancelled),
    ]
}

/// Every event, by whoever holds the case, and by others.
fn events(case: &Case) -> Vec<(&'static str, Event)> {
    let holder = case.lease().map_or(reviewer("ann"), |l| match called(l.holder) {
        "sue" => staff("sue", Role::Supervisor),
        other => reviewer(other),
    });
    let (token, version, by) = (case.last_token, case.version, holder.id);
    let decide = |decision| decide_event(case, &holder, decision);
    let with = |facts| Event::Decide { by: holder, token, version, decision: approve(), facts };
    let sue = staff("sue", Role::Supervisor);
    vec![
        ("claim, ann", Event::Claim { by: reviewer("ann"), held: 0 }),
        ("claim, cas", Event::Claim { by: reviewer("cas"), held: 2 }),
        ("claim, cas, holds three", Event::Claim { by: reviewer("cas"), held: 3 }),
        ("claim, barred", Event::Claim { by: reviewer("barred"), held: 0 }),
        ("claim, support", Event::Claim { by: staff("tom", Role::Support), held: 0 }),
        ("claim, supervisor", Event::Claim { by: sue, held: 0 }),
        ("renew", Event::Renew { by, token }),
        ("renew, older token", Event::Renew { by, token: token.wrapping_sub(1) }),
        ("release", Event::Release { by, token }),
        ("release, other person", Event::Release { by: id("cas"), token }),
        ("expire", Event::Expire),
        ("take over, cas", Event::TakeOver { by: reviewer("cas"), held: 0, reason: "ann is ill".into() }),
        ("take over, cas, no reason", Event::TakeOver { by: reviewer("cas"), held: 0, reason: " ".into() }),
        ("approve", decide(approve())),
        (
            "approve, a check failed",
            with(Circumstances { failed_required_check: true, ..Default::default() }),
        ),
        ("approve, drawn", with(Circumstances { blind_sample: true, ..Default::default() })),
        ("resubmit", decide(resubmit())),
        ("reject", decide(reject())),
        (
            "reject, stale",
            Event::Decide {
                by: holder,
                token,
                version: version - 1,
                decision: reject(),
                facts: Circumstances::default(),
            },
        ),
        ("reject, no reason", decide(Decision::plain(Verdict::Reject))),
        ("escalate", Event::Escalate { by, token, version, reason: "unsure".into() }),
        ("hold", Event::Hold { by, token, version, reason: HoldReason::WaitingForApplicant }),
        ("resume, cas", Event::Resume { by: reviewer("cas"), held: 0 }),
        ("answered", Event::Answered),
        ("undo, ann", Event::Undo { by: reviewer("ann"), held: 0 }),
        ("undo, cas", Event::Undo { by: reviewer("cas"), held: 0 }),
        ("cancel", Event::Cancel),
    ]
}

#[test]
fn every_state_meets_every_event() {
    let mut table = String::new();
    for (title, case) in states() {
        let _ = writeln!(table, "{title}");
        for (event_title, event) in events(&case) {
            let line = match case.apply(&event, &rules(), NOW_US) {
                Ok(step) => format!("-> {}{}", name(&step.next), effects(&step)),
                Err(Refused::NotPossible) => "   .".into(),
                Err(refused) => format!("   {}: {refused}", refused.code()),
            };
            let _ = writeln!(table, "    {event_title:<26} {line}");
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn a_lease_ends_at_its_minute_and_activity_extends_it() {
    let held = claim(&initial(), &reviewer("ann"), NOW_US).unwrap().next;
    let renew = Event::Renew { by: id("ann"), token: 1 };
    assert_eq!(held.apply(&renew, &rules(), NOW_US + LEASE_US), Err(Refused::LeaseOver));
    let longer = held.apply(&renew, &rules(), NOW_US + LEASE_US - 1).unwrap().next;
    assert_eq!(longer.version, held.version);
    assert_eq!(longer.lease().unwrap().until_us, NOW_US + 2 * LEASE_US - 1);
    let behind = longer.apply(&renew, &rules(), NOW_US).unwrap().next;
    assert_eq!(behind, longer, "a clock that is behind shortens nothing");
    let other = claim(&held, &reviewer("bob"), NOW_US + LEASE_US).unwrap().next;
    assert_eq!(other.lease().unwrap().token, 2);
    // Ann wakes up with her old token.
    let late = decide_event(&held, &reviewer("ann"), approve());
    assert_eq!(other.apply(&late, &rules(), NOW_US + LEASE_US), Err(Refused::NotHolder));
}

#[test]
fn a_decision_on_something_older_saves_nothing() {
    let held = claim(&initial(), &reviewer("ann"), NOW_US).unwrap().next;
    let Event::Decide { by, token, decision, facts, .. } = decide_event(&held, &reviewer("ann"), approve())
    else {
        panic!("a decision");
    };
    let stale = Event::Decide { by, token, version: 1, decision, facts };
    assert_eq!(held.apply(&stale, &rules(), NOW_US), Err(Refused::Stale { current: 2, given: 1 }));
}

#[test]
fn a_second_person_looks_blind_and_the_arbiter_sees_both() {
    let (ann, bob, sue) = (reviewer("ann"), reviewer("bob"), staff("sue", Role::Supervisor));
    let second = decided(&initial(), &ann, reject()).next;
    assert_eq!(claim(&second, &ann, NOW_US), Err(Refused::Barred));
    assert_eq!(second.opinions_for(&bob).count(), 0);
    assert_eq!(second.opinions_for(&sue).count(), 0);
    assert_eq!(second.opinions_for(&ann).count(), 1);
    let disputed = decided(&second, &bob, resubmit()).next;
    assert_eq!(disputed.opinions_for(&sue).count(), 2);
    assert_eq!(claim(&disputed, &reviewer("cas"), NOW_US), Err(Refused::Role));
    let closed = decided(&disputed, &sue, reject()).next;
    assert_eq!(name(&closed), "closed, Reject by ann + sue (arbiter)");
}

#[test]
fn an_arbiter_alone_rejects_nobody() {
    let failed = Circumstances { failed_required_check: true, ..Default::default() };
    let (ann, bob, sue) = (reviewer("ann"), reviewer("bob"), staff("sue", Role::Supervisor));
    let held = claim(&initial(), &ann, NOW_US).unwrap().next;
    let event =
        Event::Decide { by: ann, token: 1, version: held.version, decision: approve(), facts: failed };
    let second = held.apply(&event, &rules(), NOW_US).unwrap().next;
    let disputed = decided(&second, &bob, resubmit()).next;
    let again = decided(&disputed, &sue, reject()).next;
    assert_eq!(name(&again), "open (arbiter)");
    let sam = staff("sam", Role::Supervisor);
    assert_eq!(name(&decided(&again, &sam, reject()).next), "closed, Reject by sue + sam (arbiter)");
}

#[test]
fn undo_gives_the_case_back_as_it_was() {
    let (ann, bob) = (reviewer("ann"), reviewer("bob"));
    let second = decided(&initial(), &ann, reject()).next;
    let closed = decided(&second, &bob, reject()).next;
    let undo = |by: &Staff, held, now_us| closed.apply(&Event::Undo { by: *by, held }, &rules(), now_us);
    let back = undo(&bob, 0, NOW_US + 10 * SECOND_US - 1).unwrap();
    assert_eq!((name(&back.next).as_str(), back.effects), ("second review by bob", vec![Effect::Unpublish]));
    assert_eq!(name(&undo(&bob, 3, NOW_US).unwrap().next), "second review");
    assert_eq!(undo(&bob, 0, NOW_US + 10 * SECOND_US), Err(Refused::UndoOver));
    assert_eq!(undo(&ann, 0, NOW_US), Err(Refused::NotHolder));
}

#[test]
fn what_needs_a_second_person() {
    let mut table = String::new();
    let suspicion = Circumstances { suspicion: true, ..Default::default() };
    let cases = [
        ("clean", Circumstances::default()),
        ("failed check", Circumstances { failed_required_check: true, ..Default::default() }),
        ("suspicion", suspicion),
        ("face to face", Circumstances { face_to_face_record: true, ..Default::default() }),
        ("identity change", Circumstances { identity_change: true, ..Default::default() }),
        ("revocation", Circumstances { revocation: true, ..Default::default() }),
    ];
    for (kind, verdict) in CaseType::ALL.iter().flat_map(|k| k.verdicts().iter().map(move |v| (*k, *v))) {
        for (title, facts) in &cases {
            let needed = second_needed(&rules(), kind, &Decision::plain(verdict), *facts);
            if !needed.is_empty() {
                let _ = writeln!(table, "{kind:?} {verdict:?}, {title}: {needed:?}");
            }
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn no_policy_takes_the_second_person_off_a_final_rejection() {
    let mut lax = rules();
    lax.four_eyes.clear();
    let all = Circumstances {
        failed_required_check: true,
        suspicion: true,
        face_to_face_record: true,
        identity_change: true,
        revocation: true,
        blind_sample: false,
    };
    assert_eq!(second_needed(&lax, CaseType::Initial, &reject(), all), [FourEyes::FinalRejection]);
    assert_eq!(second_needed(&lax, CaseType::Initial, &approve(), all), []);
}

#[test]
fn a_decision_needs_what_its_verdict_needs() {
    let check = |verdict, reasons: &[Code], steps: &[Redo]| {
        Decision { verdict, reasons: reasons.to_vec(), steps: steps.to_vec() }.check(CaseType::Initial)
    };
    assert_eq!(check(Verdict::Reject, &[Code::DocTampered], &[]), Ok(()));
    assert_eq!(check(Verdict::Reject, &[Code::ImgBlur], &[]), Err(DecisionError::NoFinalReason));
    assert_eq!(check(Verdict::Reject, &[Code::DocTampered], &[Redo::Selfie]), Err(DecisionError::Steps));
    assert_eq!(check(Verdict::Resubmit, &[Code::ImgBlur], &[]), Err(DecisionError::NothingToRedo));
    assert_eq!(check(Verdict::Resubmit, &[], &[Redo::Selfie]), Err(DecisionError::NothingToRedo));
    assert_eq!(check(Verdict::Release, &[], &[]), Err(DecisionError::Verdict));
    assert_eq!(check(Verdict::Approve, &[Code::ImgBlur, Code::ImgBlur], &[]), Err(DecisionError::List));
}

#[test]
fn promise_and_target_of_every_type() {
    let mut table = String::new();
    for kind in CaseType::ALL {
        let _ = writeln!(
            table,
            "{kind:?}: promise {:?}, target {:?} (level 0), {:?} (level 3), arbiter {:?}",
            kind.promise(&rules()),
            kind.target(&rules(), 0),
            kind.target(&rules(), 3),
            kind.arbiter(),
        );
    }
    insta::assert_snapshot!(table);
}

#[test]
fn watch_lists_stay_with_compliance() {
    let case = Case::open(CaseType::Screening, BTreeSet::new());
    let sue = staff("sue", Role::Supervisor);
    assert_eq!(claim(&case, &sue, NOW_US), Err(Refused::Role));
    let (kim, leo) = (staff("kim", Role::Compliance), staff("leo", Role::Compliance));
    let second = decided(&case, &kim, Decision::plain(Verdict::Release)).next;
    assert_eq!(name(&second), "second review");
    let closed = decided(&second, &leo, Decision::plain(Verdict::Release)).next;
    assert_eq!(name(&closed), "closed, Release by kim + leo");
}

#[test]
fn a_proposal_is_confirmed_by_another_person_in_time_and_once() {
    let proposal = Proposal { by: id("ann"), until_us: NOW_US, confirmed: false };
    assert_eq!(proposal.confirm(id("bob"), NOW_US - 1), Ok(()));
    assert_eq!(proposal.confirm(id("bob"), NOW_US), Err(ProposalError::Over));
    assert_eq!(proposal.confirm(id("ann"), NOW_US - 1), Err(ProposalError::SamePerson));
    let done = Proposal { confirmed: true, ..proposal };
    assert_eq!(done.confirm(id("bob"), NOW_US - 1), Err(ProposalError::Over));
}

#[test]
fn no_preset_names_a_rule_that_nothing_keeps() {
    for name in crate::policy::PRESETS {
        let policy = crate::policy::Policy::preset(name).unwrap();
        let kept: BTreeSet<_> = ACTS.iter().map(|(rule, _)| *rule).collect();
        let asked: BTreeSet<_> = policy.rules().review.four_eyes.iter().copied().collect();
        assert_eq!(asked, kept, "{name}");
    }
}

#[test]
fn a_case_survives_being_stored() {
    for (_, case) in states() {
        let text = serde_json::to_string(&case).unwrap();
        assert_eq!(serde_json::from_str::<Case>(&text).unwrap(), case);
    }
    assert!(serde_json::from_str::<StaffId>("\"ann smith\"").is_err());
}
