//! What becomes due by itself.

use super::*;
use shiming_domain::moment::Span;
use shiming_testkit::trial::stories;

#[tokio::test]
async fn a_draft_nobody_touches_expires_once() {
    for trial in trials().await {
        let somebody = stories::registered(&trial, 1).await;
        let id = stories::filled(&trial, &somebody, 1).await;
        trial.advance(Span::days(29)).await;
        assert_eq!(status(&trial, &somebody, id).await, StateName::Draft);
        trial.advance(Span::days(1)).await;
        assert_eq!(status(&trial, &somebody, id).await, StateName::Expired);
        trial.advance(Span::days(60)).await;
        let audit = trial.database.column("audit_entry", "action").await;
        let timed_out = audit.iter().filter(|a| a.as_slice() == b"application.time_out").count();
        let reminded = audit.iter().filter(|a| a.as_slice() == b"application.clock").count();
        // The worker was away for 29 days: the reminders it missed are one.
        assert_eq!((timed_out, reminded), (1, 1));
    }
}

#[tokio::test]
async fn reminders_come_one_by_one_and_clocks_do_not_multiply() {
    let trial = Trial::sqlite().await;
    let somebody = stories::registered(&trial, 1).await;
    stories::filled(&trial, &somebody, 1).await;
    for _ in 0..29 {
        trial.advance(Span::days(1)).await;
    }
    let audit = trial.database.column("audit_entry", "action").await;
    assert_eq!(audit.iter().filter(|a| a.as_slice() == b"application.clock").count(), 3);
    let jobs = trial.database.column("job", "kind").await;
    let clocks = jobs.iter().filter(|kind| kind.as_slice() == b"application_clock").count();
    assert!(clocks <= 10, "{clocks} clocks");
}

#[tokio::test]
async fn checks_that_take_too_long_go_to_a_person() {
    for trial in trials().await {
        let somebody = stories::registered(&trial, 1).await;
        let id = stories::submitted(&trial, &somebody, 1).await;
        // Nobody may look at pictures meanwhile.
        let slots = trial.service.inference().clone();
        let all = slots.acquire_many_owned(2).await.unwrap();
        let worker = trial.service.clone();
        let checks = tokio::spawn(async move { worker.run_until_idle().await });
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        trial.clock.advance(Span::minutes(10));
        // The lease of the checks is over, so one of these takes them up and waits as well.
        let drain = |service: shiming_engine::service::Service| {
            tokio::spawn(async move { service.run_until_idle().await })
        };
        let others = [drain(trial.service.clone()), drain(trial.service.clone())];
        for _ in 0..100 {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            if status(&trial, &somebody, id).await == StateName::ManualReview {
                break;
            }
        }
        assert_eq!(status(&trial, &somebody, id).await, StateName::ManualReview);
        drop(all);
        checks.await.unwrap().unwrap();
        for other in others {
            other.await.unwrap().unwrap();
        }
        // What the checks found afterwards informs the person and moves nothing.
        assert_eq!(status(&trial, &somebody, id).await, StateName::ManualReview);
        assert_eq!(rows(&trial, "attempt", "record").await, 1);
    }
}

#[tokio::test]
async fn the_document_ends_then_the_grace() {
    for trial in trials().await {
        let (somebody, id) = stories::approved(&trial, 1).await;
        let standing = || async {
            let rows = trial.database.column("verification", "standing").await;
            rows.into_iter().map(|row| String::from_utf8(row).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(standing().await, ["valid"]);
        // The card ends on 2038-04-01; grace is 30 days.
        trial.advance(Span::days(4145)).await;
        assert_eq!(standing().await, ["valid"]);
        trial.advance(Span::days(3)).await;
        assert_eq!(standing().await, ["grace"]);
        trial.advance(Span::days(31)).await;
        assert_eq!(standing().await, ["lapsed"]);
        assert_eq!(status(&trial, &somebody, id).await, StateName::Approved);
    }
}
