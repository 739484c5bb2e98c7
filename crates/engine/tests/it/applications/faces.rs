//! Whoever refuses the use of their face, or takes the consent back, leaves nothing of it.

use super::*;
use shiming_domain::id::FileId;
use shiming_domain::policy::Consent;
use shiming_domain::steps::Answer;
use shiming_engine::account::{consents, withdraw_consent};
use shiming_engine::application::{Upload, Wish, ask_human, put_file, save_consent, submit};
use shiming_testkit::trial::seen::picture_that_looks;
use shiming_testkit::trial::stories;

/// A draft with both sides and a selfie that has a look.
async fn with_selfie(trial: &Trial, somebody: &Somebody) -> (ApplicationId, FileId) {
    let id = stories::declared(trial, somebody, 1).await;
    stories::sent(trial, somebody, id, Step::PortraitSide).await;
    stories::sent(trial, somebody, id, Step::EmblemSide).await;
    let bytes = picture_that_looks(Step::Selfie, &somebody.printed, 1, [7; 32]);
    let upload = Upload { step: Step::Selfie, bytes, live: true };
    let sent = put_file(&trial.service, &somebody.caller, id, upload).await.unwrap();
    let selfie = sent.commit().await.unwrap().file.unwrap();
    assert_eq!(rows(trial, "file_look", "file").await, 1);
    (id, selfie)
}

async fn refuse(trial: &Trial, somebody: &Somebody, id: ApplicationId) {
    let answers = [(Consent::Face, Answer::Refused)].into();
    let saved = save_consent(&trial.service, &somebody.caller, id, answers, ("2026-11", "zh-CN")).await;
    saved.unwrap().commit().await.unwrap();
    trial.run_jobs().await;
}

/// Files that are still kept, by step.
async fn kept(trial: &Trial) -> Vec<String> {
    let states = trial.database.column("file", "state").await;
    let steps = trial.database.column("file", "step").await;
    let all = states.into_iter().zip(steps).filter(|(state, _)| state != b"removed");
    let mut kept: Vec<_> = all.map(|(_, step)| String::from_utf8(step).unwrap()).collect();
    kept.sort();
    kept
}

async fn shredded(trial: &Trial, somebody: &Somebody) -> usize {
    while shiming_store::audit::sequence(trial.service.store(), 500).await.unwrap() > 0 {}
    let mut tx = trial.service.store().read().await.unwrap();
    let account = somebody.account.to_string();
    let rows = shiming_store::audit::about(&mut tx, &account, i64::MAX, 200).await.unwrap();
    let entries = rows.iter().map(|row| serde_json::from_slice::<serde_json::Value>(&row.entry).unwrap());
    entries.filter(|row| row["action"] == "account.shred_faces").count()
}

/// Nothing shows the face, and the card is still there.
async fn assert_gone(trial: &Trial, somebody: &Somebody, selfie: FileId) {
    assert_eq!(kept(trial).await, ["emblem_side", "portrait_side"], "{}", trial.database.name);
    assert_eq!(rows(trial, "file_look", "file").await, 0);
    assert_eq!(rows(trial, "file_band", "file").await, 0);
    let read = trial.service.blobs().get(selfie).await;
    assert!(matches!(read, Err(shiming_store::Error::BlobMissing)));
    let keys = trial.database.column("key_data", "purpose").await;
    let states = trial.database.column("key_data", "state").await;
    let face = keys.iter().zip(&states).filter(|(purpose, _)| *purpose == b"face");
    assert!(face.clone().count() > 0 && face.clone().all(|(_, state)| state == b"destroyed"));
    assert_eq!(shredded(trial, somebody).await, 1);
}

