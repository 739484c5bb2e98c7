//! From the first step to the decision.

use super::*;
use shiming_domain::Outcome;
use shiming_domain::application::Purpose;
use shiming_domain::policy::Consent;
use shiming_domain::steps::Answer;
use shiming_engine::application::{
    NewApplication, Upload, Wish, ask_human, attempts, create, put_file, save_consent, submit, withdraw,
};
use shiming_testkit::trial::seen::picture;
use shiming_testkit::trial::stories;

#[tokio::test]
async fn what_holds_is_approved_with_everything_that_follows() {
    for trial in trials().await {
        let (somebody, id) = stories::approved(&trial, 1).await;
        let view = shown(&trial, &somebody, id).await;
        assert_eq!(view.status, StateName::Approved, "{:?}", view.latest_decision);
        assert_eq!(view.attempt_count, 1);
        let decision = view.latest_decision.unwrap();
        assert_eq!((decision.outcome, decision.reasons.len()), (Outcome::Approve, 0));
        for (table, column, expected) in [
            ("attempt", "record", 1),
            ("attempt", "term", 1),
            ("decision", "body", 1),
            ("person", "sealed", 1),
            ("person_account", "person", 1),
            ("verification", "body", 1),
            ("file", "id", 3),
        ] {
            assert_eq!(rows(&trial, table, column).await, expected, "{table}.{column}");
        }
        let audit = trial.database.column("audit_entry", "action").await;
        let actions: Vec<String> = audit.into_iter().map(|a| String::from_utf8(a).unwrap()).collect();
        for action in
            ["application.create", "application.submit", "application.checks_passed", "verification.issue"]
        {
            assert_eq!(actions.iter().filter(|a| *a == action).count(), 1, "{action}");
        }
        assert_eq!(actions.iter().filter(|a| *a == "application.save_step").count(), 5);
        assert_eq!(rows(&trial, "audit_pending", "id").await, 0);
    }
}

#[tokio::test]
async fn only_what_was_wrong_is_done_again() {
    for trial in trials().await {
        let somebody = stories::registered(&trial, 1).await;
        let id = stories::declared(&trial, &somebody, 1).await;
        stories::sent(&trial, &somebody, id, Step::EmblemSide).await;
        stories::sent(&trial, &somebody, id, Step::Selfie).await;
        // A card of somebody else: the typed number is not the printed one.
        let mut other = somebody.clone();
        other.printed.number = stories::registered(&trial, 2).await.printed.number;
        stories::sent(&trial, &other, id, Step::PortraitSide).await;
        submit(&trial.service, &somebody.caller, id).await.unwrap().commit().await.unwrap();
        trial.run_jobs().await;
        let view = shown(&trial, &somebody, id).await;
        assert_eq!(view.status, StateName::Resubmit);
        let decision = view.latest_decision.clone().unwrap();
        let asked = decision.steps.clone();
        assert_eq!(asked.len(), 1, "{asked:?}");
        let reason = decision.reasons.first().unwrap();
        assert_eq!(reason.code.as_str(), "FORM_IDNO_MISMATCH");
        assert!(!reason.text.zh_cn.contains('…'), "{}", reason.text.zh_cn);
        assert_eq!(step(&view, Step::EmblemSide), StepState::Done);
        // Another step cannot be changed now.
        let upload = Upload {
            step: Step::EmblemSide,
            bytes: picture(Step::EmblemSide, "good", &somebody.printed, 9),
            live: true,
        };
        assert_eq!(code(put_file(&trial.service, &somebody.caller, id, upload).await), "step_closed");
        assert_eq!(code(submit(&trial.service, &somebody.caller, id).await), "steps_missing");
        match asked.first().unwrap() {
            Step::Form => {
                use shiming_domain::{Declared, personal::Personal};
                let typed = Declared {
                    name: Personal::new(&somebody.printed.name),
                    number: Personal::new(&other.printed.number),
                };
                let saved =
                    shiming_engine::application::save_form(&trial.service, &somebody.caller, id, &typed);
                saved.await.unwrap().commit().await.unwrap();
            }
            step => stories::sent(&trial, &somebody, id, *step).await,
        }
        submit(&trial.service, &somebody.caller, id).await.unwrap().commit().await.unwrap();
        trial.run_jobs().await;
        let view = shown(&trial, &somebody, id).await;
        assert_eq!((view.status, view.attempt_count), (StateName::Approved, 2), "{:?}", view.latest_decision);
        let attempts = attempts(&trial.service, &somebody.caller, id).await.unwrap();
        assert_eq!(attempts.iter().map(|a| a.decisions.len()).collect::<Vec<_>>(), [1, 1]);
    }
}

