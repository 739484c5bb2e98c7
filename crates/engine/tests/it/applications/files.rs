//! The gate, its counters, and repeated pictures.

use super::*;
use shiming_domain::moment::Span;
use shiming_engine::application::{FileAnswer, Upload, put_file, submit};
use shiming_engine::service::{Error, Kind};
use shiming_testkit::trial::seen::picture;
use shiming_testkit::trial::{TrialOptions, stories};

async fn send(
    trial: &Trial,
    somebody: &Somebody,
    id: ApplicationId,
    what: (Step, &str, u32),
) -> Result<FileAnswer, Error> {
    let (step, fault, salt) = what;
    let upload = Upload { step, bytes: picture(step, fault, &somebody.printed, salt), live: true };
    put_file(&trial.service, &somebody.caller, id, upload).await?.commit().await
}

fn codes(answer: &FileAnswer) -> Vec<&'static str> {
    answer.reasons.iter().map(|reason| reason.code.as_str()).collect()
}

#[tokio::test]
async fn the_same_bytes_change_nothing() {
    for trial in trials().await {
        let somebody = stories::registered(&trial, 1).await;
        let id = stories::declared(&trial, &somebody, 1).await;
        let first = send(&trial, &somebody, id, (Step::PortraitSide, "good", 1)).await.unwrap();
        let again = send(&trial, &somebody, id, (Step::PortraitSide, "good", 1)).await.unwrap();
        assert_eq!(first.file, again.file);
        assert_eq!(first.application.version, again.application.version);
        assert_eq!(rows(&trial, "file", "id").await, 1);
        let refused = send(&trial, &somebody, id, (Step::EmblemSide, "blur", 1)).await.unwrap();
        assert_eq!(codes(&refused), ["IMG_BLUR"]);
        assert!(refused.checks.iter().any(|check| !check.regions.is_empty()), "a box shows where");
        let again = send(&trial, &somebody, id, (Step::EmblemSide, "blur", 1)).await.unwrap();
        assert_eq!(codes(&again), ["IMG_ALREADY_REJECTED"]);
        assert_eq!(refused.application.version, again.application.version);
    }
}

#[tokio::test]
async fn the_wrong_side_and_what_is_no_picture_are_told_at_once() {
    for trial in trials().await {
        let somebody = stories::registered(&trial, 1).await;
        let id = stories::declared(&trial, &somebody, 1).await;
        let emblem = picture(Step::EmblemSide, "good", &somebody.printed, 1);
        let upload = Upload { step: Step::PortraitSide, bytes: emblem, live: true };
        let answer = put_file(&trial.service, &somebody.caller, id, upload).await.unwrap();
        assert_eq!(codes(&answer.commit().await.unwrap()), ["DOC_WRONG_SIDE"]);
        let answer = send(&trial, &somebody, id, (Step::PortraitSide, "unreadable", 1)).await.unwrap();
        assert_eq!(codes(&answer), ["IMG_UNREADABLE_FILE"]);
        let bytes = vec![0; 10 * 1024 * 1024 + 1];
        let upload = Upload { step: Step::Selfie, bytes, live: true };
        let refused = put_file(&trial.service, &somebody.caller, id, upload).await;
        assert!(matches!(refused, Err(Error::Refused(refused)) if refused.kind == Kind::TooLarge));
    }
}

#[tokio::test]
async fn after_three_soft_failures_the_next_is_taken_for_a_person() {
    for trial in trials().await {
        let somebody = stories::registered(&trial, 1).await;
        let id = stories::declared(&trial, &somebody, 1).await;
        for salt in 1..=3 {
            let answer = send(&trial, &somebody, id, (Step::PortraitSide, "blur", salt)).await.unwrap();
            assert_eq!(answer.file, None);
        }
        // Even one that was refused before: it may be the best they have.
        let taken = send(&trial, &somebody, id, (Step::PortraitSide, "blur", 3)).await.unwrap();
        assert!(taken.file.is_some() && taken.for_person);
        stories::sent(&trial, &somebody, id, Step::EmblemSide).await;
        stories::sent(&trial, &somebody, id, Step::Selfie).await;
        submit(&trial.service, &somebody.caller, id).await.unwrap().commit().await.unwrap();
        trial.run_jobs().await;
        assert_eq!(status(&trial, &somebody, id).await, StateName::ManualReview);
    }
}

