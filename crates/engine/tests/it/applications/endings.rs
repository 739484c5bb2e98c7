//! What is kept of an application, how long, and with what it was made.

use super::*;
use shiming_domain::moment::{Span, Timestamp};
use shiming_domain::policy::Consent;
use shiming_engine::application::{Capture, Elapsed, attempts, submit};
use shiming_store::application as stored;
use shiming_testkit::trial::stories;

/// How many pictures are to be removed by then.
async fn removed_by(trial: &Trial, at: Timestamp) -> usize {
    let mut tx = trial.database.store.read().await.unwrap();
    stored::files_to_remove(&mut tx, at, 100).await.unwrap().len()
}

#[tokio::test]
async fn each_end_has_its_own_time_for_pictures() {
    let second = Span::seconds(1);
    for trial in trials().await {
        // Approved: the face goes after the days of a dispute, the card stays.
        stories::approved(&trial, 1).await;
        let end = trial.service.now() + Span::days(30);
        assert_eq!(removed_by(&trial, end - second).await, 0);
        assert_eq!(removed_by(&trial, end).await, 1, "{}", trial.database.name);
        trial.clock.set(end);
        trial.run_jobs().await;

        // Not finished in time: everything goes.
        let somebody = stories::registered(&trial, 2).await;
        let id = stories::filled(&trial, &somebody, 1).await;
        trial.advance(Span::days(30)).await;
        assert_eq!(status(&trial, &somebody, id).await, StateName::Expired);
        let end = trial.service.now() + Span::days(30);
        let before = removed_by(&trial, end - second).await;
        assert_eq!(removed_by(&trial, end).await, before + 3);
    }
}

#[tokio::test]
async fn what_was_made_with_an_attempt_and_how_long_it_took_is_told() {
    for trial in trials().await {
        let somebody = stories::registered(&trial, 1).await;
        let id = stories::filled(&trial, &somebody, 1).await;
        trial.clock.advance(Span::minutes(2));
        submit(&trial.service, &somebody.caller, id).await.unwrap().commit().await.unwrap();
        trial.clock.advance(Span::seconds(4));
        trial.run_jobs().await;
        let seen = attempts(&trial.service, &somebody.caller, id).await.unwrap();
        let [attempt] = seen.as_slice() else { panic!("one attempt") };
        let expected = Elapsed { system_ms: Some(4_000), staff_ms: None, applicant_ms: Some(120_000) };
        assert_eq!(attempt.elapsed, expected, "{}", trial.database.name);
        let made_with = attempt.made_with.as_ref().unwrap();
        assert_eq!(made_with.selfie, Some(Capture::Live));
        let face = &made_with.consents[&Consent::Face];
        assert_eq!((face.text_version.as_str(), face.locale.as_str()), ("2026-11", "zh-CN"));
    }
}
