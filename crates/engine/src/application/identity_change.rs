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
use shiming_domain::id::{AccountId, PersonId};
use shiming_store::audit::{Actor, Audit};
use shiming_store::{Tx, case, person as stored};

/// Whether an approval would let the person of an account be known by another number than now.
pub(super) async fn changes_number(
    service: &Service,
    tx: &mut Tx,
    account: AccountId,
    number: IdIndex,
) -> Result<bool, Error> {
    let Some(own) = stored::of_account(tx, account).await? else { return Ok(false) };
    if stored::by_number(tx, number).await? != Some(own) {
        return Ok(true);
    }
    let Some(known) = crate::person::declared(service, tx, own).await? else { return Ok(false) };
    Ok(service.blind_index("id_number", known.number.reveal())? != number.0)
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
    let detail = "The account belongs to a person with another number. A number changes only through a change of \
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
