//! More uploads at once than the service holds: every one is answered, and whoever is refused is told to come
//! back.

mod flood;

use crate::applications::machine_key;
use crate::client::Client;
use axum::body::Body;
use axum::http::{Method, StatusCode};
use flood::{flood, serve};
use shiming_domain::reason::Step;
use shiming_engine::service::Scope;
use shiming_testkit::trial::seen::{gate, picture, specimen};
use shiming_testkit::trial::{Trial, stories};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Pictures a trial looks at, and holds, at the same time.
const SLOTS: usize = 2;
const HELD: usize = 4 * SLOTS;
const CLIENTS: usize = 10 * HELD;

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

#[tokio::test]
async fn slow_senders_hold_so_many_places_and_no_more() {
    let trial = Trial::sqlite().await;
    let key = machine_key(&trial, vec![Scope::ApplicationsWrite]).await;
    let somebody = stories::registered(&trial, 1).await;
    let id = stories::declared(&trial, &somebody, 1).await;
    let path = format!("/api/v1/applications/{id}/files/portrait_side");
    let client = Client::of(&trial).with_key(&key);
    // Bodies that begin and never end.
    let mut slow: Vec<_> = (0..HELD)
        .map(|_| {
            let mut client = client.clone();
            let path = path.clone();
            let body = Body::from_stream(futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>());
            Box::pin(async move { client.send(Method::PUT, &path, body, &[]).await })
        })
        .collect();
    let mut client = client.clone();
    let refused = loop {
        for sender in &mut slow {
            assert!(futures_util::poll!(sender).is_pending());
        }
        let answer = client.put_file(&path, picture(Step::PortraitSide, "good", &somebody.printed, 1)).await;
        if answer.status != StatusCode::OK {
            break answer;
        }
    };
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "uploads_busy"));
    assert!(refused.headers.contains_key("retry-after"));
    // Whoever gives up makes place.
    slow.pop();
    let answer = client.put_file(&path, picture(Step::PortraitSide, "good", &somebody.printed, 2)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
}
