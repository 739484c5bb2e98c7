//! Cases begin, and end when there is nothing left to decide.

use super::act;
use super::neighbours::standing;
use crate::service::{Error, Job, Service};
use shiming_domain::case::{Case, CaseType, Event, Priority, State};
use shiming_domain::id::{AccountId, ApplicationId, CaseId, StaffId};
use shiming_domain::moment::Timestamp;
use shiming_domain::reason::Code;
use shiming_domain::sla::SlaClock;
use shiming_store::Tx;
use shiming_store::audit::{Actor, Audit};
use shiming_store::case::{self as stored, Facts, Reviewed, StoredCase};
use std::collections::BTreeSet;

/// Work to put before a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewCase {
    /// Its id, made by whoever asks for it, so that asking twice opens one case.
    pub(crate) id: CaseId,
    /// What it is about.
    pub(crate) kind: CaseType,
    /// Whose matter.
    pub(crate) account: AccountId,
    /// About which application.
    pub(crate) application: Option<ApplicationId>,
    /// Reasons to pre-fill a rejection with.
    pub(crate) proposed: Vec<Code>,
    /// Who may not decide it.
    pub(crate) barred: Vec<StaffId>,
}

/// What else a case of review's own making knows.
#[derive(Clone, Debug, Default)]
pub(super) struct Further {
    pub(super) reviewed: Option<Reviewed>,
    pub(super) changes: BTreeSet<String>,
}

/// Opens a case. Does nothing if it is there already.
pub(crate) async fn open_case(service: &Service, tx: &mut Tx, new: NewCase) -> Result<(), Error> {
    open_with(service, tx, &Actor::system(), new, Further::default()).await?;
    Ok(())
}

/// Opens a case and answers it; none if it is there already.
pub(super) async fn open_with(
    service: &Service,
    tx: &mut Tx,
    actor: &Actor,
    new: NewCase,
    further: Further,
) -> Result<Option<StoredCase>, Error> {
    let now = service.now();
    let rules = &service.policy().rules().review;
    let calendar = service.work_calendar();
    let person = standing(tx, new.account).await?;
    let start = |span| SlaClock::start(now.unix_us(), span);
    let (promise, target) = (new.kind.promise(rules).map(start), start(new.kind.target(rules, person.level)));
    let target_at = act::due(calendar, &target, now)?;
    let due_at = promise.map_or(Ok(target_at), |promise| act::due(calendar, &promise, now))?;

    let mut facts = Facts::new(promise, target);
    facts.proposed = new.proposed;
    facts.reviewed = further.reviewed;
    facts.changes = further.changes;
    let case = StoredCase {
        id: new.id,
        version: 1,
        case: Case::open(new.kind, new.barred.into_iter().collect()),
        account: new.account,
        application: new.application,
        frozen: person.frozen,
        priority: Priority::of(person.level, person.frozen),
        due_at,
        target_at,
        known_to: known_to(tx, new.kind, new.application).await?,
        alarmed: false,
        opened_at: now,
        facts,
    };
    if !stored::insert(tx, &case).await? {
        return Ok(None);
    }
    act::watch(service, tx, &case).await?;
    let row = Audit::new(actor, "case.open", "case", case.id)
        .with("kind", act::word(&new.kind))
        .with("account", new.account.to_string())
        .with("application", new.application.map(|id| id.to_string()))
        .with("barred", case.case.barred.len())
        .with("due_us", due_at.unix_us());
    tx.audit(&row, now).await?;
    Ok(Some(case))
}

/// A later attempt goes to whoever asked for it, if that person is free. Nobody who is barred is asked.
async fn known_to(
    tx: &mut Tx,
    kind: CaseType,
    application: Option<ApplicationId>,
) -> Result<Option<StaffId>, Error> {
    let (CaseType::Resubmission, Some(application)) = (kind, application) else { return Ok(None) };
    let earlier = stored::of_application(tx, application).await?;
    Ok(earlier.iter().rev().find_map(|case| case.case.opinions.last()).map(|opinion| opinion.by))
}

/// The matter is decided. A case that people decided is closed already; any other one is over with it.
pub(crate) async fn close_case(service: &Service, tx: &mut Tx, id: CaseId) -> Result<(), Error> {
    end(service, tx, id, "case.close").await
}

/// The case has become pointless.
pub(crate) async fn cancel_case(service: &Service, tx: &mut Tx, id: CaseId) -> Result<(), Error> {
    end(service, tx, id, "case.cancel").await
}

async fn end(service: &Service, tx: &mut Tx, id: CaseId, action: &'static str) -> Result<(), Error> {
    let Some(mut case) = stored::load(tx, id).await? else { return Ok(()) };
    if matches!(case.case.state, State::Closed { .. }) {
        return Ok(());
    }
    act::apply(service, tx, &mut case, &Event::Cancel, &Actor::system(), action).await
}

/// Looks at the clocks of a case again at a moment, or at once if it is over.
pub(super) async fn look_at(
    service: &Service,
    tx: &mut Tx,
    case: CaseId,
    at: Timestamp,
) -> Result<(), Error> {
    service.push(tx, &Job::CaseClock { case }, at.max(service.now())).await
}
