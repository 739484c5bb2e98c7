//! Both databases have the same tables and columns.

use shiming_store::{Options, Store};
use shiming_testkit::trial::{Database, databases};

#[tokio::test]
async fn a_change_without_an_audit_row_is_refused() {
    for database in databases().await {
        let tx = database.store.change().await.unwrap();
        assert_eq!(tx.commit().await.map_err(|e| e.code()), Err("store_unaudited"), "{}", database.name);
    }
}

/// The driver's share of TLS hangs on a feature, and no line of ours would miss it.
#[tokio::test]
async fn postgres_is_spoken_to_in_tls_where_the_url_asks_for_it() {
    let Some(database) = Database::postgres().await else { return };
    let options = Options::url(format!("{}?sslmode=require", database.url()));
    // The server of the tests has none; another may.
    if let Err(error) = Store::open(&options).await {
        let said = format!("{error:?}");
        assert!(said.contains("server does not support TLS"), "{said}");
    }
}

#[tokio::test]
async fn a_database_that_is_migrated_twice_stays_as_it_is() {
    for database in databases().await {
        database.store.migrate().await.unwrap();
        database.store.ping().await.unwrap();
    }
}

/// What both folders of migrations must agree on: names of files, and every line but types that only one
/// dialect knows, the triggers and functions that differ, and orders: in SQLite bytes are the only one.
#[test]
fn both_folders_make_the_same_tables_and_columns() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let files = |dialect: &str| {
        let mut names: Vec<_> = std::fs::read_dir(folder.join(dialect))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    assert_eq!(files("sqlite"), files("postgres"));
    for name in files("sqlite") {
        let shape = |dialect: &str| {
            let text = std::fs::read_to_string(folder.join(dialect).join(&name)).unwrap();
            let text = text.replace(
                "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
                "INTEGER PRIMARY KEY AUTOINCREMENT",
            );
            let text = text.replace("BYTEA", "BLOB").replace("''", "x''").replace("xx''", "x''");
            let is_own = |part: &str| {
                ["TRIGGER", "FUNCTION", "BEGIN", "FOR EACH", "END", "COLLATE"]
                    .iter()
                    .any(|w| part.contains(w))
            };
            text.lines()
                .filter(|line| !line.trim_start().starts_with("--") && !is_own(line))
                .map(|line| {
                    line.split("--")
                        .next()
                        .unwrap_or_default()
                        .split_whitespace()
                        .collect::<Vec<_>>()
                        .join(" ")
                })
                .filter(|line| !line.is_empty())
                .collect::<Vec<_>>()
        };
        assert_eq!(shape("sqlite"), shape("postgres"), "{name}");
    }
}
