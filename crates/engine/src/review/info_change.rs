//! Identity and contact data of a verified person change through support only: support opens the case, others
//! decide it, and an approved case is the permission for one application that proves the new data, or for one change
//! of the contact.

use super::act;
use super::line::Line;
use super::open::{Further, NewCase, open_with};
use super::rights::{refused, remember_refusal, staff};
use crate::service::{Caller, Error, Kind, Pending, Refused, Service};
use serde::{Deserialize, Serialize};
use shiming_domain::case::{CaseType, End, Refused as CaseRefused, Role, State, Verdict};
use shiming_domain::id::{AccountId, ApplicationId, CaseId};
use shiming_domain::moment::{Span, Timestamp};
use shiming_store::Tx;
use shiming_store::audit::{Actor, Audit};
use shiming_store::case::{self as stored, StoredCase};
use std::collections::BTreeSet;

/// How long a permission lasts.
const PERMISSION: Span = Span::days(14);

/// What is to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldClass {
    /// Name, number, sex, birth date: four eyes.
    Identity,
    /// Address, profession.
    Declared,
    /// E-mail, phone.
    Contact,
}

/// Opens a case for a change. Whoever opens it does not decide it.
pub async fn open(
    service: &Service,
    caller: &Caller,
    account: AccountId,
    changes: &BTreeSet<FieldClass>,
) -> Result<Pending<Line>, Error> {
    let by = staff(caller)?;
    if !matches!(by.role, Role::Support | Role::Supervisor) {
        let error = refused(&CaseRefused::Role);
        return Err(remember_refusal(service, caller, "info_change.open", ("account", account), error).await);
    }
    if changes.is_empty() {
        let detail = "Name at least one class of fields that is to change.";
        return Err(Refused::new(Kind::Unacceptable, "info_change_empty", detail).into());
    }
    let mut tx = service.store().change().await?;
    let is_open = |case: &StoredCase| !matches!(case.case.state, State::Closed { .. });
    if stored::of_account(&mut tx, account, CaseType::InfoChange).await?.iter().any(is_open) {
        let detail = "A change of this account is being decided already.";
        return Err(Refused::new(Kind::Conflict, "info_change_open", detail).into());
    }
    let new = NewCase {
        id: service.id(CaseId::at),
        kind: CaseType::InfoChange,
        account,
        application: None,
        proposed: Vec::new(),
        barred: vec![by.id],
    };
    let further = Further { changes: changes.iter().map(act::word).collect(), ..Further::default() };
    let case = open_with(service, &mut tx, &caller.actor(), new, further).await?;
    let case = case.ok_or(Error::Internal("case_id_twice"))?;
    let line = Line::of(service, &case, by)?;
    Ok(Pending::new(service, tx, line))
}

/// What the owner of an account may change now, and until when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permitted {
    /// An application that proves new data may be begun.
    pub application_until: Option<Timestamp>,
    /// The contact may be changed.
    pub contact_until: Option<Timestamp>,
}

/// What support has permitted the caller and the caller has not done yet.
pub async fn permitted(service: &Service, caller: &Caller) -> Result<Permitted, Error> {
    let account = crate::account::own(caller)?;
    let mut tx = service.store().read().await?;
    let since = match allowed(service, &mut tx, account).await? {
        Some(id) => stored::load(&mut tx, id).await?.and_then(|case| permitted_at(service, &case)),
        None => None,
    };
    let changed = shiming_store::account::contacts(&mut tx, account).await?;
    let changed = changed.iter().filter_map(|contact| contact.confirmed_at).max();
    let contact = contact_allowed(service, &mut tx, account).await?;
    let unused = contact.filter(|since| changed.is_none_or(|at| at < *since));
    let until = |since: Timestamp| since + PERMISSION;
    Ok(Permitted { application_until: since.map(until), contact_until: unused.map(until) })
}

/// Whether an application of purpose `info_change` may be begun for an account: the case that permits it.
pub async fn allowed(service: &Service, tx: &mut Tx, account: AccountId) -> Result<Option<CaseId>, Error> {
    let cases = stored::of_account(tx, account, CaseType::InfoChange).await?;
    let proves = [FieldClass::Identity, FieldClass::Declared].map(|class| act::word(&class));
    let permits = |case: &&StoredCase| {
        permitted_at(service, case).is_some()
            && case.facts.used_by.is_none()
            && proves.iter().any(|class| case.facts.changes.contains(class))
    };
    Ok(cases.iter().find(permits).map(|case| case.id))
}

/// Since when the contact of an account may be changed, by the newest case that permits it. Whoever changed it since
/// has used the permission up.
pub(crate) async fn contact_allowed(
    service: &Service,
    tx: &mut Tx,
    account: AccountId,
) -> Result<Option<Timestamp>, Error> {
    let cases = stored::of_account(tx, account, CaseType::InfoChange).await?;
    let contact = act::word(&FieldClass::Contact);
    let cases = cases.iter().filter(|case| case.facts.changes.contains(&contact));
    Ok(cases.filter_map(|case| permitted_at(service, case)).max())
}

/// When the case was approved, while that lasts.
fn permitted_at(service: &Service, case: &StoredCase) -> Option<Timestamp> {
    let State::Closed { end: End::Decided { decision, .. }, at_us, .. } = &case.case.state else {
        return None;
    };
    let at = Timestamp::from_unix_us(*at_us).ok()?;
    let permits = decision.verdict == Verdict::Approve && case.facts.published.is_some();
    (permits && service.now() < at + PERMISSION).then_some(at)
}

/// An application is begun with a permission; it permits no other one.
pub(crate) async fn use_up(
    service: &Service,
    tx: &mut Tx,
    account: AccountId,
    application: ApplicationId,
) -> Result<bool, Error> {
    let Some(id) = allowed(service, tx, account).await? else { return Ok(false) };
    let mut case = stored::load(tx, id).await?.ok_or(Error::Internal("permission_missing"))?;
    case.facts.used_by = Some(application);
    stored::save(tx, &mut case).await?;
    let row = Audit::new(&Actor::system(), "info_change.use", "case", id)
        .with("application", application.to_string());
    tx.audit(&row, service.now()).await?;
    Ok(true)
}