#[tokio::test]
async fn a_full_counter_locks_its_step_until_its_window_ends() {
    for trial in trials().await {
        let somebody = stories::registered(&trial, 1).await;
        let id = stories::declared(&trial, &somebody, 1).await;
        for salt in 1..=10 {
            let answer = send(&trial, &somebody, id, (Step::PortraitSide, "unreadable", salt)).await.unwrap();
            assert_eq!(answer.file, None);
        }
        let now = trial.service.now();
        let mut tx = trial.service.store().read().await.unwrap();
        let told = shiming_store::notice::list(&mut tx, somebody.account, None, 10, now).await.unwrap();
        let told: Vec<_> = told.iter().map(|n| (n.kind.as_str(), n.params.get("time").cloned())).collect();
        let until = (now + Span::hours(6)).to_string();
        assert_eq!(told, [("step_locked", Some(until))], "{}", trial.database.name);
        drop(tx);
        let locked = send(&trial, &somebody, id, (Step::PortraitSide, "good", 11)).await;
        let Err(Error::Refused(refused)) = locked else { panic!("it is locked") };
        assert_eq!((refused.code, refused.kind), ("step_locked", Kind::TooMany));
        assert_eq!(refused.retry_at, Some(trial.service.now() + Span::hours(6)));
        let view = shown(&trial, &somebody, id).await;
        assert_eq!(step(&view, Step::PortraitSide), StepState::Locked);
        assert!(view.person_offered);
        // Another step has its own counter.
        stories::sent(&trial, &somebody, id, Step::EmblemSide).await;
        trial.advance(Span::hours(6)).await;
        let answer = send(&trial, &somebody, id, (Step::PortraitSide, "good", 11)).await.unwrap();
        assert!(answer.file.is_some());
    }
}

#[tokio::test]
async fn without_a_free_slot_the_client_keeps_its_picture() {
    let trial = Trial::sqlite().await;
    let somebody = stories::registered(&trial, 1).await;
    let id = stories::declared(&trial, &somebody, 1).await;
    let slots = trial.service.inference().clone();
    let all = slots.acquire_many(2).await.unwrap();
    let busy = send(&trial, &somebody, id, (Step::PortraitSide, "good", 1)).await;
    assert!(matches!(busy, Err(Error::Refused(refused)) if refused.kind == Kind::Busy));
    drop(all);
    assert!(send(&trial, &somebody, id, (Step::PortraitSide, "good", 1)).await.is_ok());
}

#[tokio::test]
async fn one_that_another_replaces_before_it_was_submitted_goes() {
    for trial in trials().await {
        let somebody = stories::registered(&trial, 1).await;
        let id = stories::declared(&trial, &somebody, 1).await;
        let mut files = Vec::new();
        for salt in 1..=3 {
            let sent = send(&trial, &somebody, id, (Step::PortraitSide, "good", salt)).await.unwrap();
            files.push(sent.file.unwrap());
        }
        let mut tx = trial.service.store().housekeep().await.unwrap();
        let now = trial.service.now();
        let due = shiming_store::application::files_to_remove(&mut tx, now, 10).await.unwrap();
        assert_eq!(due, files[..2], "{}", trial.database.name);
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn what_nobody_has_time_to_look_at_is_no_upload_that_counts() {
    let edit: fn(String) -> String =
        |text| text.replace("uploads_per_account_day_max = 200", "uploads_per_account_day_max = 1");
    for database in databases().await {
        let trial =
            Trial::with(database, TrialOptions { edit_policy: edit, ..TrialOptions::default() }).await;
        let somebody = stories::registered(&trial, 1).await;
        let id = stories::declared(&trial, &somebody, 1).await;
        let slots = trial.service.inference().clone();
        let taken = slots.acquire_many(2).await.unwrap();
        let good = (Step::PortraitSide, "good", 1);
        for _ in 0..3 {
            assert_eq!(code(send(&trial, &somebody, id, good).await), "gate_busy");
        }
        drop(taken);
        assert!(send(&trial, &somebody, id, good).await.is_ok(), "{}", trial.database.name);
    }
}
