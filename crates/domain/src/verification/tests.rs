use super::*;
use crate::moment::Span;
use crate::policy::Policy;
use crate::zone::Zone;
use time::{Date, Month};

const ID: VerificationId = VerificationId::from_bits(1);
const NEXT: VerificationId = VerificationId::from_bits(2);
const PERSON: PersonId = PersonId::from_bits(3);
const OTHER: PersonId = PersonId::from_bits(4);
const EYES: FourEyes = FourEyes { first: StaffId::from_bits(5), second: StaffId::from_bits(6) };
const ALONE: FourEyes = FourEyes { first: StaffId::from_bits(5), second: StaffId::from_bits(5) };
const RENEWED: Event = Event::Renewed { by: NEXT, person: PERSON, linked: false };
const REVOKE: Event = Event::Revoke { eyes: EYES, reason: Code::AccPersonMismatch };
const REINSTATE: Event = Event::Reinstate { eyes: EYES };

fn day(month: u8, day: u8) -> Day {
    Day::new(Date::from_calendar_date(2026, Month::try_from(month).unwrap(), day).unwrap())
}

fn calendar() -> Calendar {
    Calendar::new(Zone::named("Asia/Shanghai").unwrap())
}

fn rules() -> Rules {
    Rules::from(Policy::preset("cn_pboc").unwrap().rules())
}

fn start(of: Day) -> Timestamp {
    calendar().start_of(of)
}

fn just_before(at: Timestamp) -> Timestamp {
    Timestamp::from_unix_us(at.unix_us() - 1).unwrap()
}

fn issued(term: DocumentTerm) -> Verification {
    Verification::issue(ID, PERSON, term, start(day(1, 10)))
}

fn apply(verification: &Verification, event: Event, now: Timestamp) -> Result<Verification, Refusal> {
    let moved = verification.clone().apply(event, &rules(), &calendar(), now);
    moved.map(|moved| moved.next).map_err(|illegal| illegal.why)
}

/// One verification in each standing, reached by events.
fn all() -> [Verification; 5] {
    let valid = issued(DocumentTerm::Until(day(3, 31)));
    let grace = apply(&valid, Event::DocumentEnd, start(day(4, 1))).unwrap();
    let lapsed = apply(&grace, Event::GraceEnd, start(day(6, 30))).unwrap();
    let superseded = apply(&valid, RENEWED, start(day(2, 1))).unwrap();
    let revoked = apply(&valid, REVOKE, start(day(2, 1))).unwrap();
    [valid, grace, lapsed, superseded, revoked]
}

#[test]
fn every_pair_of_standing_and_event() {
    let events = [Event::DocumentEnd, Event::GraceEnd, RENEWED, REVOKE, REINSTATE];
    let mut lines = Vec::new();
    for verification in all() {
        for event in events {
            // Early enough for a reinstatement, late enough for everything else.
            let now = if event == REINSTATE { start(day(3, 1)) } else { start(day(12, 1)) };
            let from = verification.standing_name().as_str();
            let moved = verification.clone().apply(event, &rules(), &calendar(), now);
            let answer = match moved {
                Ok(moved) => {
                    let effects: Vec<String> = moved.effects.iter().map(ToString::to_string).collect();
                    format!("{} [{}]", moved.next.standing_name().as_str(), effects.join(", "))
                }
                Err(illegal) => illegal.why.code().to_owned(),
            };
            lines.push(format!("{from:<11} {:<13} → {answer}", event.name()));
        }
    }
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn the_last_day_of_a_card_still_counts() {
    let valid = issued(DocumentTerm::Until(day(3, 31)));
    let end = start(day(4, 1));
    let early = apply(&valid, Event::DocumentEnd, just_before(end));
    assert_eq!(early, Err(Refusal::TooEarly { at: end }));
    let grace = apply(&valid, Event::DocumentEnd, end).unwrap();
    assert_eq!(grace.standing(), &Standing::Grace { until: day(6, 29) }, "90 days after 31 March");
    assert!(grace.counts());
    let over = start(day(6, 30));
    let early = apply(&grace, Event::GraceEnd, just_before(over));
    assert_eq!(early, Err(Refusal::TooEarly { at: over }));
    assert!(!apply(&grace, Event::GraceEnd, over).unwrap().counts());
}

#[test]
fn a_long_term_card_never_ends() {
    let valid = issued(DocumentTerm::Unlimited);
    assert_eq!(apply(&valid, Event::DocumentEnd, Timestamp::MAX), Err(Refusal::NoEnd));
    assert_eq!(valid.timers(&rules(), &calendar()), []);
}

#[test]
fn a_temporary_card_has_no_grace() {
    let valid = issued(DocumentTerm::TemporaryUntil(day(3, 31)));
    let moved = valid.apply(Event::DocumentEnd, &rules(), &calendar(), start(day(4, 1))).unwrap();
    assert_eq!(moved.next.standing_name(), StandingName::Lapsed);
    assert!(moved.effects.contains(&Effect::Restrict(Restriction::DocumentExpired)));
    assert!(!moved.effects.contains(&Effect::Notify(Notice::DocumentExpiredGrace)));
}

#[test]
fn only_the_same_person_renews() {
    let [valid, ..] = all();
    let by = |person, linked| apply(&valid, Event::Renewed { by: NEXT, person, linked }, start(day(2, 1)));
    assert_eq!(by(OTHER, false), Err(Refusal::OtherPerson));
    assert!(by(OTHER, true).is_ok(), "after a change of information");
    assert!(by(PERSON, false).is_ok());
}

#[test]
fn two_people_revoke_and_two_reinstate() {
    let [valid, .., revoked] = all();
    let now = start(day(3, 1));
    let alone = Event::Revoke { eyes: ALONE, reason: Code::DocTampered };
    assert_eq!(apply(&valid, alone, now), Err(Refusal::SecondNeeded));
    let alone = Event::Reinstate { eyes: ALONE };
    assert_eq!(apply(&revoked, alone, now), Err(Refusal::SecondNeeded));
    assert!(apply(&revoked, REINSTATE, just_before(start(day(4, 1)))).is_ok());
    let late = apply(&revoked, REINSTATE, start(day(4, 1)));
    assert_eq!(late, Err(Refusal::DocumentEnded), "a new document is needed");
}

#[test]
fn when_people_are_told() {
    let [valid, grace, lapsed, superseded, revoked] = all();
    let mut lines = Vec::new();
    for verification in [valid, grace] {
        lines.push(verification.standing_name().as_str().to_owned());
        for timer in verification.timers(&rules(), &calendar()) {
            lines.push(format!("  {} {:?}", timer.at, timer.due));
        }
    }
    insta::assert_snapshot!(lines.join("\n"));
    for verification in [lapsed, superseded, revoked] {
        assert_eq!(verification.timers(&rules(), &calendar()), []);
    }
}

#[test]
fn the_end_of_time_is_no_trouble() {
    let valid = issued(DocumentTerm::Until(Day::new(Date::MAX)));
    assert!(apply(&valid, Event::DocumentEnd, start(day(4, 1)) + Span::days(u32::MAX)).is_ok());
    assert!(!valid.timers(&rules(), &calendar()).is_empty());
}
