//! What a decision tells the person it is about.

use super::*;
use shiming_domain::moment::Span;
use shiming_domain::personal::Personal;
use shiming_engine::application;
use shiming_engine::review::appeal::{self, AppealState, Subject};
use shiming_engine::review::{self};
use shiming_testkit::trial::databases;

/// Takes the next case and decides it with a remark.
async fn told(trial: &Trial, by: &Caller, decision: Decision, remark: &str) -> Line {
    let line = next(trial, by).await.expect("there is a case");
    let sent = Decide { remark: Some(remark.to_owned()), ..decide(&line, decision) };
    review::decide(&trial.service, by, line.id, sent).await.unwrap().commit().await.unwrap()
}

/// The remark of the last decision, as somebody sees it.
async fn read(trial: &Trial, real: &InReview, caller: &Caller) -> Option<String> {
    let seen = application::view(&trial.service, caller, real.application).await.unwrap();
    seen.latest_decision.unwrap().remark.map(|text| text.reveal().to_owned())
}

#[tokio::test]
async fn a_remark_reaches_the_applicant_when_the_decision_takes_effect() {
    for database in databases().await {
        let trial = trial(database).await;
        let real = in_review(&trial, 1).await;
        let me = &real.somebody.caller;
        // Taken back with its decision, and never read.
        let hasty = told(&trial, &reviewer(1), resubmit(), "Please look into the lens.").await;
        assert_eq!(read(&trial, &real, me).await, None, "not before it takes effect");
        let again =
            review::undo(&trial.service, &reviewer(1), hasty.id).await.unwrap().commit().await.unwrap();
        trial.advance(Span::seconds(1)).await;
        let sent = Decide {
            remark: Some("The upper left corner is cut off.".to_owned()),
            ..decide(&again, resubmit())
        };
        review::decide(&trial.service, &reviewer(1), again.id, sent).await.unwrap().commit().await.unwrap();
        trial.advance(Span::seconds(10)).await;
        let said = Some("The upper left corner is cut off.".to_owned());
        assert_eq!(read(&trial, &real, me).await, said, "{}", trial.database.name);
        let attempts = application::attempts(&trial.service, me, real.application).await.unwrap();
        let last = attempts[0].decisions.last().unwrap();
        assert_eq!(last.remark.as_ref().map(|text| text.reveal().to_owned()), said);
    }
}

#[tokio::test]
async fn a_remark_taken_back_and_not_written_again_is_gone() {
    for database in databases().await {
        let trial = trial(database).await;
        let real = in_review(&trial, 1).await;
        let hasty = told(&trial, &reviewer(1), resubmit(), "Wrong person.").await;
        let again =
            review::undo(&trial.service, &reviewer(1), hasty.id).await.unwrap().commit().await.unwrap();
        trial.advance(Span::seconds(1)).await;
        let sent = decide(&again, resubmit());
        review::decide(&trial.service, &reviewer(1), again.id, sent).await.unwrap().commit().await.unwrap();
        trial.advance(Span::seconds(10)).await;
        assert_eq!(read(&trial, &real, &real.somebody.caller).await, None, "{}", trial.database.name);
    }
}

#[tokio::test]
async fn of_two_who_reject_the_second_is_heard_and_a_machine_hears_nobody() {
    for database in databases().await {
        let trial = trial(database).await;
        let real = in_review(&trial, 1).await;
        told(&trial, &reviewer(1), reject(), "It is a copy.").await;
        next_decided(&trial, &reviewer(2), reject()).await;
        trial.advance(Span::seconds(10)).await;
        let machine = Caller {
            principal: Principal::Integrator {
                key: "key".to_owned(),
                scopes: vec![Scope::ApplicationsWrite, Scope::ReasonsInternal],
                live: false,
            },
            ..reviewer(1)
        };
        assert_eq!(read(&trial, &real, &machine).await, None);
        // The second wrote nothing; what the first wrote stands beside the same decision.
        let said = Some("It is a copy.".to_owned());
        assert_eq!(read(&trial, &real, &real.somebody.caller).await, said, "{}", trial.database.name);
    }
}

#[tokio::test]
async fn an_appeal_is_answered_with_reasons() {
    for database in databases().await {
        let trial = trial(database).await;
        let service = &trial.service;
        let real = in_review(&trial, 1).await;
        next_decided(&trial, &reviewer(1), reject()).await;
        next_decided(&trial, &reviewer(2), reject()).await;
        trial.advance(Span::seconds(10)).await;
        let (me, subject) = (&real.somebody.caller, Subject::Application(real.application));
        let opened =
            appeal::open(service, me, subject, "It is my card.").await.unwrap().commit().await.unwrap();
        assert_eq!((opened.reasons.len(), opened.remark), (0, None));

        let held = next(&trial, &reviewer(3)).await.unwrap();
        let silent = decide(&held, Decision::plain(Verdict::Refuse));
        assert_eq!(
            code(review::decide(service, &reviewer(3), held.id, silent).await),
            "appeal_answer_without_reason"
        );
        // What may not be told is no answer either.
        let suspicion = Decision { reasons: vec![Code::DocTampered], ..Decision::plain(Verdict::Refuse) };
        let sent = decide(&held, suspicion);
        assert_eq!(
            code(review::decide(service, &reviewer(3), held.id, sent).await),
            "appeal_answer_without_reason"
        );
        let reasons = vec![Code::DocCopy, Code::DocTampered];
        let sent = Decide {
            remark: Some("Two of us compared the paper.".to_owned()),
            ..decide(&held, Decision { reasons, ..Decision::plain(Verdict::Refuse) })
        };
        review::decide(service, &reviewer(3), held.id, sent).await.unwrap().commit().await.unwrap();
        trial.advance(Span::seconds(10)).await;

        let list = appeal::list(service, me).await.unwrap();
        assert_eq!(list[0].state, AppealState::Refused);
        let named: Vec<_> = list[0].reasons.iter().map(|reason| reason.public_code).collect();
        assert_eq!(named, [Code::DocCopy], "{}", trial.database.name);
        assert!(!list[0].reasons[0].text.en.is_empty());
        assert_eq!(list[0].remark.as_ref().map(Personal::reveal), Some("Two of us compared the paper."));
        assert!(!format!("{:?}", list[0]).contains("compared"), "free text stays out of logs");
    }
}
