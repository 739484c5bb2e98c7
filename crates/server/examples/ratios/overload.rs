//! Ten times as many uploads at once as the service looks at, with the real networks.

#[path = "../../tests/it/overload/flood.rs"]
#[expect(dead_code, reason = "the tests ask more of it")]
mod flood;

use crate::reads::machine;
use crate::table::{Line, Target};
use flood::{Flood, flood, serve};
use shiming_engine::Toolbox;
use shiming_engine::service::Service;
use shiming_testkit::trial::{Database, Trial, TrialOptions, stories};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

/// Pictures looked at at the same time.
const SLOTS: usize = 2;
const CLIENTS: usize = 10 * SLOTS;
/// Floods, one after the other.
const FLOODS: usize = 3;
/// Beyond the pictures themselves: answers, connections, what the allocator keeps.
const SLACK_MIB: f64 = 96.0;

/// Floods: what came back, and memory beside its bound.
pub(crate) async fn measure(database: Database, toolbox: &Arc<Toolbox>, picture: &[u8]) -> Vec<Line> {
    let name = database.name;
    let options = TrialOptions {
        real_eyes: Some(Arc::clone(toolbox) as _),
        inference_slots: SLOTS,
        ..TrialOptions::default()
    };
    let trial = Trial::with(database, options).await;
    let key = machine(&trial).await;
    let mut paths = Vec::new();
    for n in 0..u32::try_from(CLIENTS * FLOODS + SLOTS).expect("a few") {
        let somebody = stories::registered(&trial, n).await;
        let id = stories::declared(&trial, &somebody, 1).await;
        paths.push(format!("/api/v1/applications/{id}/files/portrait_side"));
    }
    // As many as it looks at, so that the networks have taken what they take.
    let few = paths.split_off(paths.len() - SLOTS);
    let quiet = send(&trial.service, &key, few, picture).await;
    assert_eq!(quiet.count(200), SLOTS, "{quiet:?}");
    let before = resident_mib("VmRSS");
    forget_peak();
    let mut whole = Flood::default();
    for some in paths.chunks(CLIENTS) {
        let flooded = send(&trial.service, &key, some.to_vec(), picture).await;
        for (status, n) in flooded.answers {
            *whole.answers.entry(status).or_default() += n;
        }
        whole.without_retry_after += flooded.without_retry_after;
    }
    let peak = resident_mib("VmHWM");
    let mib = picture.len() as f64 / f64::from(1 << 20);
    // Every picture once, and the pixels and tensors of one that is looked at, which `before` may not hold.
    let bound = before + CLIENTS as f64 * mib + SLOTS as f64 * 128.0 + SLACK_MIB;
    let memory = Line {
        what: "peak memory under 10 × overload, of its bound".to_owned(),
        database: name,
        ours: peak,
        other: bound,
        unit: "MiB",
        ratio: peak / bound,
        target: Target::AtMost(1.0),
    };
    let sent = paths.len() as f64;
    let orderly = whole.answers.iter().filter(|(status, _)| matches!(status, 200..=299 | 429 | 503));
    let orderly = orderly.map(|(_, n)| n).sum::<usize>() - whole.without_retry_after;
    let answers = Line {
        what: format!("answered 2xx, or 429/503 with Retry-After ({:?})", whole.answers),
        database: name,
        ours: orderly as f64,
        other: sent,
        unit: "",
        ratio: orderly as f64 / sent,
        target: Target::AtLeast(1.0),
    };
    vec![answers, memory]
}

async fn send(service: &Service, key: &str, paths: Vec<String>, picture: &[u8]) -> Flood {
    let (address, key, picture) = (serve(service).await, key.to_owned(), picture.to_vec());
    let sent = move || flood(address, &key, &paths, &picture, &AtomicUsize::new(0));
    tokio::task::spawn_blocking(sent).await.expect("clients")
}

/// A line of the kernel's account of this process, in MiB. The clients are part of it.
fn resident_mib(name: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("a known line");
    let kib: f64 = line.trim_matches(|c: char| !c.is_ascii_digit()).parse().expect("a number");
    kib / 1024.0
}

/// The peak begins anew.
fn forget_peak() {
    std::fs::write("/proc/self/clear_refs", "5").expect("a peak that can be forgotten");
}
