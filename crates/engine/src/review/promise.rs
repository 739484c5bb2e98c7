//! The date a person is told, by which a case will be done.

use super::act;
use crate::service::{Error, Service};
use shiming_domain::case::CaseType;
use shiming_domain::id::CaseId;
use shiming_domain::moment::Timestamp;
use shiming_domain::sla::SlaClock;
use shiming_store::Tx;
use shiming_store::case as stored;

/// When a case is due: as promised, or the later date that was told when the promise could not be kept. A case
/// whose job has not run yet is due as if it began `from` then.
pub(crate) async fn promised(
    service: &Service,
    tx: &mut Tx,
    case: CaseId,
    from: Timestamp,
) -> Result<Timestamp, Error> {
    let Some(case) = stored::load(tx, case).await? else { return promised_from(service, from) };
    let clock = case.facts.promise.unwrap_or(case.facts.target);
    let due = act::due(service.work_calendar(), &clock, service.now())?;
    let told = case.facts.told_due_us.map(act::moment).transpose()?;
    Ok(told.map_or(due, |told| told.max(due)))
}

/// When a person's look that begins then is due.
pub(crate) fn promised_from(service: &Service, from: Timestamp) -> Result<Timestamp, Error> {
    let rules = &service.policy().rules().review;
    let span = CaseType::Initial.promise(rules).ok_or(Error::Internal("promise_of_first_look"))?;
    act::due(service.work_calendar(), &SlaClock::start(from.unix_us(), span), from)
}
