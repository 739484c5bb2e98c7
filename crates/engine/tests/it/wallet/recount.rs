//! The counters are compared with their uses by jobs, about once a day.

use super::{ACCOUNT, consume, level, open, payment, rows, trials};
use shiming_domain::id::AccountId;
use shiming_domain::moment::Span;
use shiming_engine::sweep;
use shiming_testkit::trial::Trial;
use shiming_testkit::trial::bare::Bare;

/// What the recounts found so far: owners and wrong counters.
async fn found(trial: &Trial) -> Vec<(u64, u64)> {
    let rows = rows(trial, "main", "limit.recount").await;
    rows.iter().map(|row| (row["owners"].as_u64().unwrap(), row["wrong"].as_u64().unwrap())).collect()
}

/// A sweep, and a day later what it planned.
async fn a_day(trial: &Trial) {
    sweep::plan(&trial.service).await.unwrap();
    trial.run_jobs().await;
    trial.advance(Span::days(1)).await;
}

#[tokio::test]
async fn a_sweep_plans_a_recount_that_finds_what_drifted() {
    for trial in trials("cn_pboc", |text| text).await {
        open(&trial, ACCOUNT, None).await;
        level(&trial, ACCOUNT, 1).await;
        consume(&trial, &payment(&trial, 100, "one")).await.unwrap();
        // However many sweeps there are, one recount waits.
        sweep::plan(&trial.service).await.unwrap();
        trial.run_jobs().await;
        assert_eq!(found(&trial).await, []);
        a_day(&trial).await;
        assert_eq!(found(&trial).await, [(1, 0)], "{}", trial.database.name);
        let mut bare = Bare::open(&trial.database).await;
        let drift = "UPDATE limit_counter SET payments_minor = payments_minor + 1 WHERE key = 'lifetime'";
        assert_eq!(bare.run(drift, &[]).await, 1);
        a_day(&trial).await;
        assert_eq!(found(&trial).await, [(1, 0), (1, 1)], "{}", trial.database.name);
    }
}

#[tokio::test]
async fn a_long_recount_is_many_jobs() {
    const PEOPLE: u32 = 2050;
    for trial in trials("cn_pboc", |text| text).await {
        let mut bare = Bare::open(&trial.database).await;
        bare.begin().await;
        for n in 0..PEOPLE {
            let owner = AccountId::from_bits(u128::from(n)).to_string();
            let counter = "INSERT INTO limit_counter (owner, key, payments_minor, own_bank_minor) \
                VALUES ($1, 'lifetime', $2, 0)";
            bare.run(counter, &[owner.into(), i64::from(n % 1000 == 999).into()]).await;
        }
        bare.commit().await;
        a_day(&trial).await;
        assert_eq!(found(&trial).await, [(u64::from(PEOPLE), 2)], "{}", trial.database.name);
    }
}
