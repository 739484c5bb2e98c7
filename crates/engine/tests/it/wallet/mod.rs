//! Levels and limits, on both databases.

mod clock;
mod concurrent;
mod levels;
mod limits;
mod meetings;
mod recount;
mod restrictions;
mod run;
mod seed;

use shiming_domain::account::Life;
use shiming_domain::amount::Amount;
use shiming_domain::id::{AccountId, PersonId};
use shiming_domain::limit::{Counters, Funding, Key, Operation, Used};
use shiming_domain::policy::Factor;
use shiming_engine::service::{Caller, Error};
use shiming_engine::wallet::{self, Consume, Consumed, Owner, Request};
use shiming_store::account::{self, StoredAccount};
use shiming_store::audit::{Actor, Audit};
use shiming_store::wallet::{StoredLevel, recount, save_level};
use shiming_testkit::trial::{Trial, TrialOptions, databases};

pub(crate) const ACCOUNT: AccountId = AccountId::from_bits(1);
pub(crate) const OTHER: AccountId = AccountId::from_bits(2);
pub(crate) const PERSON: PersonId = PersonId::from_bits(7);

/// Every database with a policy.
pub(crate) async fn trials(preset: &'static str, edit_policy: fn(String) -> String) -> Vec<Trial> {
    let mut all = Vec::new();
    for database in databases().await {
        all.push(
            Trial::with(database, TrialOptions { preset, edit_policy, ..TrialOptions::default() }).await,
        );
    }
    all
}

/// An account in use, of a person if there is one.
pub(crate) async fn open(trial: &Trial, id: AccountId, person: Option<PersonId>) {
    seed::account(&trial.service, id, person).await;
}

/// Changes an account as its slice would.
pub(crate) async fn change(trial: &Trial, id: AccountId, with: impl FnOnce(&mut StoredAccount)) {
    let mut tx = trial.service.store().change().await.unwrap();
    let mut stored = account::load(&mut tx, id).await.unwrap().unwrap();
    with(&mut stored);
    account::save(&mut tx, &stored).await.unwrap();
    let audit = Audit::new(&Actor::system(), "test.change", "account", id);
    tx.audit(&audit, trial.service.now()).await.unwrap();
    tx.commit().await.unwrap();
}

/// Gives an account a level without asking where it comes from.
pub(crate) async fn level(trial: &Trial, id: AccountId, level: u8) {
    // Derived first, so that the kept row belongs to this edition of the policy.
    let mut tx = trial.service.store().change().await.unwrap();
    wallet::recompute_level(&trial.service, &mut tx, id).await.unwrap();
    let kept = shiming_store::wallet::load_level(&mut tx, id).await.unwrap().unwrap();
    let new = StoredLevel { level: Some(level), verified: level > 0, ended: None, ..kept };
    save_level(&mut tx, &new).await.unwrap();
    tx.commit().await.unwrap();
}

pub(crate) async fn counters(trial: &Trial, owner: Owner) -> Counters {
    let mut tx = trial.service.store().read().await.unwrap();
    recount(&mut tx, owner).await.unwrap()
}

pub(crate) async fn used(trial: &Trial, owner: Owner, key: Key) -> i64 {
    let Used { payments_minor, own_bank_minor } = counters(trial, owner).await.get(key);
    payments_minor + own_bank_minor
}

pub(crate) fn yuan(trial: &Trial, minor: i64) -> Amount {
    Amount::new(minor, trial.service.policy().rules().money.currency)
}

/// Pays a merchant with two factors.
pub(crate) fn payment(trial: &Trial, minor: i64, reference: impl ToString) -> Consume {
    Consume {
        request: Request {
            account: ACCOUNT,
            operation: Operation::PayMerchant,
            funding: Funding::Balance,
            amount: yuan(trial, minor),
            factors: vec![Factor::Password, Factor::Totp],
            static_qr: false,
            operation_max_minor: None,
        },
        reference: reference.to_string(),
        hold: None,
    }
}

pub(crate) async fn consume(trial: &Trial, new: &Consume) -> Result<Consumed, Error> {
    wallet::consume(&trial.service, &Caller::system(), new).await?.commit().await
}

/// `allowed`, or the code of the refusal.
pub(crate) async fn verdict(trial: &Trial, new: &Consume) -> String {
    match consume(trial, new).await {
        Ok(consumed) => consumed.quote.code.unwrap_or_else(|| "allowed".to_owned()),
        Err(error) => error.code().to_owned(),
    }
}

/// Every counter is the sum of its uses.
pub(crate) async fn assert_counted(trial: &Trial) {
    let recount = wallet::audit_counters(&trial.service).await.unwrap();
    assert_eq!(recount.mismatches, [], "{}", trial.database.name);
}

/// Texts of the audit rows of an action, oldest first.
pub(crate) async fn rows(trial: &Trial, object: impl ToString, action: &str) -> Vec<serde_json::Value> {
    trial.run_jobs().await;
    let mut tx = trial.service.store().read().await.unwrap();
    let rows = shiming_store::audit::about(&mut tx, &object.to_string(), i64::MAX, 500).await.unwrap();
    let rows = rows.into_iter().rev().map(|row| serde_json::from_slice(&row.entry).unwrap());
    rows.filter(|row: &serde_json::Value| row["action"] == action).collect()
}

/// Keys of the notices an account got, oldest first.
pub(crate) async fn notices(trial: &Trial) -> Vec<&'static str> {
    trial.run_jobs().await;
    let mut tx = trial.service.store().read().await.unwrap();
    let now = trial.service.now();
    let list = shiming_store::notice::list(&mut tx, ACCOUNT, None, 100, now).await.unwrap();
    list.iter().rev().map(|notice| notice.kind.as_str()).collect()
}
