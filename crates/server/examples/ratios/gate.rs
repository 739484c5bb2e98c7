//! All the service does for one upload, beside bare `vision` on the same photograph.

use crate::table::Line;
use shiming_domain::reason::Step;
use shiming_engine::application::{Upload, put_file};
use shiming_engine::{Given, Toolbox, gate};
use shiming_testkit::trial::{Database, Trial, TrialOptions, stories};
use std::sync::Arc;
use std::time::{Duration, Instant};

const WARM: u32 = 2;

/// Uploads and looks in turn.
pub(crate) async fn measure(
    database: Database,
    toolbox: &Arc<Toolbox>,
    picture: &[u8],
    rounds: u32,
) -> Vec<Line> {
    let name = database.name;
    let options = TrialOptions { real_eyes: Some(Arc::clone(toolbox) as _), ..TrialOptions::default() };
    let trial = Trial::with(database, options).await;
    let (mut ours, mut vision) = (Vec::new(), Vec::new());
    for n in 0..rounds + WARM {
        let somebody = stories::registered(&trial, n).await;
        let id = stories::declared(&trial, &somebody, 1).await;
        let upload = Upload { step: Step::PortraitSide, bytes: picture.to_vec(), live: false };
        let begun = Instant::now();
        let pending = put_file(&trial.service, &somebody.caller, id, upload).await.expect("an answer");
        let answer = pending.commit().await.expect("it lasts");
        let whole = begun.elapsed();
        assert!(answer.file.is_some(), "the specimen is refused: {:?}", answer.reasons);
        let (eyes, bytes, policy) = (Arc::clone(toolbox), picture.to_vec(), trial.service.policy().clone());
        let looked = tokio::task::spawn_blocking(move || gate(&eyes, &policy, Given::Bytes(&bytes)));
        let timings = looked.await.expect("it looks").expect("it sees").timings;
        if n >= WARM {
            ours.push(whole);
            vision.push(Duration::from_secs_f64((timings.decode.0 + timings.analyse.0) / 1e3));
        }
    }
    vec![Line::time("upload of a 12-megapixel photo", name, &mut ours, &mut vision, Some(1.15))]
}
