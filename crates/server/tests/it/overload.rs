//! Ten times as many uploads at once as the service looks at: every one is answered, and whoever is refused is
//! told to come back.

mod flood;

use crate::applications::machine_key;
use flood::{flood, serve};
use shiming_domain::reason::Step;
use shiming_engine::service::Scope;
use shiming_testkit::trial::seen::{gate, picture, specimen};
use shiming_testkit::trial::{Trial, stories};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Pictures a trial looks at at the same time.
const SLOTS: usize = 2;
const CLIENTS: usize = 10 * SLOTS;

/// Applications that wait for a picture, as paths.
async fn waiting(trial: &Trial) -> Vec<String> {
    let mut paths = Vec::new();
    for n in 0..u32::try_from(CLIENTS).unwrap() {
        let somebody = stories::registered(trial, n).await;
        let id = stories::declared(trial, &somebody, 1).await;
        paths.push(format!("/api/v1/applications/{id}/files/portrait_side"));
    }
    paths
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_too_many_is_told_to_come_back() {
    let trial = Trial::sqlite().await;
    let answered = Arc::new(AtomicUsize::new(0));
    let others = Arc::clone(&answered);
    // Whoever is looked at stays until all others have their answer.
    trial.eyes.set_gate(move |policy, file| {
        while others.load(Ordering::SeqCst) < CLIENTS - SLOTS {
            std::thread::sleep(Duration::from_millis(1));
        }
        gate(policy, file)
    });
    let key = machine_key(&trial, vec![Scope::ApplicationsWrite]).await;
    let paths = waiting(&trial).await;
    let mut bytes = picture(Step::PortraitSide, "good", &specimen(1), 1);
    // More than fits into the buffers of a connection.
    bytes.resize(4 << 20, b' ');
    let address = serve(&trial.service).await;
    let flooded = tokio::task::spawn_blocking(move || flood(address, &key, &paths, &bytes, &answered));
    let flooded = flooded.await.unwrap();
    assert!(flooded.is_orderly(), "{flooded:?}");
    assert_eq!((flooded.count(200), flooded.count(503)), (SLOTS, CLIENTS - SLOTS), "{flooded:?}");
}
