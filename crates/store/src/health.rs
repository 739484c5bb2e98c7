//! What an operator asks of a database: which schema, and does it keep what it was told?

use crate::{Error, Store};

/// Facts about an open database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// The last migration that was applied; 0 if none was.
    pub schema: i64,
    /// SQLite's journal; `None` on PostgreSQL.
    pub journal: Option<String>,
    /// Whether a committed write survives a power cut.
    pub durable: bool,
}

impl Store {
    /// Looks at the database; works on an empty one.
    pub async fn health(&self) -> Result<Health, Error> {
        // The writer's connection: its settings are the ones that count.
        let mut tx = self.housekeep().await?;
        let (table, journal, durable) = if tx.is_postgres() {
            let there = "SELECT CAST(to_regclass('_sqlx_migrations') AS TEXT) WHERE to_regclass('_sqlx_migrations') IS NOT NULL";
            let table: Option<(String,)> = fetch_optional!(tx, (String,), "_sqlx_migrations", there)?;
            let fsync: Option<(String,)> =
                fetch_optional!(tx, (String,), "settings", "SELECT current_setting('fsync')")?;
            let commit = "SELECT current_setting('synchronous_commit')";
            let commit: Option<(String,)> = fetch_optional!(tx, (String,), "settings", commit)?;
            let on = |setting: Option<(String,)>| setting.is_some_and(|(word,)| word != "off");
            (table, None, on(fsync) && on(commit))
        } else {
            let there = "SELECT name FROM sqlite_master WHERE name = '_sqlx_migrations'";
            let table: Option<(String,)> = fetch_optional!(tx, (String,), "_sqlx_migrations", there)?;
            let journal: Option<(String,)> = fetch_optional!(tx, (String,), "pragma", "PRAGMA journal_mode")?;
            let synchronous: Option<(i64,)> = fetch_optional!(tx, (i64,), "pragma", "PRAGMA synchronous")?;
            // 2 is FULL.
            (table, journal.map(|(word,)| word), synchronous.is_some_and(|(level,)| level >= 2))
        };
        let schema: Option<(i64,)> = match table {
            None => None,
            Some(_) => fetch_optional!(
                tx,
                (i64,),
                "_sqlx_migrations",
                "SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations WHERE success",
            )?,
        };
        Ok(Health { schema: schema.map_or(0, |(version,)| version), journal, durable })
    }
}
