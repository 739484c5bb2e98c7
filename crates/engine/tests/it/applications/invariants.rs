//! Whatever people do in whatever order, what must hold holds.

use super::*;
use proptest::prelude::*;
use shiming_domain::moment::Span;
use shiming_engine::application::{Upload, Wish, ask_human, put_file, submit, withdraw};
use shiming_testkit::trial::seen::picture;
use shiming_testkit::trial::stories;

#[derive(Clone, Copy, Debug)]
enum Act {
    Send(Step, bool),
    Submit,
    Ask,
    Withdraw,
    RunJobs,
    Wait(u32),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let step = prop_oneof![Just(Step::PortraitSide), Just(Step::EmblemSide), Just(Step::Selfie)];
    let act = prop_oneof![
        5 => (step, prop::bool::weighted(0.8)).prop_map(|(step, good)| Act::Send(step, good)),
        3 => Just(Act::Submit),
        1 => Just(Act::Ask),
        1 => Just(Act::Withdraw),
        2 => Just(Act::RunJobs),
        1 => (1_u32..20).prop_map(Act::Wait),
    ];
    prop::collection::vec(act, 1..16)
}

async fn act(trial: &Trial, somebody: &Somebody, id: ApplicationId, act: Act, n: u32) {
    let (service, caller) = (&trial.service, &somebody.caller);
    match act {
        Act::Send(step, good) => {
            let fault = if good { "good" } else { "dark" };
            let upload = Upload { step, bytes: picture(step, fault, &somebody.printed, n), live: true };
            if let Ok(pending) = put_file(service, caller, id, upload).await {
                pending.commit().await.unwrap();
            }
        }
        Act::Submit => {
            if let Ok(pending) = submit(service, caller, id).await {
                pending.commit().await.unwrap();
            }
        }
        Act::Ask => {
            if let Ok(pending) = ask_human(service, caller, id, Wish::TriesFailed).await {
                pending.commit().await.unwrap();
            }
        }
        Act::Withdraw => {
            if let Ok(pending) = withdraw(service, caller, id).await {
                pending.commit().await.unwrap();
            }
        }
        Act::RunJobs => trial.run_jobs().await,
        Act::Wait(days) => trial.advance(Span::days(days)).await,
    }
}

async fn holds(acts: Vec<Act>) {
    let trial = Trial::sqlite().await;
    let somebody = stories::registered(&trial, 1).await;
    let id = stories::declared(&trial, &somebody, 1).await;
    let mut before = shown(&trial, &somebody, id).await;
    for (n, doing) in acts.into_iter().enumerate() {
        act(&trial, &somebody, id, doing, u32::try_from(n).unwrap()).await;
        let now = shown(&trial, &somebody, id).await;
        assert!(now.version >= before.version);
        if !before.status.is_open() {
            assert_eq!(now.status, before.status, "an ended application moved by {doing:?}");
        }
        assert_eq!(rows(&trial, "attempt", "id").await, usize::try_from(now.attempt_count).unwrap());
        if now.status == StateName::Approved {
            assert_eq!(rows(&trial, "attempt", "term").await, 1);
            assert_eq!(rows(&trial, "person_account", "person").await, 1);
        } else {
            assert_eq!(rows(&trial, "verification", "id").await, 0);
        }
        before = now;
    }
    trial.run_jobs().await;
    let dead = trial.database.column("job", "error_code").await;
    assert!(dead.iter().all(|code| code.as_slice() == b"cancelled"), "{dead:?}");
}

#[test]
fn whatever_people_do() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    proptest!(ProptestConfig::with_cases(12), |(acts in acts())| {
        runtime.block_on(holds(acts));
    });
}
