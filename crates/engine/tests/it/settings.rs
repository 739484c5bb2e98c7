//! A change of settings is told by the audit log, and by nothing else than a change.

use shiming_engine::settings;
use shiming_testkit::trial::{Trial, databases};
use std::collections::BTreeMap;

fn with(settings: &[(&str, &str)]) -> BTreeMap<String, String> {
    settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[tokio::test]
async fn each_change_is_one_row_and_a_start_without_one_is_none() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let note = async |process: &str, values: &[(&str, &str)]| {
            settings::note(&trial.service, process, &with(values)).await.unwrap()
        };
        let first = [("mail.url", "(hidden)"), ("server.listen", "127.0.0.1:8080"), ("worker.count", "2")];
        assert_eq!(note("serve", &first).await, 1, "one row for the first start");
        assert_eq!(note("serve", &first).await, 0);
        assert_eq!(note("worker", &first).await, 1, "another kind of process has settings of its own");
        let later = [("log.format", "json"), ("mail.url", "(hidden)"), ("worker.count", "4")];
        assert_eq!(note("serve", &later).await, 3);
        assert_eq!(note("serve", &later).await, 0);

        trial.run_jobs().await;
        shiming_engine::audit::checkpoint(&trial.service).await.unwrap();
        let entries = trial.database.column("audit_entry", "entry").await;
        let text: Vec<String> =
            entries.into_iter().map(|e| String::from_utf8_lossy(&e).into_owned()).collect();
        let has = |parts: &[&str]| text.iter().any(|entry| parts.iter().all(|part| entry.contains(part)));
        assert!(has(&["setting.change", "worker.count", r#""from":"2""#, r#""to":"4""#]), "{text:?}");
        assert!(has(&["setting.change", "log.format"]));
        assert!(has(&["setting.remove", "server.listen"]));
    }
}
