//! The service opens, on both databases, and again with the same keys.

use shiming_testkit::trial::{Trial, databases};

#[tokio::test]
async fn a_service_opens_and_has_nothing_to_do() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        trial.run_jobs().await;
    }
}
