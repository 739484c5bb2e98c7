//! Who stands before a limit: the account, its owner, its level and restrictions, read in one transaction.

use super::{level, stored};
use crate::service::{Error, Kind, Refused, Service};
use shiming_domain::account::{Life, RestrictionEffect};
use shiming_domain::id::AccountId;
use shiming_domain::limit::{Answer, decide};
use shiming_domain::moment::Timestamp;
use shiming_store::Tx;
use shiming_store::account::{self, StoredAccount};
use shiming_store::wallet::Owner;

/// What the gates look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    /// Whose counters.
    pub(super) owner: Owner,
    /// The level; none before a contact is confirmed.
    pub(super) level: Option<u8>,
    /// The identity is verified and current.
    pub(super) verified: bool,
    /// The strongest effect of restrictions and of a verification that ended.
    pub(super) effect: Option<RestrictionEffect>,
}

/// Whose counters an account's are.
pub(super) fn owner(account: &StoredAccount) -> Owner {
    account.person.map_or(Owner::Account(account.id), Owner::Person)
}

pub(super) async fn load(tx: &mut Tx, id: AccountId) -> Result<StoredAccount, Error> {
    account::load(tx, id).await?.ok_or_else(Error::not_found)
}

/// The account under the lock of its owner. Its person may become known while we wait for the lock; then
/// the person's counters are the ones.
pub(super) async fn locked(tx: &mut Tx, id: AccountId) -> Result<StoredAccount, Error> {
    let before = load(tx, id).await?;
    stored::lock(tx, owner(&before)).await?;
    let account = load(tx, id).await?;
    if owner(&account) != owner(&before) {
        stored::lock(tx, owner(&account)).await?;
    }
    Ok(account)
}

/// Where an account stands, if it is in use.
pub(super) async fn standing(
    service: &Service,
    tx: &mut Tx,
    account: &StoredAccount,
) -> Result<Standing, Error> {
    if !matches!(account.life, Life::Active { .. }) {
        let detail = "The account is not in use: its contact is not confirmed, or it is closing or closed.";
        return Err(Refused::new(Kind::Conflict, "account_not_active", detail).into());
    }
    let level = level::current(service, tx, account).await?;
    let effect = account.restrictions.strongest().max(level.ended);
    Ok(Standing { owner: owner(account), level: level.level, verified: level.verified, effect })
}

/// Asks `domain`. Answers the level too.
pub(super) async fn answer(
    service: &Service,
    tx: &mut Tx,
    request: &super::Request,
    standing: Standing,
    now: Timestamp,
) -> Result<(u8, Answer), Error> {
    let rules = service.policy().rules();
    let windows = super::windows(service)?;
    let counters = stored::counters(tx, standing.owner, super::keys(&windows, now.unix_us())).await?;
    // An account in use has a confirmed contact; a policy whose lowest level asks for more leaves the lowest.
    let lowest = rules.levels.iter().map(|level| level.id).min().unwrap_or(0);
    let level = standing.level.unwrap_or(lowest);
    let ask = request.ask(level, standing);
    Ok((level, decide(rules, &windows, &counters, &ask, now.unix_us())?))
}
