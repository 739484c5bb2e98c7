//! What becomes due on a case by itself: the end of a lease, the alarm, the promise.

use super::open::look_at;
use super::{act, rights};
use crate::notice;
use crate::service::{Error, Service};
use shiming_domain::case::{CaseType, Event, HoldReason, State};
use shiming_domain::id::{AccountId, ApplicationId, CaseId};
use shiming_domain::notice::Notice;
use shiming_store::Tx;
use shiming_store::audit::{Actor, Audit};
use shiming_store::case::{self as stored, StoredCase};
use std::collections::BTreeMap;

/// Does what is due.
pub(crate) async fn clock(service: &Service, id: CaseId) -> Result<(), Error> {
    let mut tx = service.store().change().await?;
    let Some(mut case) = stored::load(&mut tx, id).await? else { return Ok(()) };
    if matches!(case.case.state, State::Closed { .. }) {
        return Ok(());
    }
    let lease = lease_over(service, &mut tx, &mut case).await?;
    let promise = promise_due(service, &mut tx, &mut case).await?;
    if lease || promise {
        tx.commit().await?;
        service.wake();
    }
    Ok(())
}

/// Ends a lease that is over. One that was renewed has a look of its own at its new end.
async fn lease_over(service: &Service, tx: &mut Tx, case: &mut StoredCase) -> Result<bool, Error> {
    if case.case.lease().is_none_or(|lease| lease.is_live(service.now().unix_us())) {
        return Ok(false);
    }
    act::apply(service, tx, case, &Event::Expire, &Actor::system(), "case.lease_over").await?;
    Ok(true)
}

/// At the alarm supervisors see it; when the promise is over the person is told a new date.
async fn promise_due(service: &Service, tx: &mut Tx, case: &mut StoredCase) -> Result<bool, Error> {
    let now = service.now();
    let calendar = service.work_calendar();
    let clock = case.facts.promise.unwrap_or(case.facts.target);
    let reading = clock.read(calendar, now.unix_us()).map_err(act::out_of_range)?;
    if reading.paused {
        return Ok(false);
    }
    let mut row = Audit::new(&Actor::system(), "case.clock", "case", case.id)
        .with("used_percent", reading.used_percent);
    let mut changed = false;
    if reading.alarm && !case.alarmed {
        case.alarmed = true;
        changed = true;
        row = row.with("alarm", true);
    }
    let told = case.facts.told_due_us.unwrap_or(reading.due_us);
    if waits_for_us(case) && now.unix_us() >= told {
        let renewed = act::moment(clock.renewed_due_us(calendar, now.unix_us()).map_err(act::out_of_range)?)?;
        case.facts.told_due_us = Some(renewed.unix_us());
        let params = BTreeMap::from([("due", renewed.to_string())]);
        notice::tell(service, tx, case.account, Notice::ApplicationDelayed, params, now).await?;
        look_at(service, tx, case.id, renewed).await?;
        changed = true;
        row = row.with("new_due_us", renewed.unix_us());
    }
    if changed {
        stored::save(tx, case).await.map_err(rights::stale)?;
        tx.audit(&row, now).await?;
    }
    Ok(changed)
}

/// Whether somebody was promised this case's end by its name. Appeals are due by law: there is no new date.
fn waits_for_us(case: &StoredCase) -> bool {
    matches!(
        case.case.kind,
        CaseType::Initial | CaseType::Resubmission | CaseType::Assisted | CaseType::InfoChange
    )
}

/// The applicant gave something: cases of the application that waited for it go on.
pub(crate) async fn answered(
    service: &Service,
    tx: &mut Tx,
    account: AccountId,
    application: ApplicationId,
) -> Result<(), Error> {
    for mut case in stored::of_application(tx, application).await? {
        if case.account != account {
            continue;
        }
        let waits = |reason| reason == HoldReason::WaitingForApplicant;
        if matches!(case.case.state, State::OnHold { reason, .. } if waits(reason)) {
            act::apply(service, tx, &mut case, &Event::Answered, &Actor::system(), "case.answered").await?;
        }
    }
    Ok(())
}
