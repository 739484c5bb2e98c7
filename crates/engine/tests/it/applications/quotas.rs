//! How many pictures are looked at.

use super::*;
use shiming_domain::moment::Span;
use shiming_engine::application::{Upload, put_file};
use shiming_engine::service::Kind;
use shiming_testkit::trial::seen::picture;
use shiming_testkit::trial::{TrialOptions, stories};

async fn limited(edit_policy: fn(String) -> String) -> Vec<Trial> {
    let mut trials = Vec::new();
    for database in databases().await {
        trials.push(Trial::with(database, TrialOptions { edit_policy, ..TrialOptions::default() }).await);
    }
    trials
}

async fn send(trial: &Trial, somebody: &Somebody, id: ApplicationId, bytes: Vec<u8>) -> Result<(), Error> {
    let upload = Upload { step: Step::PortraitSide, bytes, live: false };
    put_file(&trial.service, &somebody.caller, id, upload).await?.commit().await.map(drop)
}

#[tokio::test]
async fn so_many_a_minute_for_one_application_and_so_many_a_day_for_one_account() {
    let edit = |text: String| {
        text.replace("uploads_per_application_minute_max = 20", "uploads_per_application_minute_max = 3")
            .replace("uploads_per_account_day_max = 200", "uploads_per_account_day_max = 5")
    };
    for trial in limited(edit).await {
        let somebody = stories::registered(&trial, 1).await;
        let id = stories::declared(&trial, &somebody, 1).await;
        let good = |salt| picture(Step::PortraitSide, "good", &somebody.printed, salt);
        for salt in 1..=3 {
            send(&trial, &somebody, id, good(salt)).await.unwrap();
        }
        // What was sent before is answered without a look.
        send(&trial, &somebody, id, good(3)).await.unwrap();
        let Err(Error::Refused(refused)) = send(&trial, &somebody, id, good(4)).await else {
            panic!("refused")
        };
        assert_eq!((refused.code, refused.kind), ("too_many_uploads", Kind::TooMany));
        let wait = refused.retry_at.unwrap().since(trial.service.now());
        assert!(wait > Span::seconds(0) && wait <= Span::minutes(1), "{}", trial.database.name);
        // What was refused was not counted.
        trial.clock.advance(wait);
        send(&trial, &somebody, id, good(4)).await.unwrap();
        send(&trial, &somebody, id, good(5)).await.unwrap();
        let Err(Error::Refused(refused)) = send(&trial, &somebody, id, good(6)).await else {
            panic!("refused")
        };
        assert_eq!(refused.code, "too_many_uploads");
        assert!(
            refused.retry_at.unwrap().since(trial.service.now()) > Span::minutes(1),
            "until the next day"
        );
        // Somebody else has their own.
        let other = stories::registered(&trial, 2).await;
        let theirs = stories::declared(&trial, &other, 1).await;
        stories::sent(&trial, &other, theirs, Step::PortraitSide).await;
    }
}

#[tokio::test]
async fn so_much_a_day_for_one_account() {
    let edit = |text: String| {
        text.replace("upload_mib_per_account_day_max = 600", "upload_mib_per_account_day_max = 1")
    };
    for trial in limited(edit).await {
        let somebody = stories::registered(&trial, 1).await;
        let id = stories::declared(&trial, &somebody, 1).await;
        let heavy = |salt: u32, bytes: usize| {
            let mut picture = picture(Step::PortraitSide, "good", &somebody.printed, salt);
            picture.resize(bytes, b' ');
            picture
        };
        send(&trial, &somebody, id, heavy(1, 1024 * 512)).await.unwrap();
        send(&trial, &somebody, id, heavy(2, 1024 * 512)).await.unwrap();
        let refused = send(&trial, &somebody, id, heavy(3, 100)).await;
        assert_eq!(code(refused), "too_many_uploads", "{}", trial.database.name);
    }
}
