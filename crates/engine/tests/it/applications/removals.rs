//! What is to go goes, whatever else cannot.

use super::*;
use shiming_domain::id::FileId;
use shiming_domain::moment::Span;
use shiming_engine::application::{Upload, put_file, withdraw};
use shiming_engine::sweep;
use shiming_testkit::trial::bare::Bare;
use shiming_testkit::trial::seen::picture_that_looks;
use shiming_testkit::trial::stories;
use std::fs;
use std::path::PathBuf;

#[tokio::test]
async fn what_was_written_for_somebody_who_went_away_goes_a_day_later() {
    for trial in trials().await {
        let somebody = stories::registered(&trial, 1).await;
        let id = stories::declared(&trial, &somebody, 1).await;
        stories::sent(&trial, &somebody, id, Step::PortraitSide).await;
        assert_eq!(trial.database.column("file_begun", "id").await.len(), 0, "a row names it");
        let bytes = picture_that_looks(Step::Selfie, &somebody.printed, 1, [7; 32]);
        let upload = Upload { step: Step::Selfie, bytes, live: true };
        // The bytes are there, and nobody commits the row.
        drop(put_file(&trial.service, &somebody.caller, id, upload).await.unwrap());
        assert_eq!(trial.blobs(), 2);
        // As a power cut leaves it: half of it, beside its name.
        let begun = String::from_utf8(trial.database.column("file_begun", "id").await.remove(0)).unwrap();
        let whole = trial.blob_paths().into_iter().find(|path| path.ends_with(&begun)).unwrap();
        fs::copy(&whole, whole.with_extension("part")).unwrap();
        assert_eq!(trial.blobs(), 3);

        trial.clock.advance(Span::hours(23));
        sweep::plan(&trial.service).await.unwrap();
        trial.run_jobs().await;
        assert_eq!(trial.blobs(), 3, "it may still be under way");
        trial.clock.advance(Span::hours(2));
        sweep::plan(&trial.service).await.unwrap();
        trial.run_jobs().await;
        assert_eq!(trial.blobs(), 1, "{}", trial.database.name);
        assert_eq!(trial.database.column("file_begun", "id").await.len(), 0);
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_removed_keeps_none_of_the_others() {
    for trial in trials().await {
        let somebody = stories::registered(&trial, 1).await;
        let id = stories::declared(&trial, &somebody, 1).await;
        for step in [Step::PortraitSide, Step::EmblemSide, Step::Selfie] {
            stories::sent(&trial, &somebody, id, step).await;
        }
        let gone = withdraw(&trial.service, &somebody.caller, id).await.unwrap();
        gone.commit().await.unwrap();
        trial.run_jobs().await;

        // A folder in its place is what no right can remove as a file.
        let stuck = trial.blob_paths().remove(0);
        fs::remove_file(&stuck).unwrap();
        fs::create_dir(&stuck).unwrap();
        trial.clock.advance(Span::days(60));
        sweep::plan(&trial.service).await.unwrap();
        let drained = trial.service.run_until_idle().await.unwrap();
        assert!(drained.failed > 0, "nobody hears of it");
        let removed = |states: Vec<Vec<u8>>| states.iter().filter(|state| *state == b"removed").count();
        assert_eq!(removed(trial.database.column("file", "state").await), 2, "{}", trial.database.name);
        assert_eq!(trial.blobs(), 0);

        fs::remove_dir(&stuck).unwrap();
        trial.advance(Span::days(1)).await;
        sweep::plan(&trial.service).await.unwrap();
        trial.run_jobs().await;
        assert_eq!(removed(trial.database.column("file", "state").await), 3);
    }
}

/// More than are looked up at once.
const ABANDONED: usize = 620;

/// Files that were begun long ago, oldest first; of the oldest so many cannot be removed. Answers how many are left
/// after a sweep, and whether it failed.
async fn swept_with_stuck(trial: &Trial, stuck: usize) -> (usize, bool) {
    let long_ago = trial.service.now() - Span::days(2);
    let ids: Vec<FileId> = (0..ABANDONED).map(|n| FileId::at(long_ago, n as u128)).collect();
    let mut bare = Bare::open(&trial.database).await;
    bare.begin().await;
    for (n, id) in ids.iter().enumerate() {
        let row = "INSERT INTO file_begun (id, at_us) VALUES ($1, $2)";
        bare.run(row, &[id.to_string().into(), (long_ago.unix_us() + n as i64).into()]).await;
    }
    bare.commit().await;
    let somebody = stories::registered(trial, 1).await;
    let id = stories::declared(trial, &somebody, 1).await;
    stories::sent(trial, &somebody, id, Step::PortraitSide).await;
    let blobs: PathBuf = trial.blob_paths().remove(0).ancestors().nth(3).unwrap().into();
    for name in ids.iter().take(stuck).map(FileId::to_string) {
        let tail = &name[name.len() - 4..];
        fs::create_dir_all(blobs.join(&tail[..2]).join(&tail[2..]).join(&name)).unwrap();
    }
    sweep::plan(&trial.service).await.unwrap();
    let failed = trial.service.run_until_idle().await.unwrap().failed > 0;
    (trial.database.column("file_begun", "id").await.len(), failed)
}

#[tokio::test]
async fn a_hundred_that_are_stuck_are_passed_by_and_one_more_is_a_broken_disk() {
    for (stuck, left, failed) in [(0, 0, false), (100, 100, true), (101, ABANDONED, true)] {
        for trial in trials().await {
            let swept = swept_with_stuck(&trial, stuck).await;
            assert_eq!(swept, (left, failed), "{stuck} stuck on {}", trial.database.name);
        }
    }
}
