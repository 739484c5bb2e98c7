//! The service opens, on both databases, and does not keep what is done.

use shiming_domain::moment::Span;
use shiming_engine::sweep;
use shiming_testkit::trial::bare::{Bare, Type, Value};
use shiming_testkit::trial::{Trial, databases};

#[tokio::test]
async fn a_service_opens_and_has_nothing_to_do() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        trial.run_jobs().await;
    }
}

/// More than one transaction takes, and on SQLite enough for statistics to be worth gathering.
const DONE: u32 = 2345;

#[tokio::test]
async fn a_sweep_forgets_all_that_is_long_done_and_nothing_else() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let mut bare = Bare::open(&trial.database).await;
        let (now, long_ago) = (trial.service.now(), trial.service.now() - Span::days(8));
        let kept = [("dead", "dead", long_ago), ("young", "done", now - Span::days(6))];
        bare.begin().await;
        let done = (0..DONE).map(|n| (format!("done-{n}"), "done", long_ago));
        for (id, state, ended) in done.chain(kept.map(|(id, state, ended)| (id.to_owned(), state, ended))) {
            let job = "INSERT INTO job (id, queue, kind, payload, state, run_at_us, attempt, attempts_max, \
                lease_until_us, lease_token, created_us, ended_us) \
                VALUES ($1, 'test', 'test', '{}', $2, 0, 1, 1, 0, 1, 0, $3)";
            bare.run(job, &[id.into(), state.into(), ended.unix_us().into()]).await;
        }
        bare.commit().await;

        sweep::plan(&trial.service).await.unwrap();
        trial.run_jobs().await;
        let named = "SELECT id FROM job WHERE queue = 'test' ORDER BY id";
        let left = bare.rows(named, &[], &[Type::Text]).await;
        assert_eq!(left, [["dead"], ["young"]].map(|[id]| vec![Value::from(id)]));
        if trial.database.name == "sqlite" {
            let seen = "SELECT COUNT(*) FROM sqlite_stat1 WHERE tbl = 'job'";
            assert_ne!(bare.rows(seen, &[], &[Type::Int]).await, [vec![Value::from(0)]]);
        }
    }
}
