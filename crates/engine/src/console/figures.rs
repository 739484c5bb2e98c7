//! What happened in a span of days, in numbers: who came how far, what was decided and why, how long it took,
//! which promises were kept.

use crate::service::{Caller, Error, Service};
use shiming_domain::Outcome;
use shiming_domain::application::StateName;
use shiming_domain::case::Role;
use shiming_domain::moment::{Day, Span, Timestamp};
use shiming_domain::reason::Code;
use shiming_store::figures::{self as stored, Decided, Worked};
use std::collections::BTreeMap;

/// Rows read at most; beyond it the figures are of the newest and say so.
const ROWS_MAX: u32 = 20_000;
/// Days of a question at most.
pub const DAYS_MAX: u32 = 366;

/// The numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// From when on.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// There was more than is read at once; what is counted are the newest.
    pub partial: bool,
    /// Applications begun.
    pub begun: i64,
    /// Of these, submitted at least once.
    pub submitted: i64,
    /// Of these, where they stand now.
    pub standing: Vec<(StateName, i64)>,
    /// Decisions that answered somebody: by a person or not, with what outcome.
    pub decisions: Vec<(bool, Outcome, u32)>,
    /// Why not approved, most frequent first.
    pub reasons: Vec<(Code, u32)>,
    /// Time from submission to an answer of the machine.
    pub system: Taken,
    /// Time from submission to an answer of a person.
    pub staff: Taken,
    /// Cases and their promises.
    pub promises: Promises,
    /// Each day of the operator's calendar, oldest first.
    pub days: Vec<DayFigures>,
}

/// How long answers took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Answers.
    pub count: u32,
    /// Half were faster.
    pub p50: Option<Span>,
    /// Nine in ten were.
    pub p90: Option<Span>,
}

/// Cases and their promises.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Promises {
    /// Done in time.
    pub kept: u32,
    /// Done late.
    pub broken: u32,
    /// Open, in time so far.
    pub open: u32,
    /// Open and late.
    pub overdue: u32,
}

/// One day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayFigures {
    /// Which.
    pub day: Day,
    /// Answers.
    pub decided: u32,
    /// Of these, approvals.
    pub approved: u32,
    /// Of these, given by people.
    pub by_staff: u32,
}

/// The numbers of the last days.
pub async fn figures(service: &Service, caller: &Caller, days: u32) -> Result<Figures, Error> {
    super::only(caller, &[Role::Supervisor, Role::Compliance, Role::Operator])?;
    let (calendar, until) = (service.calendar(), service.now());
    let today = calendar.day(until);
    let first = today.minus(days.clamp(1, DAYS_MAX) - 1);
    let since = calendar.start_of(first);
    let mut tx = service.store().read().await?;
    let standing = stored::standing(&mut tx, since).await?;
    let submitted = stored::submitted(&mut tx, since).await?;
    let decided = stored::decided(&mut tx, since, ROWS_MAX).await?;
    let worked = stored::worked(&mut tx, since, ROWS_MAX).await?;
    let partial = [decided.len(), worked.len()].contains(&(ROWS_MAX as usize));
    let answers: Vec<&Decided> = decided.iter().filter(|decided| is_answer(decided)).collect();
    Ok(Figures {
        since,
        until,
        partial,
        begun: standing.iter().map(|(_, count)| count).sum(),
        submitted,
        standing,
        decisions: decisions(&answers),
        reasons: reasons(&answers),
        system: taken(&answers, false),
        staff: taken(&answers, true),
        promises: promises(&worked, until),
        days: by_day(&answers, first, today, |at| calendar.day(at)),
    })
}

/// What a machine passes to a person, or proposes to reject, answers nobody yet.
const fn is_answer(decided: &Decided) -> bool {
    matches!((decided.by_staff, decided.outcome), (true, _) | (false, Outcome::Approve | Outcome::Resubmit))
}

fn decisions(answers: &[&Decided]) -> Vec<(bool, Outcome, u32)> {
    let mut counted: Vec<(bool, Outcome, u32)> = Vec::new();
    for answer in answers {
        match counted
            .iter_mut()
            .find(|(staff, outcome, _)| (*staff, *outcome) == (answer.by_staff, answer.outcome))
        {
            Some((_, _, count)) => *count += 1,
            None => counted.push((answer.by_staff, answer.outcome, 1)),
        }
    }
    counted.sort_by_key(|(_, _, count)| std::cmp::Reverse(*count));
    counted
}

