//! What the clock of an account does, and that it does it once.

use super::restrictions::lift;
use super::*;
use shiming_domain::account::{Deadline, LiftedBy, Restriction};
use shiming_domain::moment::{Span, Timestamp};

async fn held(trial: &Trial, restriction: Restriction) -> bool {
    let mut tx = trial.service.store().read().await.unwrap();
    account::load(&mut tx, ACCOUNT).await.unwrap().unwrap().restrictions.get(restriction).is_some()
}

/// As the accounts slice does at registration.
async fn begin(trial: &Trial, days: u32) -> Timestamp {
    open(trial, ACCOUNT, None).await;
    let at = trial.service.now() + Span::days(days);
    change(trial, ACCOUNT, |account| account.deadline = Some(Deadline::Running { at })).await;
    level(trial, ACCOUNT, 0).await;
    at
}

#[tokio::test]
async fn four_reminders_and_then_the_restriction() {
    for trial in trials("cn_pboc", |text| text).await {
        begin(&trial, 30).await;
        let mut told = Vec::new();
        for day in 1..=31 {
            trial.advance(Span::days(1)).await;
            let all = notices(&trial).await;
            let known = told.len();
            told.extend(all.into_iter().skip(known).map(|notice| (day, notice)));
        }
        let reminder = "deadline_reminder";
        let expected =
            [(16, reminder), (23, reminder), (27, reminder), (29, reminder), (30, "account_paused")];
        assert_eq!(told, expected, "{}", trial.database.name);
        assert!(held(&trial, Restriction::DeadlineMissed).await);
        lift(&trial, Restriction::DeadlineMissed, LiftedBy::Approval).await.unwrap();
    }
}

#[tokio::test]
async fn a_clock_that_slept_reminds_once_and_a_date_that_was_met_meanwhile_restricts_nobody() {
    for trial in trials("cn_pboc", |text| text).await {
        begin(&trial, 30).await;
        trial.advance(Span::days(28)).await;
        assert_eq!(notices(&trial).await, ["deadline_reminder"]);
        // Verified between the writing of the job and its run.
        change(&trial, ACCOUNT, |account| account.deadline = Some(Deadline::Met)).await;
        trial.advance(Span::days(30)).await;
        assert_eq!(notices(&trial).await, ["deadline_reminder"]);
        assert!(!held(&trial, Restriction::DeadlineMissed).await);
    }
}

#[tokio::test]
async fn an_account_nobody_uses_is_warned_of_and_sleeps_and_wakes() {
    for trial in trials("cn_pboc", |text| text).await {
        open(&trial, ACCOUNT, Some(PERSON)).await;
        level(&trial, ACCOUNT, 0).await;
        // 2026-11-25 to 2027-05-25 are six months; the warning comes thirty days before.
        trial.advance(Span::days(150)).await;
        assert_eq!(notices(&trial).await, [] as [&str; 0]);
        trial.advance(Span::days(1)).await;
        assert_eq!(notices(&trial).await, ["dormant_warning"]);
        trial.advance(Span::days(29)).await;
        assert!(!held(&trial, Restriction::Dormant).await);
        trial.advance(Span::days(1)).await;
        assert!(held(&trial, Restriction::Dormant).await);
        lift(&trial, Restriction::Dormant, LiftedBy::SelfieMatched).await.unwrap();
        trial.advance(Span::days(100)).await;
        assert!(!held(&trial, Restriction::Dormant).await, "the months count anew");
        trial.advance(Span::days(90)).await;
        assert!(held(&trial, Restriction::Dormant).await);
    }
}

#[tokio::test]
async fn one_transaction_keeps_an_account_awake() {
    for trial in trials("cn_pboc", |text| text).await {
        open(&trial, ACCOUNT, Some(PERSON)).await;
        level(&trial, ACCOUNT, 2).await;
        assert_eq!(verdict(&trial, &payment(&trial, 1, "a")).await, "allowed");
        trial.advance(Span::days(400)).await;
        assert!(!held(&trial, Restriction::Dormant).await);
        assert_eq!(notices(&trial).await, [] as [&str; 0]);
    }
}

#[tokio::test]
async fn a_clock_never_waits_twice_for_the_same_moment() {
    for trial in trials("cn_pboc", |text| text).await {
        begin(&trial, 30).await;
        for _ in 0..5 {
            level(&trial, ACCOUNT, 0).await;
        }
        trial.run_jobs().await;
        let mut tx = trial.service.store().read().await.unwrap();
        let waiting = shiming_store::queue::counts(&mut tx).await.unwrap();
        let jobs: i64 = waiting.iter().map(|count| count.jobs).sum();
        assert_eq!(jobs, 1, "{waiting:?}");
    }
}
