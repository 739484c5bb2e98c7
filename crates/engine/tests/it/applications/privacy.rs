//! Nothing personal lies in clear.

use super::*;
use shiming_testkit::trial::stories;

/// Every column that is not a number, an id or a hash.
const COLUMNS: &[(&str, &str)] = &[
    ("audit_entry", "entry"),
    ("job", "payload"),
    ("job", "dedupe"),
    ("application", "body"),
    ("attempt", "files"),
    ("attempt", "record"),
    ("attempt", "term"),
    ("decision", "reasons"),
    ("decision", "body"),
    ("form", "sealed"),
    ("form", "number_index"),
    ("id_seen", "sealed"),
    ("id_seen", "number_index"),
    ("image_seen", "codes"),
    ("tally", "scope"),
    ("person", "sealed"),
    ("person", "number_index"),
    ("verification", "body"),
];

#[tokio::test]
async fn names_and_numbers_are_nowhere_in_the_database() {
    for trial in trials().await {
        let (verified, _) = stories::approved(&trial, 1).await;
        let somebody = stories::registered(&trial, 2).await;
        let id = stories::declared(&trial, &somebody, 1).await;
        let mut other = somebody.clone();
        other.printed.number.clone_from(&verified.printed.number);
        stories::sent(&trial, &other, id, Step::PortraitSide).await;
        stories::sent(&trial, &somebody, id, Step::EmblemSide).await;
        stories::sent(&trial, &somebody, id, Step::Selfie).await;
        let submitted = shiming_engine::application::submit(&trial.service, &somebody.caller, id).await;
        submitted.unwrap().commit().await.unwrap();
        trial.run_jobs().await;
        for (table, column) in COLUMNS {
            let values = trial.database.column(table, column).await;
            assert!(!values.is_empty(), "{table}.{column} is empty");
            for value in values {
                for printed in [&verified.printed, &somebody.printed] {
                    for secret in [printed.name.as_str(), printed.number.as_str(), &printed.number[4..14]] {
                        let found = value.windows(secret.len()).any(|window| window == secret.as_bytes());
                        assert!(!found, "{table}.{column} holds {secret}");
                    }
                }
            }
        }
    }
}