fn reasons(answers: &[&Decided]) -> Vec<(Code, u32)> {
    let mut counted: BTreeMap<Code, u32> = BTreeMap::new();
    for answer in answers.iter().filter(|answer| answer.outcome != Outcome::Approve) {
        for code in &answer.reasons {
            *counted.entry(*code).or_default() += 1;
        }
    }
    let mut counted: Vec<_> = counted.into_iter().collect();
    counted.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counted
}

fn taken(answers: &[&Decided], by_staff: bool) -> Taken {
    let of = answers.iter().filter(|answer| answer.by_staff == by_staff);
    let mut spans: Vec<Span> = of.map(|answer| answer.at.since(answer.submitted_at)).collect();
    spans.sort_by_key(|span| span.us());
    // The smallest span that so many percent do not exceed.
    let rank = |percent: usize| {
        let place = (spans.len() * percent).div_ceil(100).checked_sub(1)?;
        spans.get(place).copied()
    };
    Taken { count: u32::try_from(spans.len()).unwrap_or(u32::MAX), p50: rank(50), p90: rank(90) }
}

fn promises(worked: &[Worked], now: Timestamp) -> Promises {
    let mut promises = Promises::default();
    for case in worked {
        let place = match case.ended_at {
            Some(ended) if ended <= case.due_at => &mut promises.kept,
            Some(_) => &mut promises.broken,
            None if now <= case.due_at => &mut promises.open,
            None => &mut promises.overdue,
        };
        *place += 1;
    }
    promises
}

fn by_day(answers: &[&Decided], first: Day, last: Day, day: impl Fn(Timestamp) -> Day) -> Vec<DayFigures> {
    let mut days: BTreeMap<Day, DayFigures> = BTreeMap::new();
    let mut next = first;
    while next <= last {
        days.insert(next, DayFigures { day: next, decided: 0, approved: 0, by_staff: 0 });
        if next.plus(1) == next {
            break;
        }
        next = next.plus(1);
    }
    for answer in answers {
        let Some(counted) = days.get_mut(&day(answer.at)) else { continue };
        counted.decided += 1;
        counted.approved += u32::from(answer.outcome == Outcome::Approve);
        counted.by_staff += u32::from(answer.by_staff);
    }
    days.into_values().collect()
}

#[cfg(test)]
mod tests {

    use super::*;

    fn answer(at_s: i64, took_s: i64, by_staff: bool, outcome: Outcome) -> Decided {
        Decided {
            at: Timestamp::from_unix_s(at_s).unwrap(),
            submitted_at: Timestamp::from_unix_s(at_s - took_s).unwrap(),
            by_staff,
            outcome,
            reasons: vec![Code::ImgBlur],
        }
    }

    #[test]
    fn percentiles_are_of_what_was_measured() {
        let all: Vec<Decided> = (1..=10).map(|s| answer(1000, s, true, Outcome::Approve)).collect();
        let all: Vec<&Decided> = all.iter().collect();
        let taken = super::taken(&all, true);
        assert_eq!((taken.p50, taken.p90), (Some(Span::seconds(5)), Some(Span::seconds(9))));
        assert_eq!(super::taken(&all, false), Taken::default());
        let one = answer(1000, 7, false, Outcome::Approve);
        assert_eq!(super::taken(&[&one], false).p90, Some(Span::seconds(7)));
    }

    #[test]
    fn what_a_machine_passes_on_is_no_answer() {
        assert!(!is_answer(&answer(9, 1, false, Outcome::Review)));
        assert!(!is_answer(&answer(9, 1, false, Outcome::Reject)));
        assert!(is_answer(&answer(9, 1, true, Outcome::Reject)));
    }

    #[test]
    fn an_approval_has_no_reasons_against_it() {
        let (yes, no) = (answer(9, 1, true, Outcome::Approve), answer(9, 1, true, Outcome::Resubmit));
        assert_eq!(reasons(&[&yes, &no]), [(Code::ImgBlur, 1)]);
    }

    #[test]
    fn a_promise_is_kept_broken_or_still_open() {
        let at = |s| Timestamp::from_unix_s(s).unwrap();
        let case = |due, ended: Option<i64>| Worked {
            kind: shiming_domain::case::CaseType::Initial,
            opened_at: at(0),
            due_at: at(due),
            ended_at: ended.map(at),
        };
        let all = [case(10, Some(10)), case(10, Some(11)), case(20, None), case(10, None)];
        assert_eq!(promises(&all, at(15)), Promises { kept: 1, broken: 1, open: 1, overdue: 1 });
    }
}
