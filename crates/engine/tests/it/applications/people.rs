//! One number, one person.

use super::*;
use shiming_testkit::trial::stories;

const AT_ONCE: usize = 50;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_at_once_with_one_number_one_is_approved() {
    for trial in trials().await {
        let mut all = Vec::new();
        for n in 0..AT_ONCE {
            let mut somebody = stories::registered(&trial, u32::try_from(n).unwrap()).await;
            somebody.printed = shiming_testkit::trial::seen::specimen(7);
            let id = stories::submitted(&trial, &somebody, 1).await;
            all.push((somebody, id));
        }
        let workers: Vec<_> = (0..6)
            .map(|_| {
                let service = trial.service.clone();
                tokio::spawn(async move { service.run_until_idle().await.unwrap() })
            })
            .collect();
        for worker in workers {
            assert_eq!(worker.await.unwrap().failed, 0);
        }
        trial.run_jobs().await;
        let (mut approved, mut in_review) = (0, 0);
        for (somebody, id) in &all {
            match status(&trial, somebody, *id).await {
                StateName::Approved => approved += 1,
                StateName::ManualReview => in_review += 1,
                other => panic!("{other:?}"),
            }
        }
        assert_eq!((approved, in_review), (1, AT_ONCE - 1), "{}", trial.database.name);
        assert_eq!(rows(&trial, "person", "id").await, 1);
        assert_eq!(rows(&trial, "verification", "id").await, 1);
    }
}

#[tokio::test]
async fn a_renewal_supersedes_and_another_number_is_noticed() {
    use shiming_domain::application::Purpose;
    use shiming_engine::application::{NewApplication, create, submit, withdraw};
    for trial in trials().await {
        let (somebody, _) = stories::approved(&trial, 1).await;
        trial.clock.advance(shiming_domain::moment::Span::days(1));
        let (again, id) = {
            let id = stories::submitted(&trial, &somebody, 1).await;
            trial.run_jobs().await;
            (somebody.clone(), id)
        };
        assert_eq!(status(&trial, &again, id).await, StateName::Approved);
        let mut standings = trial.database.column("verification", "standing").await;
        standings.sort();
        assert_eq!(standings, [b"superseded".to_vec(), b"valid".to_vec()]);
        // The same number with another name: no machine changes what a person is known by.
        let mut renamed = somebody.clone();
        renamed.printed.name = "欧阳若雨".to_owned();
        let id = stories::submitted(&trial, &renamed, 1).await;
        trial.run_jobs().await;
        let view = shown(&trial, &renamed, id).await;
        assert_eq!(view.status, StateName::ManualReview);
        let codes: Vec<_> = view.latest_decision.unwrap().reasons.iter().map(|r| r.code).collect();
        assert_eq!(codes, [shiming_domain::reason::Code::AccPersonMismatch]);
        withdraw(&trial.service, &renamed.caller, id).await.unwrap().commit().await.unwrap();
        // The same account with another's number.
        let mut other = somebody.clone();
        other.printed = shiming_testkit::trial::seen::specimen(2);
        let id = stories::submitted(&trial, &other, 1).await;
        trial.run_jobs().await;
        let view = shown(&trial, &other, id).await;
        assert_eq!(view.status, StateName::ManualReview);
        let shown_codes: Vec<_> =
            view.latest_decision.unwrap().reasons.iter().map(|r| r.code.as_str()).collect();
        assert!(!shown_codes.contains(&"ACC_RISK_PATTERN"), "{shown_codes:?}");
        withdraw(&trial.service, &other.caller, id).await.unwrap().commit().await.unwrap();
        let new = NewApplication { account: None, purpose: Purpose::Renewal, requested_level: 9 };
        assert_eq!(code(create(&trial.service, &somebody.caller, new).await), "level_unknown");
        assert_eq!(code(submit(&trial.service, &other.caller, id).await), "transition_not_listed");
    }
}
