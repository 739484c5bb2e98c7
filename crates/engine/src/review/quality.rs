//! How decisions hold: what follows from a second look, and what supervisors read of it.

use super::publish::Decided as Decider;
use super::revoke;
use super::rights::{refused, staff};
use crate::application::review as applications;
use crate::service::{Caller, Error, Kind, Refused, Service};
use shiming_domain::application::ReopenCause;
use shiming_domain::case::{self, Decision, End, Role, State, Verdict};
use shiming_domain::id::{CaseId, StaffId};
use shiming_domain::moment::{Span, Timestamp};
use shiming_domain::reason::{Code, catalogue};
use shiming_store::Tx;
use shiming_store::audit::{Actor, Audit};
use shiming_store::case::{self as stored, Decided, LookedAt, StoredCase};
use std::collections::BTreeMap;

/// Days a report may cover.
const DAYS_MAX: u32 = 366;

/// Remembers what each of these people decided.
pub(super) async fn remember(
    tx: &mut Tx,
    case: &StoredCase,
    decision: &Decision,
    by: &[StaffId],
) -> Result<(), Error> {
    for opinion in case.case.opinions.iter().filter(|opinion| by.contains(&opinion.by)) {
        let decided_at = super::act::moment(opinion.at_us)?;
        let (staff, opened_at) = (opinion.by, case.opened_at);
        let decided = Decided { staff, opened_at, decided_at, in_time: decided_at <= case.due_at };
        stored::insert_decided(tx, case.id, (case.case.kind, decision.verdict), &decided).await?;
    }
    Ok(())
}

/// A second look is done. It is counted for whoever had decided; one that disagrees was confirmed by a
/// supervisor, and is made good: a rejection is opened again, an approval is proposed to be revoked. What was
/// asked for again needs nothing: the applicant is at it.
pub(super) async fn settle(
    service: &Service,
    tx: &mut Tx,
    look: &StoredCase,
    decision: &Decision,
    by: &[StaffId],
) -> Result<(), Error> {
    let reviewed = look.facts.reviewed.ok_or(Error::Internal("look_without_decision"))?;
    let agreed = decision.verdict == Verdict::Agree;
    let deciders = match reviewed.case {
        Some(case) => deciders(tx, case).await?,
        None => vec![None],
    };
    for staff in deciders {
        stored::insert_looked_at(tx, look.id, reviewed.case, LookedAt { staff, agreed }, service.now())
            .await?;
    }
    let (Some(application), Some(last), false) = (look.application, by.last().copied(), agreed) else {
        return Ok(());
    };
    match reviewed.verdict {
        Verdict::Approve => {
            let reason = grave(look, decision);
            revoke::propose_for(service, tx, &Actor::system(), application, (last, reason)).await
        }
        Verdict::Reject => {
            let again = service.id(CaseId::at);
            let by = Decider::by(last, Role::Supervisor);
            let cause = ReopenCause::OwnError;
            let done = applications::reopen(service, tx, application, by.decider(), again, cause).await;
            match done {
                // An appeal was quicker.
                Err(Error::Refused(why)) if why.kind == Kind::Conflict => {
                    let row = Audit::new(&Actor::system(), "case.look_too_late", "case", look.id);
                    Ok(tx.audit(&row.refused(why.code), service.now()).await?)
                }
                done => done,
            }
        }
        _ => Ok(()),
    }
}

/// Everybody who decided a case.
async fn deciders(tx: &mut Tx, case: CaseId) -> Result<Vec<Option<StaffId>>, Error> {
    let found = stored::load(tx, case).await?.map(|found| found.case.state);
    let Some(State::Closed { end: End::Decided { by, .. }, .. }) = found else { return Ok(Vec::new()) };
    Ok(by.into_iter().map(Some).collect())
}

/// The gravest reason anybody named for the disagreement.
fn grave(look: &StoredCase, decision: &Decision) -> Code {
    let named = look.case.opinions.iter().rev().flat_map(|opinion| &opinion.decision.reasons);
    let allows = |code: &&Code| catalogue().get(**code).is_some_and(|entry| entry.kind.allows_final());
    decision.reasons.iter().chain(named).find(allows).copied().unwrap_or(Code::DocInconsistent)
}