#[tokio::test]
async fn two_that_submit_at_once_are_one_attempt() {
    for trial in trials().await {
        let somebody = stories::registered(&trial, 1).await;
        let id = stories::filled(&trial, &somebody, 1).await;
        let once = || async {
            let pending = submit(&trial.service, &somebody.caller, id).await?;
            pending.commit().await
        };
        let (a, b, c) = tokio::join!(once(), once(), once());
        for answer in [a, b, c] {
            assert_eq!(answer.unwrap().status, StateName::Checking);
        }
        assert_eq!(rows(&trial, "attempt", "id").await, 1);
        trial.run_jobs().await;
        assert_eq!(status(&trial, &somebody, id).await, StateName::Approved);
        assert_eq!(code(submit(&trial.service, &somebody.caller, id).await), "transition_not_listed");
    }
}

#[tokio::test]
async fn checks_that_run_twice_change_nothing() {
    for trial in trials().await {
        let somebody = stories::registered(&trial, 1).await;
        let id = stories::submitted(&trial, &somebody, 1).await;
        let (a, b) = tokio::join!(trial.service.run_until_idle(), trial.service.run_until_idle());
        assert_eq!(a.unwrap().failed + b.unwrap().failed, 0);
        assert_eq!(status(&trial, &somebody, id).await, StateName::Approved);
        assert_eq!(rows(&trial, "decision", "id").await, 1);
        assert_eq!(rows(&trial, "verification", "id").await, 1);
    }
}

#[tokio::test]
async fn one_open_application_at_a_time_and_none_for_strangers() {
    for trial in trials().await {
        let somebody = stories::registered(&trial, 1).await;
        let id = stories::begun(&trial, &somebody, 1).await;
        let new = NewApplication { account: None, purpose: Purpose::First, requested_level: 1 };
        let again = create(&trial.service, &somebody.caller, new).await;
        assert_eq!(code(again), "other_application_open");
        let stranger = stories::registered(&trial, 2).await;
        assert_eq!(code(super::view(&trial.service, &stranger.caller, id).await), "not_found");
        assert_eq!(code(withdraw(&trial.service, &stranger.caller, id).await), "not_found");
        for _ in 0..2 {
            let done = withdraw(&trial.service, &somebody.caller, id).await.unwrap().commit().await.unwrap();
            assert_eq!(done.status, StateName::Withdrawn);
        }
        trial.run_jobs().await;
        assert_eq!(code(create(&trial.service, &somebody.caller, new).await), "done");
    }
}

#[tokio::test]
async fn whoever_refuses_their_face_reaches_a_person() {
    for trial in trials().await {
        let somebody = stories::registered(&trial, 1).await;
        let id = stories::declared(&trial, &somebody, 1).await;
        stories::sent(&trial, &somebody, id, Step::PortraitSide).await;
        stories::sent(&trial, &somebody, id, Step::EmblemSide).await;
        let answers = [(Consent::Face, Answer::Refused)].into();
        let text = ("2026-11", "en");
        let saved = save_consent(&trial.service, &somebody.caller, id, answers, text).await.unwrap();
        saved.commit().await.unwrap();
        submit(&trial.service, &somebody.caller, id).await.unwrap().commit().await.unwrap();
        trial.run_jobs().await;
        assert_eq!(status(&trial, &somebody, id).await, StateName::ManualReview);
    }
}

#[tokio::test]
async fn a_selfie_from_a_folder_is_for_a_person() {
    for trial in trials().await {
        let somebody = stories::registered(&trial, 1).await;
        let id = stories::declared(&trial, &somebody, 1).await;
        stories::sent(&trial, &somebody, id, Step::PortraitSide).await;
        stories::sent(&trial, &somebody, id, Step::EmblemSide).await;
        let bytes = picture(Step::Selfie, "good", &somebody.printed, 1);
        let upload = Upload { step: Step::Selfie, bytes, live: false };
        put_file(&trial.service, &somebody.caller, id, upload).await.unwrap().commit().await.unwrap();
        submit(&trial.service, &somebody.caller, id).await.unwrap().commit().await.unwrap();
        trial.run_jobs().await;
        assert_eq!(status(&trial, &somebody, id).await, StateName::ManualReview);
    }
}

#[tokio::test]
async fn a_wish_for_a_person_records_an_attempt_and_informs_them() {
    for trial in trials().await {
        let somebody = stories::registered(&trial, 1).await;
        let id = stories::declared(&trial, &somebody, 1).await;
        let refused = ask_human(&trial.service, &somebody.caller, id, Wish::TriesFailed).await;
        assert_eq!(code(refused), "person_not_offered");
        for _ in 0..2 {
            let asked = ask_human(&trial.service, &somebody.caller, id, Wish::Accessibility).await.unwrap();
            assert_eq!(asked.commit().await.unwrap().status, StateName::ManualReview);
        }
        trial.run_jobs().await;
        assert_eq!(rows(&trial, "attempt", "record").await, 1);
        assert_eq!(rows(&trial, "decision", "id").await, 0);
        assert_eq!(status(&trial, &somebody, id).await, StateName::ManualReview);
    }
}
