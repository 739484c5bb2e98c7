//! Levels: derived from facts, kept for as long as they hold.

use super::{clock, facts, gate, stored, windows};
use crate::service::{Error, Service};
use shiming_domain::account::RestrictionEffect;
use shiming_domain::id::AccountId;
use shiming_domain::level::{self, Entitlements, Facts};
use shiming_domain::limit::Counters;
use shiming_domain::moment::Timestamp;
use shiming_domain::notice::Notice;
use shiming_store::Tx;
use shiming_store::account::{self, StoredAccount};
use shiming_store::audit::{Actor, Audit};
use shiming_store::wallet::StoredLevel;
use shiming_vault::digest::Sha256;

/// What the facts of an account give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Derived {
    /// The level; `None` until a contact is confirmed.
    pub(super) level: Option<u8>,
    /// The identity is verified and current.
    pub(super) verified: bool,
    /// What follows from a verification that ended.
    pub(super) ended: Option<RestrictionEffect>,
    /// When this may change by time alone.
    pub(super) recompute_at: Option<Timestamp>,
}

/// Everything that is shown about an account's level.
pub async fn entitlements(service: &Service, account: AccountId) -> Result<Entitlements, Error> {
    let mut tx = service.store().read().await?;
    let account = gate::load(&mut tx, account).await?;
    let facts = facts::facts(service, &mut tx, &account).await?;
    let (windows, now) = (windows(service)?, service.now().unix_us());
    let keys = super::keys(&windows, now);
    let counters = stored::counters(&mut tx, gate::owner(&account), keys).await?;
    Ok(level::entitlements(service.policy().rules(), &windows, &facts, &counters, None, now)?)
}

/// Derives the level anew and keeps it. If it changed, the person is told.
///
/// Part of the transaction that changed the facts. The owner is locked, so that two accounts of one person
/// never reach a level together that only one of them may have.
pub async fn recompute_level(service: &Service, tx: &mut Tx, account: AccountId) -> Result<(), Error> {
    let mut account = gate::locked(tx, account).await?;
    let now = service.now();
    let derived = derive(service, tx, &account).await?;
    let before = stored::load_level(tx, account.id).await?;
    let was = before.as_ref().and_then(|before| before.level);
    let stays = before.as_ref().filter(|before| before.level == derived.level);
    let new = StoredLevel {
        account: account.id,
        version: before.as_ref().map_or(0, |before| before.version),
        level: derived.level,
        verified: derived.verified,
        ended: derived.ended,
        policy: edition(service),
        since: stays.map_or(now, |before| before.since),
        recompute_at: derived.recompute_at,
    };
    if before.as_ref() != Some(&new) {
        stored::save_level(tx, &new).await?;
    }
    let shown = derived.level.unwrap_or(0);
    if account.level != shown {
        account.level = shown;
        account::save(tx, &account).await?;
        account.version += 1;
    }
    let audit = Audit::new(&Actor::system(), "level.derive", "account", account.id)
        .with("from", was)
        .with("to", derived.level)
        .with("verified", derived.verified)
        .with("policy", new.policy.as_str());
    tx.audit(&audit, now).await?;
    if let (Some(from), Some(to)) = (was, derived.level)
        && from != to
    {
        let params = [("level", to.to_string())].into();
        crate::notice::tell(service, tx, account.id, Notice::LevelChanged, params, now).await?;
    }
    clock::wind(service, tx, &account).await
}

/// Where an account stands now: as kept, or derived if that no longer holds.
pub(super) async fn current(
    service: &Service,
    tx: &mut Tx,
    account: &StoredAccount,
) -> Result<Derived, Error> {
    let now = service.now();
    let kept = stored::load_level(tx, account.id).await?.filter(|kept| {
        let holds = kept.recompute_at.is_none_or(|at| now < at);
        holds && kept.policy == edition(service)
    });
    match kept {
        Some(StoredLevel { level, verified, ended, recompute_at, .. }) => {
            Ok(Derived { level, verified, ended, recompute_at })
        }
        None => derive(service, tx, account).await,
    }
}

async fn derive(service: &Service, tx: &mut Tx, account: &StoredAccount) -> Result<Derived, Error> {
    let facts = Facts { restriction: None, ..facts::facts(service, tx, account).await? };
    let (rules, nothing) = (service.policy().rules(), Counters::default());
    let now = service.now().unix_us();
    let all = level::entitlements(rules, &windows(service)?, &facts, &nothing, None, now)?;
    Ok(Derived {
        level: all.level,
        verified: all.verified,
        ended: all.effect,
        recompute_at: all.recompute_us.and_then(|us| Timestamp::from_unix_us(us).ok()),
    })
}

/// The policy in force, by label and the beginning of its hash: a level holds for the policy it was derived with.
fn edition(service: &Service) -> String {
    let policy = service.policy();
    let hash = Sha256::of(policy.text().as_bytes()).to_string();
    format!("{}#{}", policy.rules().label, hash.get(..12).unwrap_or(&hash))
}
