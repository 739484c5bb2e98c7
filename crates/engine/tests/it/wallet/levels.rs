//! Levels follow the facts.

use super::*;
use shiming_domain::level::{Missing, Proof};
use shiming_domain::moment::Span;
use shiming_domain::policy::ChannelKind;
use shiming_engine::service::{Principal, Scope, Strength};

fn bank(trial: &Trial, organisation: &str, until: Option<Span>) -> Proof {
    let now = trial.service.now();
    Proof {
        kind: ChannelKind::BankCard,
        organisation: organisation.to_owned(),
        simulated: false,
        confirmed_us: now.unix_us(),
        valid_until_us: until.map(|until| (now + until).unix_us()),
    }
}

/// A verified person, confirmed by these banks.
pub(super) async fn know(trial: &Trial, banks: &[&str]) {
    seed::verify(&trial.service, ACCOUNT, PERSON).await;
    confirm(trial, banks, None).await;
}

async fn confirm(trial: &Trial, banks: &[&str], until: Option<Span>) {
    for name in banks {
        seed::confirm(&trial.service, ACCOUNT, PERSON, bank(trial, name, until)).await;
    }
}

pub(super) async fn derive(trial: &Trial, id: AccountId) -> Option<u8> {
    let mut tx = trial.service.store().change().await.unwrap();
    wallet::recompute_level(&trial.service, &mut tx, id).await.unwrap();
    let kept = shiming_store::wallet::load_level(&mut tx, id).await.unwrap().unwrap();
    let shown = account::load(&mut tx, id).await.unwrap().unwrap().level;
    assert_eq!(kept.level.unwrap_or(0), shown);
    tx.commit().await.unwrap();
    kept.level
}

#[tokio::test]
async fn a_level_rises_and_falls_with_the_facts_and_the_person_is_told() {
    for trial in trials("cn_pboc", |text| text).await {
        open(&trial, ACCOUNT, None).await;
        assert_eq!(derive(&trial, ACCOUNT).await, Some(0));
        let mut tx = trial.service.store().housekeep().await.unwrap();
        seed::link(&trial.service, &mut tx, ACCOUNT, PERSON).await;
        tx.commit().await.unwrap();
        know(&trial, &[]).await;
        assert_eq!(derive(&trial, ACCOUNT).await, Some(0), "verified, and no channel");
        confirm(&trial, &["a"], None).await;
        assert_eq!(derive(&trial, ACCOUNT).await, Some(1));
        confirm(&trial, &["b", "c"], Some(Span::days(10))).await;
        assert_eq!(derive(&trial, ACCOUNT).await, Some(2));
        assert_eq!(verdict(&trial, &payment(&trial, 400_000, "a")).await, "allowed");

        // Two proofs end: the level falls by time alone.
        trial.advance(Span::days(10)).await;
        let derived = rows(&trial, ACCOUNT, "level.derive").await;
        let levels: Vec<_> = derived.iter().map(|row| row["to"].as_i64().unwrap()).collect();
        assert_eq!(levels, [0, 0, 1, 2, 1]);
        let notices = notices(&trial).await;
        assert_eq!(notices, ["level_changed"; 3], "from none to the lowest is no change to tell of");
        // What was used was used: of the lower level's lifetime nothing is left.
        assert_eq!(verdict(&trial, &payment(&trial, 1, "b")).await, "W_LIMIT_LIFETIME");
        seed::revoke(&trial.service, ACCOUNT).await;
        derive(&trial, ACCOUNT).await;
        assert_eq!(verdict(&trial, &payment(&trial, 1, "c")).await, "W_FROZEN");
    }
}

#[tokio::test]
async fn one_account_of_a_person_is_the_first_and_one_has_the_highest_level() {
    for trial in trials("cn_pboc", |text| text).await {
        open(&trial, ACCOUNT, Some(PERSON)).await;
        trial.advance(Span::days(1)).await;
        open(&trial, OTHER, Some(PERSON)).await;
        know(&trial, &["a"]).await;
        assert_eq!(derive(&trial, ACCOUNT).await, Some(1));
        assert_eq!(derive(&trial, OTHER).await, Some(0), "a second account needs more");
        confirm(&trial, &["b", "c", "d", "e"], None).await;
        assert_eq!(derive(&trial, ACCOUNT).await, Some(3));
        assert_eq!(derive(&trial, OTHER).await, Some(2), "one account at level 3");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_accounts_that_rise_at_once_do_not_both_reach_what_one_may_have() {
    for trial in trials("cn_pboc", |text| text).await {
        open(&trial, ACCOUNT, Some(PERSON)).await;
        open(&trial, OTHER, Some(PERSON)).await;
        // Both are known to be the person's before either rises.
        derive(&trial, ACCOUNT).await;
        derive(&trial, OTHER).await;
        know(&trial, &["a", "b", "c", "d", "e"]).await;
        let (one, other) = tokio::join!(derive(&trial, ACCOUNT), derive(&trial, OTHER));
        let mut levels = [one, other];
        levels.sort_unstable();
        assert_eq!(levels, [Some(2), Some(3)], "{}", trial.database.name);
    }
}

#[tokio::test]
async fn entitlements_show_what_is_used_what_is_left_and_what_raises_it() {
    for trial in trials("cn_pboc", |text| text).await {
        open(&trial, ACCOUNT, Some(PERSON)).await;
        know(&trial, &["a"]).await;
        derive(&trial, ACCOUNT).await;
        assert_eq!(verdict(&trial, &payment(&trial, 30_000, "a")).await, "allowed");
        let applicant = Caller {
            principal: Principal::Applicant { account: ACCOUNT, session: "s".to_owned() },
            ..Caller::system()
        };
        let own = wallet::own_entitlements(&trial.service, &applicant).await.unwrap();
        let lifetime = own.limits.iter().find(|left| left.key == Some(Key::Lifetime)).unwrap();
        assert_eq!((lifetime.used_minor, lifetime.left_minor), (30_000, 70_000));
        assert_eq!(own.raises[0].missing, [Missing::Channels { more: 2, or_face_to_face: true }]);

        let scopes = vec![Scope::PersonsRead];
        let principal = Principal::Integrator { key: "key_1".to_owned(), scopes, live: false };
        let machine = Caller { principal, strength: Strength::None, ..Caller::system() };
        let theirs = wallet::entitlements_of_person(&trial.service, &machine, PERSON).await.unwrap();
        assert_eq!(theirs, own);
        let view = wallet::person(&trial.service, &machine, PERSON).await.unwrap();
        assert_eq!((view.level, view.verified, view.account), (Some(1), true, ACCOUNT));
        let nobody = PersonId::from_bits(99);
        assert_eq!(wallet::person(&trial.service, &machine, nobody).await.unwrap_err().code(), "not_found");
        assert_eq!(
            wallet::person(&trial.service, &applicant, PERSON).await.unwrap_err().code(),
            "scope_missing"
        );
    }
}
