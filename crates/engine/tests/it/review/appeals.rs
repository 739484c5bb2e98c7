//! Objections.

use super::*;
use shiming_domain::account::{Restriction, SetBy};
use shiming_domain::moment::Span;
use shiming_engine::application::{StepState, Upload, put_file};
use shiming_engine::review;
use shiming_engine::review::appeal::{self, AppealState, Subject};
use shiming_engine::wallet;
use shiming_testkit::trial::databases;
use shiming_testkit::trial::seen::picture;

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
        assert_eq!(history(&trial, opened.id).await, ["appeal.open", "appeal.read", "appeal.answer"]);
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

#[tokio::test]
async fn a_locked_step_is_opened_again_when_people_say_so() {
    for database in databases().await {
        let trial = trial(database).await;
        let service = &trial.service;
        let somebody = stories::registered(&trial, 1).await;
        let id = stories::declared(&trial, &somebody, 1).await;
        let lock = Subject::parse("lock", &format!("{id}/emblem_side")).unwrap();
        assert_eq!((lock.kind(), lock.name()), ("lock", format!("{id}/emblem_side")));
        let object = || appeal::open(service, &somebody.caller, lock, "My camera was broken.");
        assert_eq!(code(object().await), "not_found", "it is not locked");
        for salt in 0..10 {
            let bytes = picture(Step::EmblemSide, "unreadable", &somebody.printed, salt);
            let upload = Upload { step: Step::EmblemSide, bytes, live: false };
            put_file(service, &somebody.caller, id, upload).await.unwrap().commit().await.unwrap();
        }
        let step = || async {
            let seen = shiming_engine::application::view(service, &somebody.caller, id).await.unwrap();
            seen.steps.iter().find(|step| step.name == Step::EmblemSide).unwrap().state
        };
        assert_eq!(step().await, StepState::Locked);
        object().await.unwrap().commit().await.unwrap();
        next_decided(&trial, &reviewer(1), Decision::plain(Verdict::Uphold)).await;
        trial.advance(Span::seconds(10)).await;
        assert_eq!(step().await, StepState::Open, "{}", trial.database.name);
    }
}

#[tokio::test]
async fn an_account_does_not_close_before_its_appeal_is_answered() {
    for database in databases().await {
        let trial = trial(database).await;
        let service = &trial.service;
        let real = rejected(&trial).await;
        let me = Caller { verified_at: Some(service.now()), ..real.somebody.caller.clone() };
        let subject = Subject::Application(real.application);
        appeal::open(service, &me, subject, "It is my card.").await.unwrap().commit().await.unwrap();
        shiming_engine::account::close(service, &me).await.unwrap().commit().await.unwrap();
        let closed = || async {
            let mut tx = trial.database.store.read().await.unwrap();
            let account = accounts::load(&mut tx, real.somebody.account).await.unwrap().unwrap();
            matches!(account.life, Life::Closed { .. })
        };
        trial.advance(Span::days(7)).await;
        assert!(!closed().await, "{}", trial.database.name);
        let held = next(&trial, &reviewer(3)).await.unwrap();
        let sent = Decide {
            remark: Some("It is not.".to_owned()),
            ..decide(&held, Decision::plain(Verdict::Refuse))
        };
        review::decide(service, &reviewer(3), held.id, sent).await.unwrap().commit().await.unwrap();
        trial.advance(Span::days(1)).await;
        assert!(closed().await);
    }
}

#[tokio::test]
async fn a_restriction_is_lifted_when_the_objection_is_right_and_its_clock_runs_on_its_own() {
    for database in databases().await {
        let trial = trial(database).await;
        let service = &trial.service;
        let me = owner(5);
        in_use(&trial, account(5)).await;
        let mut tx = service.store().change().await.unwrap();
        let restriction = Restriction::PhoneConflict;
        wallet::restrict(service, &mut tx, account(5), restriction, SetBy::System).await.unwrap();
        tx.commit().await.unwrap();
        let other = Subject::Restriction(Restriction::Dormant);
        assert_eq!(code(appeal::open(service, &me, other, "Not mine.").await), "not_found");
        let subject = Subject::Restriction(restriction);
        let opened = appeal::open(service, &me, subject, "My mother had the number.").await.unwrap();
        let opened = opened.commit().await.unwrap();
        // Fifteen days of the calendar, whatever the working days.
        assert_eq!(opened.due_at, service.now() + Span::days(15));
        let partly = Decision::plain(Verdict::UpholdPartly);
        let held = next(&trial, &reviewer(1)).await.unwrap();
        let silent = review::decide(service, &reviewer(1), held.id, decide(&held, partly)).await;
        assert_eq!(code(silent), "appeal_answer_without_reason");
        let sent = decide(&held, Decision::plain(Verdict::Uphold));
        review::decide(service, &reviewer(1), held.id, sent).await.unwrap().commit().await.unwrap();
        trial.advance(Span::seconds(10)).await;
        let mut tx = service.store().read().await.unwrap();
        let account = accounts::load(&mut tx, account(5)).await.unwrap().unwrap();
        assert!(account.restrictions.get(restriction).is_none(), "{}", trial.database.name);
    }
}