#[tokio::test]
async fn a_refused_consent_destroys_the_selfie_that_was_sent_before() {
    for trial in trials().await {
        let somebody = stories::registered(&trial, 1).await;
        let (id, selfie) = with_selfie(&trial, &somebody).await;
        refuse(&trial, &somebody, id).await;
        assert_gone(&trial, &somebody, selfie).await;
        // Again there is nothing to do, and nothing to tell.
        refuse(&trial, &somebody, id).await;
        assert_gone(&trial, &somebody, selfie).await;
    }
}

#[tokio::test]
async fn so_does_asking_for_a_person_because_of_it() {
    for trial in trials().await {
        let somebody = stories::registered(&trial, 1).await;
        let (id, selfie) = with_selfie(&trial, &somebody).await;
        let asked = ask_human(&trial.service, &somebody.caller, id, Wish::FaceRefused).await.unwrap();
        asked.commit().await.unwrap();
        trial.run_jobs().await;
        assert_gone(&trial, &somebody, selfie).await;
        let all = consents(&trial.service, &somebody.caller).await.unwrap();
        let face = all.into_iter().find(|view| view.kind == Consent::Face).unwrap().answer.unwrap();
        assert_eq!(face.state, shiming_store::account::ConsentState::Refused);
    }
}

#[tokio::test]
async fn taking_it_back_lets_a_draft_go_on_and_ends_what_rests_on_it() {
    for trial in trials().await {
        let somebody = stories::registered(&trial, 1).await;
        let (id, selfie) = with_selfie(&trial, &somebody).await;
        for _ in 0..2 {
            let done = withdraw_consent(&trial.service, &somebody.caller, Consent::Face).await.unwrap();
            done.commit().await.unwrap();
            trial.run_jobs().await;
            assert_gone(&trial, &somebody, selfie).await;
        }
        let view = shown(&trial, &somebody, id).await;
        assert_eq!(view.status, StateName::Draft);
        assert!(!view.steps.iter().any(|step| step.name == Step::Selfie), "it goes on without");

        let other = stories::registered(&trial, 2).await;
        let id = stories::submitted(&trial, &other, 1).await;
        let done = withdraw_consent(&trial.service, &other.caller, Consent::Face).await.unwrap();
        done.commit().await.unwrap();
        trial.run_jobs().await;
        assert_eq!(status(&trial, &other, id).await, StateName::Withdrawn);
        // It may be refused, so taking it back costs nothing else.
        let mut tx = trial.service.store().read().await.unwrap();
        let account = shiming_store::account::load(&mut tx, other.account).await.unwrap().unwrap();
        assert_eq!(account.restrictions.strongest(), None);
    }
}

#[tokio::test]
async fn a_selfie_that_is_sent_after_the_consent_was_given_again_stays() {
    for trial in trials().await {
        let somebody = stories::registered(&trial, 1).await;
        let (id, selfie) = with_selfie(&trial, &somebody).await;
        // No job runs in between.
        for answer in [Answer::Refused, Answer::Given] {
            let answers = [(Consent::Face, answer)].into();
            let saved = save_consent(&trial.service, &somebody.caller, id, answers, ("2026-11", "zh-CN"));
            saved.await.unwrap().commit().await.unwrap();
        }
        let bytes = picture_that_looks(Step::Selfie, &somebody.printed, 2, [8; 32]);
        let upload = Upload { step: Step::Selfie, bytes, live: true };
        let sent = put_file(&trial.service, &somebody.caller, id, upload).await.unwrap();
        let second = sent.commit().await.unwrap().file.unwrap();
        trial.run_jobs().await;
        assert_eq!(kept(&trial).await, ["emblem_side", "portrait_side", "selfie"], "{}", trial.database.name);
        let gone = trial.service.blobs().get(selfie).await;
        assert!(matches!(gone, Err(shiming_store::Error::BlobMissing)));
        trial.service.blobs().get(second).await.unwrap();
        let submitted = submit(&trial.service, &somebody.caller, id).await.unwrap();
        submitted.commit().await.unwrap();
        trial.run_jobs().await;
        assert_eq!(status(&trial, &somebody, id).await, StateName::Approved);
    }
}
