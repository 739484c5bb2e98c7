//! What a machine may read about a person, and an applicant about themselves.

use super::{gate, level};
use crate::service::{Caller, Error, Kind, Refused, Scope, Service};
use shiming_domain::account::{Life, Restriction};
use shiming_domain::id::{AccountId, PersonId};
use shiming_domain::level::Entitlements;
use shiming_store::account::{self, StoredAccount};
use shiming_store::{Tx, person};

/// A person without any claims: no name, no number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonView {
    /// Its id; not the one that was asked for if that one leads to it.
    pub id: PersonId,
    /// The identity is verified and current.
    pub verified: bool,
    /// The level of the account that has the highest.
    pub level: Option<u8>,
    /// That account.
    pub account: AccountId,
    /// Restrictions of that account, without those nobody may be warned of.
    pub restrictions: Vec<Restriction>,
}

/// Who a person is to a machine.
pub async fn person(service: &Service, caller: &Caller, person: PersonId) -> Result<PersonView, Error> {
    may_read(caller)?;
    let mut tx = service.store().read().await?;
    let (person, account) = highest(&mut tx, person).await?;
    let account = gate::load(&mut tx, account).await?;
    let level = level::current(service, &mut tx, &account).await?;
    let shown = |restriction: &Restriction| *restriction != Restriction::ScreeningHit;
    Ok(PersonView {
        id: person,
        verified: level.verified,
        level: level.level,
        account: account.id,
        restrictions: account.restrictions.iter().map(|(restriction, _)| restriction).filter(shown).collect(),
    })
}

/// What a person may do, to a machine: that of the account with the highest level.
pub async fn entitlements_of_person(
    service: &Service,
    caller: &Caller,
    person: PersonId,
) -> Result<Entitlements, Error> {
    may_read(caller)?;
    let mut tx = service.store().read().await?;
    let account = highest(&mut tx, person).await?.1;
    drop(tx);
    level::entitlements(service, account).await
}

/// The account whose level counts for a person, to a machine that uses limits.
pub async fn account_of(service: &Service, caller: &Caller, person: PersonId) -> Result<AccountId, Error> {
    super::may_use(caller)?;
    let mut tx = service.store().read().await?;
    Ok(highest(&mut tx, person).await?.1)
}

/// What the owner of an account may do.
pub async fn own_entitlements(service: &Service, caller: &Caller) -> Result<Entitlements, Error> {
    let sign_in_first = || Refused::new(Kind::Unauthenticated, "sign_in_first", "Sign in first.");
    level::entitlements(service, caller.account().ok_or_else(sign_in_first)?).await
}

/// The person an id leads to, and their open account that has the highest level; of equals the oldest.
async fn highest(tx: &mut Tx, id: PersonId) -> Result<(PersonId, AccountId), Error> {
    let person = person::resolve(tx, id).await?.ok_or_else(Error::not_found)?;
    let mut best: Option<StoredAccount> = None;
    for id in person::accounts(tx, person).await? {
        let account = account::load(tx, id).await?;
        let open = account.filter(|account| !matches!(account.life, Life::Closed { .. }));
        let better = open.filter(|account| best.as_ref().is_none_or(|best| account.level > best.level));
        best = better.or(best);
    }
    best.map(|account| (person, account.id)).ok_or_else(Error::not_found)
}

fn may_read(caller: &Caller) -> Result<(), Error> {
    if caller.has_scope(Scope::PersonsRead) {
        return Ok(());
    }
    Err(Refused::new(Kind::Forbidden, "scope_missing", "This needs the scope `persons:read`.").into())
}
