//! Many at once: one use per reference, no cap passed, no drift, nothing half.

use super::*;
use shiming_domain::limit::{Cap, Post};
use std::collections::BTreeSet;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_reference_a_hundred_times_at_once_is_one_use() {
    for trial in trials("generic", |text| text).await {
        open(&trial, ACCOUNT, None).await;
        let new = payment(&trial, 500, "once");
        let all = futures_util::future::join_all((0..100).map(|_| {
            let (service, new) = (trial.service.clone(), new.clone());
            tokio::spawn(
                async move { wallet::consume(&service, &Caller::system(), &new).await?.commit().await },
            )
        }))
        .await;
        let all: Vec<Consumed> = all.into_iter().map(|one| one.unwrap().unwrap()).collect();
        let ids: BTreeSet<_> = all.iter().map(|one| one.limit_use.as_ref().unwrap().id).collect();
        assert_eq!(ids.len(), 1, "{}", trial.database.name);
        assert_eq!(all.iter().filter(|one| !one.repeated).count(), 1);
        assert_eq!(used(&trial, Owner::Account(ACCOUNT), Key::Lifetime).await, 500);
        assert_counted(&trial).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_that_want_the_last_of_it_exactly_as_many_get_it_as_fit() {
    for trial in trials("cn_pboc", |text| text).await {
        open(&trial, ACCOUNT, Some(PERSON)).await;
        level(&trial, ACCOUNT, 1).await;
        let all = futures_util::future::join_all((0..100).map(|n| {
            let (service, new) = (trial.service.clone(), payment(&trial, 3_000, n));
            tokio::spawn(
                async move { wallet::consume(&service, &Caller::system(), &new).await?.commit().await },
            )
        }))
        .await;
        let allowed =
            all.into_iter().filter(|one| one.as_ref().unwrap().as_ref().unwrap().quote.is_allowed());
        assert_eq!(allowed.count(), 33, "{}", trial.database.name);
        assert_eq!(used(&trial, Owner::Person(PERSON), Key::Lifetime).await, 99_000);
        assert_counted(&trial).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_thousand_random_operations_pass_no_cap_and_leave_no_drift() {
    for trial in trials("cn_pboc", |text| text).await {
        let outcome = run::run(&trial, 10_000, 8, 1).await;
        eprintln!("{}: {outcome:?}", trial.database.name);
        assert_eq!((outcome.over, outcome.mismatches), (0, 0), "{outcome:?}");
        assert!(outcome.failed.is_empty(), "{outcome:?}");
        assert!(outcome.done > 1_000 && outcome.refused.values().sum::<usize>() > 1_000, "{outcome:?}");
    }
}

#[tokio::test]
async fn a_change_that_is_dropped_before_its_end_leaves_nothing() {
    for trial in trials("generic", |text| text).await {
        open(&trial, ACCOUNT, None).await;
        let service = &trial.service;
        // The use, its counters and its audit row are written; then the process dies.
        let pending = wallet::consume(service, &Caller::system(), &payment(&trial, 500, "a")).await.unwrap();
        let id = pending.value.limit_use.as_ref().unwrap().id;
        drop(pending);
        assert_eq!(wallet::limit_use(service, &Caller::system(), id).await.unwrap_err().code(), "not_found");
        assert_eq!(used(&trial, Owner::Account(ACCOUNT), Key::Lifetime).await, 0);
        // It can be asked again.
        let held =
            Consume { hold: Some(shiming_domain::moment::Span::hours(1)), ..payment(&trial, 500, "a") };
        let held = consume(&trial, &held).await.unwrap().limit_use.unwrap();
        drop(wallet::capture(service, &Caller::system(), held.id, None).await.unwrap());
        drop(wallet::void(service, &Caller::system(), held.id).await.unwrap());
        let after = wallet::limit_use(service, &Caller::system(), held.id).await.unwrap();
        assert_eq!(after, held);
        assert_counted(&trial).await;
    }
}

#[tokio::test]
async fn the_guard_of_a_counter_holds_without_any_lock() {
    for trial in trials("generic", |text| text).await {
        let owner = Owner::Account(ACCOUNT);
        let post = |minor, own_bank, cap: Option<(i64, bool)>| Post {
            key: Key::Lifetime,
            minor,
            own_bank,
            cap: cap.map(|(max_minor, own_bank_counts)| Cap { max_minor, own_bank_counts }),
        };
        let steps = [
            (post(60, false, Some((100, true))), true),
            (post(40, true, Some((100, true))), true),
            (post(1, true, Some((100, true))), false),
            (post(1, false, Some((100, true))), false),
            (post(40, false, Some((100, false))), true),
            (post(1, false, Some((100, false))), false),
            (post(1, true, Some((100, false))), true),
            (post(i64::MAX, false, Some((5, false))), false),
            (post(i64::MAX - 100, false, None), true),
            (post(1, false, None), false),
            (post(0, false, None), false),
        ];
        for (post, fits) in steps {
            let mut tx = trial.service.store().housekeep().await.unwrap();
            let refused = shiming_store::wallet::post(&mut tx, owner, &[post]).await.unwrap();
            assert_eq!(refused.is_none(), fits, "{post:?} on {}", trial.database.name);
            if fits {
                tx.commit().await.unwrap();
            }
        }
        let now = counters(&trial, owner).await.get(Key::Lifetime);
        assert_eq!((now.payments_minor, now.own_bank_minor), (i64::MAX, 41));
    }
}
