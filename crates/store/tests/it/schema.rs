//! Both databases have the same tables and columns.

use shiming_testkit::trial::databases;

#[tokio::test]
async fn a_change_without_an_audit_row_is_refused() {
    for database in databases().await {
        let tx = database.store.change().await.unwrap();
        assert_eq!(tx.commit().await.map_err(|e| e.code()), Err("store_unaudited"), "{}", database.name);
    }
}

#[tokio::test]
async fn a_database_that_is_migrated_twice_stays_as_it_is() {
    for database in databases().await {
        database.store.migrate().await.unwrap();
        database.store.ping().await.unwrap();
    }
}
