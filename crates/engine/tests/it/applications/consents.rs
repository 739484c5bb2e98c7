//! Consents are to a text, may be taken back, and may be given again.

use super::*;
use shiming_domain::account::Restriction;
use shiming_domain::application::Application;
use shiming_domain::policy::Consent;
use shiming_domain::steps::Answer;
use shiming_engine::account::{consents, give_consent, withdraw_consent};
use shiming_engine::application::{Upload, put_file, save_consent, submit};
use shiming_store::account::ConsentState;
use shiming_testkit::trial::seen::picture;
use shiming_testkit::trial::stories;

async fn stands(trial: &Trial, somebody: &Somebody, kind: Consent) -> (Option<ConsentState>, bool) {
    let all = consents(&trial.service, &somebody.caller).await.unwrap();
    let view = all.into_iter().find(|view| view.kind == kind).unwrap();
    (view.answer.as_ref().map(|answer| answer.state), view.is_outdated())
}

async fn restricted(trial: &Trial, somebody: &Somebody) -> bool {
    let mut tx = trial.service.store().read().await.unwrap();
    let account = shiming_store::account::load(&mut tx, somebody.account).await.unwrap().unwrap();
    account.restrictions.get(Restriction::ConsentWithdrawn).is_some()
}

/// Before the operator put another text in force.
async fn age(trial: &Trial, somebody: &Somebody, id: ApplicationId) {
    let mut tx = trial.service.store().housekeep().await.unwrap();
    let found = shiming_store::application::load(&mut tx, id).await.unwrap().unwrap();
    let text = serde_json::to_string(&found.application).unwrap();
    let text = text.replace(r#""id_images":"2026-11""#, r#""id_images":"2026-10""#);
    let aged: Application = serde_json::from_str(&text).unwrap();
    assert_ne!(aged, found.application);
    let now = trial.service.now();
    shiming_store::application::save(&mut tx, &aged, found.version, now).await.unwrap();
    let all = shiming_store::account::consents(&mut tx, somebody.account).await.unwrap();
    let mut given = all.into_iter().find(|consent| consent.kind == Consent::IdImages).unwrap();
    "2026-10".clone_into(&mut given.text_version);
    shiming_store::account::save_consent(&mut tx, somebody.account, &given).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn only_an_answer_to_the_text_in_force_is_taken() {
    for trial in trials().await {
        let somebody = stories::registered(&trial, 1).await;
        let id = stories::begun(&trial, &somebody, 1).await;
        let save = |version: &'static str| {
            let answers = [(Consent::General, Answer::Given)].into();
            save_consent(&trial.service, &somebody.caller, id, answers, (version, "en"))
        };
        assert_eq!(code(save("2026-10").await), "consent_text_changed", "{}", trial.database.name);
        assert_eq!(stands(&trial, &somebody, Consent::General).await, (None, false));
        save("2026-11").await.unwrap().commit().await.unwrap();
        assert_eq!(stands(&trial, &somebody, Consent::General).await, (Some(ConsentState::Given), false));
    }
}

#[tokio::test]
async fn a_text_that_changes_is_asked_for_again_before_anything_goes_on() {
    for trial in trials().await {
        let somebody = stories::registered(&trial, 1).await;
        let id = stories::filled(&trial, &somebody, 1).await;
        age(&trial, &somebody, id).await;
        assert_eq!(stands(&trial, &somebody, Consent::IdImages).await, (Some(ConsentState::Given), true));
        let view = shown(&trial, &somebody, id).await;
        assert_eq!(step(&view, Step::Consent), StepState::Open);
        assert_eq!(code(submit(&trial.service, &somebody.caller, id).await), "consent_text_changed");
        let bytes = picture(Step::EmblemSide, "good", &somebody.printed, 9);
        let upload = Upload { step: Step::EmblemSide, bytes, live: false };
        let sent = put_file(&trial.service, &somebody.caller, id, upload).await;
        assert_eq!(code(sent), "consent_text_changed", "{}", trial.database.name);
        let answers = [(Consent::IdImages, Answer::Given)].into();
        let saved = save_consent(&trial.service, &somebody.caller, id, answers, ("2026-11", "en")).await;
        saved.unwrap().commit().await.unwrap();
        assert_eq!(code(submit(&trial.service, &somebody.caller, id).await), "done");
    }
}

#[tokio::test]
async fn without_one_that_is_needed_the_application_ends_and_the_account_is_restricted() {
    for trial in trials().await {
        let (somebody, _) = stories::approved(&trial, 1).await;
        let open = stories::filled(&trial, &somebody, 1).await;
        for _ in 0..2 {
            let done = withdraw_consent(&trial.service, &somebody.caller, Consent::General).await.unwrap();
            done.commit().await.unwrap();
        }
        trial.run_jobs().await;
        assert_eq!(status(&trial, &somebody, open).await, StateName::Withdrawn, "{}", trial.database.name);
        assert!(restricted(&trial, &somebody).await);
        assert_eq!(stands(&trial, &somebody, Consent::General).await, (Some(ConsentState::Withdrawn), false));

        let give = |version: &'static str| {
            give_consent(&trial.service, &somebody.caller, Consent::General, (version, "en"))
        };
        assert_eq!(code(give("2026-10").await), "consent_text_changed");
        give("2026-11").await.unwrap().commit().await.unwrap();
        assert!(!restricted(&trial, &somebody).await);

        // The same within an application.
        let done = withdraw_consent(&trial.service, &somebody.caller, Consent::IdImages).await.unwrap();
        done.commit().await.unwrap();
        assert!(restricted(&trial, &somebody).await);
        stories::declared(&trial, &somebody, 1).await;
        assert!(!restricted(&trial, &somebody).await);
        let never = stories::registered(&trial, 2).await;
        let answer = withdraw_consent(&trial.service, &never.caller, Consent::Face).await;
        assert_eq!(code(answer), "consent_not_given");
    }
}
