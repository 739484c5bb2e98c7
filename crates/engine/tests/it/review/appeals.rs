//! Objections.

use super::*;
use shiming_domain::moment::Span;
use shiming_engine::review;
use shiming_engine::review::appeal::{self, AppealState, Subject};
use shiming_testkit::trial::databases;

/// An application rejected by reviewers 1 and 2.
async fn rejected(trial: &Trial) -> InReview {
    let real = in_review(trial, 1).await;
    next_decided(trial, &reviewer(1), reject()).await;
    next_decided(trial, &reviewer(2), reject()).await;
    trial.advance(Span::seconds(10)).await;
    real
}

#[tokio::test]
async fn an_appeal_is_decided_by_somebody_else() {
    for database in databases().await {
        let trial = trial(database).await;
        let service = &trial.service;
        let real = rejected(&trial).await;
        let (me, subject) = (&real.somebody.caller, Subject::Application(real.application));
        let opened = appeal::open(service, me, subject, "It is my own card.").await.unwrap();
        let opened = opened.commit().await.unwrap();
        assert_eq!(opened.due_at, trial.service.now() + Span::days(15));
        assert_eq!(code(appeal::open(service, me, subject, "Again.").await), "appeal_open");
        assert_eq!(code(appeal::open(service, &owner(2), subject, "Not mine.").await), "not_found");

        for n in [1, 2] {
            assert_eq!(next(&trial, &reviewer(n)).await, None, "whoever rejected");
        }
        let held = next(&trial, &reviewer(3)).await.unwrap();
        assert_eq!(held.kind, CaseType::Appeal);
        // Not even as a supervisor, by choice.
        let promoted = staff(1, Role::Supervisor);
        let taken = review::take_over(service, &promoted, held.id, "mine".to_owned()).await;
        assert_eq!(code(taken), "case_barred");
        assert!(history(&trial, held.id).await.contains(&"case.take_over refused: case_barred".to_owned()));

        let (_, text) = appeal::read(service, &reviewer(3), held.id).await.unwrap();
        assert_eq!(text, "It is my own card.");
        let uphold = Decision::plain(Verdict::Uphold);
        review::decide(service, &reviewer(3), held.id, decide(&held, uphold))
            .await
            .unwrap()
            .commit()
            .await
            .unwrap();
        trial.advance(Span::seconds(10)).await;
        let list = appeal::list(service, me).await.unwrap();
        assert_eq!(
            list.iter().map(|a| (a.id, a.state)).collect::<Vec<_>>(),
            [(opened.id, AppealState::Upheld)]
        );
        assert_eq!(history(&trial, opened.id).await, ["appeal.open", "appeal.answer"]);
        // The application is open again, for people who had no part in the rejection.
        assert_eq!(status(&trial, &real).await, application::StateName::ManualReview);
        assert_eq!(next(&trial, &reviewer(1)).await, None);
        assert_eq!(next(&trial, &reviewer(4)).await.unwrap().kind, CaseType::AppealRedo);
    }
}

#[tokio::test]
async fn there_is_an_end_to_the_time_for_objecting() {
    for database in databases().await {
        let trial = trial(database).await;
        let real = rejected(&trial).await;
        let (me, subject) = (&real.somebody.caller, Subject::Application(real.application));
        let open = || appeal::open(&trial.service, me, subject, "Please look again.");
        // The window counts from the decision.
        trial.clock.set(trial.service.now() + Span::days(60) - Span::seconds(11));
        assert_eq!(code(open().await), "done");
        trial.clock.advance(Span::seconds(1));
        assert_eq!(code(open().await), "appeal_window_over");
    }
}

#[tokio::test]
async fn what_was_not_rejected_cannot_be_appealed() {
    for database in databases().await {
        let trial = trial(database).await;
        let real = in_review(&trial, 1).await;
        let (me, subject) = (&real.somebody.caller, Subject::Application(real.application));
        next_decided(&trial, &reviewer(1), resubmit()).await;
        trial.advance(Span::seconds(10)).await;
        assert_eq!(code(appeal::open(&trial.service, me, subject, "No.").await), "not_found");
        assert_eq!(code(appeal::open(&trial.service, me, subject, " ").await), "appeal_text");
    }
}