/// How one person, the machine, or everybody did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Decisions that took effect.
    pub decided: u32,
    /// Median time from opening to decision, seconds.
    pub median_s: Option<i64>,
    /// Decided in time.
    pub in_time: u32,
    /// Decisions that were looked at again.
    pub looked_at: u32,
    /// Of those, found different.
    pub disagreed: u32,
}

/// A report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statistics {
    /// Since when.
    pub since: Timestamp,
    /// Everybody.
    pub all: Figures,
    /// Each person who decided or was looked at.
    pub staff: BTreeMap<StaffId, Figures>,
    /// The machine's approvals; it has no clock.
    pub machine: Figures,
}

/// What was decided in the last days, and how it held. For supervisors.
pub async fn statistics(service: &Service, caller: &Caller, days: u32) -> Result<Statistics, Error> {
    if staff(caller)?.role != Role::Supervisor {
        return Err(refused(&case::Refused::Role));
    }
    if !(1..=DAYS_MAX).contains(&days) {
        let detail = format!("`days` is 1 to {DAYS_MAX}.");
        return Err(Refused::new(Kind::Malformed, "statistics_days", detail).into());
    }
    let since = service.now() - Span::days(days);
    let mut tx = service.store().read().await?;
    let decided = stored::decided_since(&mut tx, since).await?;
    let looked_at = stored::looked_at_since(&mut tx, since).await?;
    Ok(counted(since, &decided, &looked_at))
}

fn counted(since: Timestamp, decided: &[Decided], looked_at: &[LookedAt]) -> Statistics {
    let mut times: BTreeMap<Option<StaffId>, Vec<i64>> = BTreeMap::new();
    let mut report =
        Statistics { since, all: Figures::default(), staff: BTreeMap::new(), machine: Figures::default() };
    for one in decided {
        let took = (one.decided_at.unix_us() - one.opened_at.unix_us()) / 1_000_000;
        for whose in [None, Some(one.staff)] {
            times.entry(whose).or_default().push(took);
        }
        for figures in [&mut report.all, report.staff.entry(one.staff).or_default()] {
            figures.decided += 1;
            figures.in_time += u32::from(one.in_time);
        }
    }
    for look in looked_at {
        let whose = match look.staff {
            Some(staff) => report.staff.entry(staff).or_default(),
            None => &mut report.machine,
        };
        for figures in [whose, &mut report.all] {
            figures.looked_at += 1;
            figures.disagreed += u32::from(!look.agreed);
        }
    }
    for (whose, mut took) in times {
        took.sort_unstable();
        let median = took.get(took.len() / 2).copied();
        match whose {
            Some(staff) => report.staff.entry(staff).or_default().median_s = median,
            None => report.all.median_s = median,
        }
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_counted_once_for_whoever_it_is_about() {
        let at = |s| Timestamp::from_unix_s(s).unwrap_or(Timestamp::MIN);
        let (ann, bob) = (StaffId::from_bits(1), StaffId::from_bits(2));
        let one = |staff, took, in_time| Decided { staff, opened_at: at(0), decided_at: at(took), in_time };
        let decided = [one(ann, 60, true), one(ann, 300, true), one(ann, 120, false), one(bob, 10, true)];
        let looks = [(Some(ann), true), (Some(ann), false), (None, true)];
        let looks = looks.map(|(staff, agreed)| LookedAt { staff, agreed });
        let report = counted(at(0), &decided, &looks);
        let figures = |decided, median_s, in_time, looked_at, disagreed| Figures {
            decided,
            median_s,
            in_time,
            looked_at,
            disagreed,
        };
        assert_eq!(report.all, figures(4, Some(120), 3, 3, 1));
        assert_eq!(report.staff[&ann], figures(3, Some(120), 2, 2, 1));
        assert_eq!(report.staff[&bob], figures(1, Some(10), 1, 0, 0));
        assert_eq!(report.machine, figures(0, None, 0, 1, 0));
    }
}
