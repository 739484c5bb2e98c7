//! The whole table of transitions as reviewed snapshots: a changed rule is a changed line.

use super::fixtures::*;
use super::*;
use std::fmt::Write as _;

/// What an event makes of a state: the row and the next state, or the code of the refusal.
fn cell(world: &World, event: Event) -> Result<Moved, Illegal> {
    world.app.clone().apply(event, &rules(), late())
}

/// Before the resubmit can be submitted, its step is done again.
fn prepared(mut world: World, kind: &EventKind) -> World {
    if world.app.state().name() == StateName::Resubmit && kind.name() == EventName::Submit {
        let content = crate::steps::Content::Side(crate::steps::Side::Portrait, FILE);
        world.try_at(start(), Actor::Applicant, saved(content)).unwrap();
    }
    world
}

#[test]
fn every_pair_of_state_and_event() {
    let mut table = format!("{:<16}", "");
    let states = StateName::ALL;
    for state in states {
        let _ = write!(table, " {:<17}", state.as_str());
    }
    for (index, name) in EventName::ALL.iter().enumerate() {
        let _ = write!(table, "\n{:<16}", name.as_str());
        let none = if *name == EventName::Create { "1 draft" } else { "·" };
        let _ = write!(table, " {none:<17}");
        for world in World::all() {
            let (by, kind) = good(&world).swap_remove(index);
            assert_eq!(kind.name(), *name);
            let mut world = prepared(world, &kind);
            let event = world.event(by, kind);
            let text = match cell(&world, event) {
                Ok(moved) => {
                    let row = moved.row.map_or(0, Row::number);
                    format!("{row} {}", moved.next.state().name().as_str())
                }
                Err(Illegal { why: Refusal::NotListed, .. }) => "·".to_owned(),
                Err(illegal) => format!("({})", illegal.code()),
            };
            let _ = write!(table, " {text:<17}");
        }
    }
    let table: Vec<&str> = table.lines().map(str::trim_end).collect();
    insta::assert_snapshot!(table.join("\n"));
}

#[test]
fn the_effects_of_every_transition() {
    let mut lines = vec!["1 none --create--> draft".to_owned()];
    for (index, _) in EventName::ALL.iter().enumerate() {
        for world in World::all() {
            let from = world.app.state().name().as_str();
            let (by, kind) = good(&world).swap_remove(index);
            let name = kind.name().as_str();
            let mut world = prepared(world, &kind);
            let event = world.event(by, kind);
            if let Ok(moved) = cell(&world, event) {
                let row = moved.row.map_or(0, Row::number);
                lines.push(format!("{row} {from} --{name}--> {}", moved.next.state().name().as_str()));
                lines.extend(moved.effects.iter().map(|effect| format!("    {effect}")));
            }
        }
    }
    insta::assert_snapshot!(lines.join("\n"));
}

/// Every row of the table is reached by some pair above.
#[test]
fn no_row_of_the_table_is_dead() {
    let mut reached = vec![Row::Create];
    for index in 0..EventName::ALL.len() {
        for world in World::all() {
            let (by, kind) = good(&world).swap_remove(index);
            let mut world = prepared(world, &kind);
            let event = world.event(by, kind);
            reached.extend(cell(&world, event).ok().and_then(|moved| moved.row));
        }
    }
    reached.sort_unstable();
    reached.dedup();
    assert_eq!(reached, Row::ALL);
}

#[test]
fn who_may_do_what() {
    let actors = [
        ("applicant", Actor::Applicant),
        ("integrator", Actor::Integrator),
        ("support", Actor::Support(FIRST)),
        ("reviewer", Actor::Reviewer(FIRST)),
        ("supervisor", Actor::Supervisor(FIRST)),
        ("system", Actor::System),
        ("clock", Actor::Clock),
    ];
    let mut kinds: Vec<(String, EventKind)> =
        good(&World::new()).into_iter().map(|(_, kind)| (kind.name().as_str().to_owned(), kind)).collect();
    for (what, why) in [
        ("withdraw, account closed", WithdrawReason::AccountClosed),
        ("withdraw, consent withdrawn", WithdrawReason::ConsentWithdrawn),
    ] {
        kinds.push((what.to_owned(), EventKind::Withdraw(why)));
    }
    let timer = EventKind::ChecksReview {
        attempt: crate::id::AttemptId::from_bits(1),
        case: crate::id::CaseId::from_bits(1),
        cause: ReviewCause::Timer,
    };
    kinds.push(("checks_review, timer".to_owned(), timer));
    let lines: Vec<String> = kinds
        .iter()
        .map(|(what, kind)| {
            let may: Vec<_> =
                actors.iter().filter(|(_, actor)| actor.may(kind)).map(|(name, _)| *name).collect();
            format!("{what:<28} {}", may.join(", "))
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn every_state_is_stored_and_read_back() {
    for world in World::all() {
        let json = serde_json::to_string(&world.app).unwrap();
        assert_eq!(serde_json::from_str::<Application>(&json).unwrap(), world.app, "{json}");
    }
}

#[test]
fn what_becomes_due_in_each_state() {
    let mut lines = Vec::new();
    for world in World::all() {
        lines.push(world.app.state().name().as_str().to_owned());
        let timers = world.app.timers(&rules());
        let hourly = timers.iter().filter(|timer| timer.due == Due::AskSource).count();
        lines.extend(
            timers
                .iter()
                .filter(|timer| {
                    timer.due != Due::AskSource || timer.at < start() + crate::moment::Span::hours(4)
                })
                .map(|timer| format!("  {} {:?}", timer.at, timer.due)),
        );
        if hourly > 0 {
            lines.push(format!("  {hourly} queries of the source in all"));
        }
    }
    insta::assert_snapshot!(lines.join("\n"));
}
