//! A person who is lawfully known by another number from now on.
//!
//! Support opened the change, two people approved it, and one application proves the new number. Its approval
//! links the row of that number to the person the account has, so the person keeps id, counters, proofs and
//! accounts, and both numbers find them. Nothing else changes the number of a person.

use crate::service::{Error, Kind, Refused, Service};
use shiming_domain::account::{Restriction, SetBy};
use shiming_domain::application::{Application, Purpose};
use shiming_domain::case::CaseType;
use shiming_domain::counters::IdIndex;
use shiming_domain::id::PersonId;
use shiming_idcard::name::{NameMatch, compare};
use shiming_store::audit::{Actor, Audit};
use shiming_store::{Tx, case, person as stored};

/// Whether an approval would let the person of an account be known by another number or name than now. A name
/// that may be the same in other characters is no other name.
pub(super) async fn changes_identity(
    service: &Service,
    tx: &mut Tx,
    application: &Application,
    number: IdIndex,
) -> Result<bool, Error> {
    let Some(own) = stored::of_account(tx, application.account).await? else { return Ok(false) };
    if stored::by_number(tx, number).await? != Some(own) {
        return Ok(true);
    }
    let Some(known) = crate::person::declared(service, tx, own).await? else { return Ok(false) };
    if service.blind_index("id_number", known.number.reveal())? != number.0 {
        return Ok(true);
    }
    let form = super::form::declared(service, tx, application).await?;
    let (declared, _) = form.ok_or(Error::Internal("form_missing"))?;
    Ok(compare(known.name.reveal(), declared.name.reveal()) == NameMatch::Different)
}

/// Whether a number is one that its person had before and has no longer, so that whoever has it now is somebody
/// else.
pub(super) async fn is_former(service: &Service, tx: &mut Tx, number: IdIndex) -> Result<bool, Error> {
    let Some(person) = stored::by_number(tx, number).await? else { return Ok(false) };
    let Some(known) = crate::person::declared(service, tx, person).await? else { return Ok(false) };
    Ok(service.blind_index("id_number", known.number.reveal())? != number.0)
}

/// Takes a number from a person who has another one by now: people decided that it is somebody else's.
pub(super) async fn release(
    service: &Service,
    tx: &mut Tx,
    application: &Application,
    number: IdIndex,
) -> Result<(), Error> {
    let Some(before) = stored::by_number(tx, number).await? else { return Ok(()) };
    // The row and its id stay, found by nothing.
    let nothing = IdIndex(service.blind_index("released_number", &application.id.to_string())?);
    stored::release_number(tx, number, nothing).await?;
    let row = Audit::new(&Actor::system(), "person.release_number", "person", before)
        .with("application", application.id.to_string());
    Ok(tx.audit(&row, service.now()).await?)
}

/// Whether the application is the one that an approved change of identity data permits.
pub(super) async fn is_permitted(tx: &mut Tx, application: &Application) -> Result<bool, Error> {
    if application.purpose != Purpose::InfoChange {
        return Ok(false);
    }
    let identity = crate::review::word(&crate::review::FieldClass::Identity);
    let cases = case::of_account(tx, application.account, CaseType::InfoChange).await?;
    let mut used = cases.iter().filter(|case| case.facts.used_by == Some(application.id));
    Ok(used.any(|case| case.facts.changes.contains(&identity)))
}

/// What is said to whoever would approve it without.
pub(super) fn needed() -> Error {
    let detail = "The account belongs to a person with another number or name. They change only through a change of \
                  information that support opens.";
    Refused::new(Kind::Conflict, "info_change_needed", detail).into()
}

/// Lets the number of `named` lead to `own`, the person of the account. If somebody was known by that number
/// already, they are one person from now on: what they used is added up, and their accounts follow. With more
/// accounts than one person may have, the account of the application is restricted until support closes that.
pub(super) async fn link_people(
    service: &Service,
    tx: &mut Tx,
    application: &Application,
    named: PersonId,
    own: PersonId,
) -> Result<(), Error> {
    if named == own {
        return Ok(());
    }
    let now = service.now();
    let accounts = stored::link_people(tx, named, own, now).await?;
    for account in &accounts {
        crate::account::set_person(tx, *account, own).await?;
    }
    let counters = crate::wallet::merge_people(tx, named, own).await?;
    let row = Audit::new(&Actor::system(), "person.link", "person", own)
        .with("from", named.to_string())
        .with("application", application.id.to_string())
        .with("accounts", accounts.len())
        .with("counters", counters);
    tx.audit(&row, now).await?;
    let others = super::approve::other_accounts(tx, own, application.account).await?;
    if others >= super::approve::accounts_max(service, application.requested_level) {
        let (account, by) = (application.account, SetBy::System);
        crate::wallet::restrict(service, tx, account, Restriction::DuplicatePerson, by).await?;
    }
    for account in accounts {
        crate::wallet::recompute_level(service, tx, account).await?;
    }
    Ok(())
}
