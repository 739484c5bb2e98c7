//! One event on one case, with everything that is written with it.

use super::open::look_at;
use super::rights::{refused, stale};
use crate::service::{Error, Job, Service};
use serde::Serialize;
use shiming_domain::case::{Effect, Event};
use shiming_domain::moment::Timestamp;
use shiming_domain::sla::{SlaClock, WorkCalendar};
use shiming_store::Tx;
use shiming_store::audit::{Actor, Audit};
use shiming_store::case::{self as stored, StoredCase};

/// Applies an event and writes what came of it: the case, its jobs, its audit row.
pub(super) async fn apply(
    service: &Service,
    tx: &mut Tx,
    case: &mut StoredCase,
    event: &Event,
    actor: &Actor,
    action: &'static str,
) -> Result<(), Error> {
    let now = service.now();
    let rules = &service.policy().rules().review;
    let step = case.case.apply(event, rules, now.unix_us()).map_err(|why| refused(&why))?;
    case.case = step.next;
    let mut row = Audit::new(actor, action, "case", case.id).with("version", case.case.version);
    for effect in &step.effects {
        row = follow(service, tx, case, effect, row).await?;
    }
    row = match event {
        // Reasons are free text and may name somebody; they stand in the case's sealed notes.
        Event::Hold { reason, .. } => row.with("reason", word(reason)),
        Event::Decide { decision, .. } => {
            let reasons: Vec<_> = decision.reasons.iter().map(|code| code.as_str()).collect();
            row.with("verdict", word(&decision.verdict)).with("reasons", reasons)
        }
        _ => row,
    };
    stored::save(tx, case).await.map_err(stale)?;
    if let Some(lease) = case.case.lease() {
        look_at(service, tx, case.id, moment(lease.until_us)?).await?;
        row = row.with("lease", lease.token);
    }
    tx.audit(&row, now).await?;
    Ok(())
}

async fn follow(
    service: &Service,
    tx: &mut Tx,
    case: &mut StoredCase,
    effect: &Effect,
    row: Audit,
) -> Result<Audit, Error> {
    let now_us = service.now().unix_us();
    Ok(match effect {
        Effect::PauseClock => {
            case.facts.promise = case.facts.promise.map(|clock| clock.pause(now_us));
            case.facts.target = case.facts.target.pause(now_us);
            row.with("clock", "paused")
        }
        Effect::ResumeClock => {
            let calendar = service.work_calendar();
            let resumed = |clock: SlaClock| clock.resume(calendar, now_us).map_err(out_of_range);
            case.facts.target = resumed(case.facts.target)?;
            case.facts.promise = case.facts.promise.map(resumed).transpose()?;
            case.target_at = due(calendar, &case.facts.target, service.now())?;
            case.due_at = match &case.facts.promise {
                Some(promise) => due(calendar, promise, service.now())?,
                None => case.target_at,
            };
            watch(service, tx, case).await?;
            row.with("clock", "resumed").with("due_us", case.due_at.unix_us())
        }
        Effect::SecondAsked(rules) => row.with("second", rules.iter().map(word).collect::<Vec<_>>()),
        Effect::ToArbiter => row.with("queue", "arbiter"),
        Effect::TakenFrom(staff) => row.with("taken_from", staff.to_string()),
        Effect::Publish { not_before_us, .. } => {
            let job = Job::PublishCase { case: case.id, version: case.case.version };
            service.push(tx, &job, moment(*not_before_us)?).await?;
            row.with("takes_effect_us", *not_before_us)
        }
        Effect::Unpublish => row.with("taken_back", true),
    })
}

/// Plans the looks at a case's clocks: at the alarm and when it is due.
pub(super) async fn watch(service: &Service, tx: &mut Tx, case: &StoredCase) -> Result<(), Error> {
    let calendar = service.work_calendar();
    let clock = case.facts.promise.unwrap_or(case.facts.target);
    let alarm_at = moment(clock.alarm_us(calendar).map_err(out_of_range)?)?;
    look_at(service, tx, case.id, alarm_at).await?;
    look_at(service, tx, case.id, case.due_at).await
}

/// When a clock is due.
pub(super) fn due(calendar: &WorkCalendar, clock: &SlaClock, now: Timestamp) -> Result<Timestamp, Error> {
    moment(clock.read(calendar, now.unix_us()).map_err(out_of_range)?.due_us)
}

pub(super) fn moment(us: i64) -> Result<Timestamp, Error> {
    Timestamp::from_unix_us(us).map_err(|_| Error::Internal("case_time"))
}

pub(super) fn out_of_range(_: shiming_domain::sla::SlaError) -> Error {
    Error::Internal("case_clock")
}

/// The stable name of an enumeration without data.
pub(crate) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
