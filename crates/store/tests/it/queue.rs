//! Two workers, one winner.

use shiming_domain::id::EventId;
use shiming_domain::moment::{Span, Timestamp};
use shiming_store::queue::{self, Leased, NewJob};
use shiming_testkit::trial::{Database, databases};
use std::collections::BTreeSet;

fn start() -> Timestamp {
    Timestamp::from_unix_s(1_795_572_000).unwrap()
}

async fn push(database: &Database, n: u128, dedupe: Option<&str>) -> bool {
    let job = NewJob {
        id: EventId::from_bits(n),
        queue: "work",
        kind: "test".into(),
        payload: "{}".into(),
        run_at: start(),
        dedupe: dedupe.map(str::to_owned),
        attempts_max: 2,
    };
    let mut tx = database.store.housekeep().await.unwrap();
    let pushed = queue::push(&mut tx, &job, start()).await.unwrap();
    tx.commit().await.unwrap();
    pushed
}

async fn claim(database: &Database, owner: &str, limit: u32, now: Timestamp) -> Vec<Leased> {
    let mut tx = database.store.housekeep().await.unwrap();
    let jobs = queue::claim(&mut tx, "work", owner, Span::minutes(1), limit, now).await.unwrap();
    tx.commit().await.unwrap();
    jobs
}

#[tokio::test]
async fn eight_workers_never_share_a_job() {
    for database in databases().await {
        for n in 0..60 {
            assert!(push(&database, n, None).await);
        }
        let workers = (0..8).map(|w| {
            let database = &database;
            async move {
                let mut mine = Vec::new();
                loop {
                    let jobs = claim(database, &format!("w{w}"), 2, start()).await;
                    if jobs.is_empty() {
                        return mine;
                    }
                    mine.extend(jobs.into_iter().map(|job| job.id));
                }
            }
        });
        let all: Vec<String> = futures_util::future::join_all(workers).await.into_iter().flatten().collect();
        let distinct: BTreeSet<&String> = all.iter().collect();
        assert_eq!((all.len(), distinct.len()), (60, 60), "{}", database.name);
    }
}

#[tokio::test]
async fn what_works_on_the_same_is_cancelled_and_nothing_else() {
    for database in databases().await {
        for (n, dedupe) in ["checks:app_1:1:1", "checks:app_1:2:1", "checks:app_12:1:1", "source:app_1:1"]
            .into_iter()
            .enumerate()
        {
            assert!(push(&database, n as u128, Some(dedupe)).await);
        }
        let mut tx = database.store.housekeep().await.unwrap();
        let cancelled = queue::cancel(&mut tx, "checks:app_1:", start()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(cancelled, 2, "{}", database.name);
        assert_eq!(claim(&database, "w", 9, start()).await.len(), 2, "{}", database.name);
    }
}

#[tokio::test]
async fn a_worker_that_was_too_slow_changes_nothing() {
    for database in databases().await {
        push(&database, 1, None).await;
        let first = claim(&database, "slow", 1, start()).await.remove(0);
        let later = start() + Span::minutes(2);
        let second = claim(&database, "quick", 1, later).await.remove(0);
        assert_eq!((first.lease_token, second.lease_token), (1, 2));
        let mut tx = database.store.housekeep().await.unwrap();
        assert!(!queue::finish(&mut tx, &first, later).await.unwrap(), "{}", database.name);
        assert!(!queue::renew(&mut tx, &first, Span::minutes(1), later).await.unwrap());
        assert!(queue::finish(&mut tx, &second, later).await.unwrap());
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_job_that_keeps_failing_dies_and_can_be_woken() {
    for database in databases().await {
        push(&database, 1, None).await;
        for expected_left in [1, 0] {
            let job = claim(&database, "w", 1, start()).await.remove(0);
            let mut tx = database.store.housekeep().await.unwrap();
            queue::fail(&mut tx, &job, "broken", Some(start()), start()).await.unwrap();
            tx.commit().await.unwrap();
            let left = claim(&database, "peek", 0, start()).await.len();
            assert_eq!(left, 0, "{expected_left}");
        }
        assert!(claim(&database, "w", 1, start()).await.is_empty(), "{}", database.name);
        let mut tx = database.store.housekeep().await.unwrap();
        assert!(queue::requeue(&mut tx, &EventId::from_bits(1).to_string(), start()).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(claim(&database, "w", 1, start()).await.len(), 1);
    }
}

#[tokio::test]
async fn the_same_work_waits_once() {
    for database in databases().await {
        assert!(push(&database, 1, Some("same")).await);
        assert!(!push(&database, 2, Some("same")).await, "{}", database.name);
        assert!(push(&database, 3, Some("other")).await);
    }
}
