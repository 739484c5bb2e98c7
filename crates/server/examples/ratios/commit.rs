//! A state transition of an application with everything it writes, beside a bare loop that commits the same
//! rows: what ours wrote is read back, and written into a database of the same kind and durability.

use crate::table::Line;
use shiming_engine::application::submit;
use shiming_engine::service::Reserved;
use shiming_store::idempotency::Request;
use shiming_testkit::trial::bare::Bare;
use shiming_testkit::trial::rows::{Change, Rows, Schema, changes};
use shiming_testkit::trial::{Database, Trial, stories};
use std::time::{Duration, Instant};

/// Left out of the medians, so that statements are prepared and caches are warm.
const WARM: u32 = 6;
/// As long as the answer to a submit.
const ANSWER: [u8; 1500] = [b'x'; 1500];

/// Both loops, and what the bare one knows.
struct Loops {
    trial: Trial,
    schema: Schema,
    reader: Bare,
    copy: Bare,
    known: Rows,
}

impl Loops {
    async fn new(ours: Database, theirs: &Database) -> Self {
        let trial = Trial::on(ours).await;
        let (mut reader, mut copy) = (Bare::open(&trial.database).await, Bare::open(theirs).await);
        let schema = Schema::of(&mut reader).await;
        let known = schema.rows(&mut copy).await;
        Self { trial, schema, reader, copy, known }
    }

    /// What ours wrote since.
    async fn written(&mut self) -> Vec<Change> {
        let now = self.schema.rows(&mut self.reader).await;
        let written = changes(&self.known, &now);
        self.known = now;
        written
    }

    /// Lets a moment pass. A disk that has just written answers several times sooner, so whoever is measured first
    /// after another would seem the faster.
    async fn pause(&mut self) {
        self.schema.rows(&mut self.reader).await;
    }

    /// The bare loop writes it.
    async fn write(&mut self, written: &[Change]) -> Duration {
        self.pause().await;
        let begun = Instant::now();
        self.copy.begin().await;
        self.schema.write(&mut self.copy, written).await;
        self.copy.commit().await;
        begun.elapsed()
    }
}

/// Submits many applications, every other one under an idempotency key.
pub(crate) async fn measure(ours: Database, theirs: Database, rounds: u32) -> Vec<Line> {
    let name = ours.name;
    let mut loops = Loops::new(ours, &theirs).await;
    let mut people = Vec::new();
    for n in 0..2 * (rounds + WARM) {
        let somebody = stories::registered(&loops.trial, n).await;
        let id = stories::filled(&loops.trial, &somebody, 1).await;
        people.push((somebody, id));
    }
    loops.trial.run_jobs().await;
    let before = loops.written().await;
    loops.write(&before).await;

    let (mut plain, mut keyed) = ((Vec::new(), Vec::new()), (Vec::new(), Vec::new()));
    let mut rows = [0; 2];
    for (n, (somebody, id)) in people.into_iter().enumerate() {
        let service = loops.trial.service.clone();
        let warm = n < 2 * WARM as usize;
        loops.pause().await;
        if n % 2 == 0 {
            let begun = Instant::now();
            let pending = submit(&service, &somebody.caller, id).await.expect("it is submitted");
            pending.commit().await.expect("it lasts");
            let time = begun.elapsed();
            let written = loops.written().await;
            rows[0] = written.len();
            let other = loops.write(&written).await;
            if !warm {
                plain.0.push(time);
                plain.1.push(other);
            }
            continue;
        }
        let request = Request {
            scope: format!("{} POST /api/v1/applications/{id}/submit", somebody.account),
            key: format!("key-{n}"),
            fingerprint: [7; 32],
        };
        let begun = Instant::now();
        assert_eq!(service.reserve(&request).await.expect("a key"), Reserved::Begin);
        let reserving = begun.elapsed();
        let reserved = loops.written().await;
        loops.pause().await;
        let begun = Instant::now();
        let pending = submit(&service, &somebody.caller, id).await.expect("it is submitted");
        pending.commit_with(&request, 200, &ANSWER).await.expect("it lasts");
        let time = reserving + begun.elapsed();
        let written = loops.written().await;
        rows[1] = reserved.len() + written.len();
        let other = loops.write(&reserved).await + loops.write(&written).await;
        if !warm {
            keyed.0.push(time);
            keyed.1.push(other);
        }
    }
    let [alone, under_key] = rows;
    vec![
        Line::rate(&format!("submit, {alone} rows, one commit"), name, &mut plain.0, &mut plain.1, Some(0.4)),
        Line::rate(
            &format!("submit under a key, {under_key} rows, two commits"),
            name,
            &mut keyed.0,
            &mut keyed.1,
            Some(0.4),
        ),
    ]
}
