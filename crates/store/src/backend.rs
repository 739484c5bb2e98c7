//! Opening the database, and the kinds of transactions on it.

use crate::Error;
use crate::tx::{Kind, Tx};
// Only for its feature: TLS to PostgreSQL.
use sqlx_core as _;
use sqlx_postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx_sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

/// Connections that read on SQLite. Writing is one at a time there, whatever one does.
const SQLITE_READERS: u32 = 4;
/// How long a transaction waits for a connection before the caller is told to come back.
const ACQUIRE_MAX: Duration = Duration::from_secs(10);

/// Where the database is.
#[derive(Clone, Debug)]
pub struct Options {
    url: String,
    connections_max: u32,
}

impl Options {
    /// From a URL: `postgres://…`, or `sqlite:` and a path.
    pub fn url(url: impl Into<String>) -> Self {
        Self { url: url.into(), connections_max: 16 }
    }

    /// An SQLite file.
    pub fn sqlite(path: &Path) -> Self {
        Self::url(format!("sqlite:{}", path.display()))
    }

    /// Connections to PostgreSQL, at least 2.
    #[must_use]
    pub fn connections_max(mut self, connections_max: u32) -> Self {
        self.connections_max = connections_max.max(2);
        self
    }
}

/// The database.
#[derive(Clone, Debug)]
pub struct Store {
    backend: Backend,
}

#[derive(Clone, Debug)]
enum Backend {
    Sqlite { writer: SqlitePool, reader: SqlitePool },
    Postgres(PgPool),
}

impl Store {
    /// Opens the database, making the file if there is none. The schema is left as it is: see [`Self::migrate`].
    pub async fn open(options: &Options) -> Result<Self, Error> {
        let what = if options.url.starts_with("sqlite:") { "SQLite" } else { "PostgreSQL" };
        let error = |source| Error::Open { what: what.to_owned(), source };
        if options.url.starts_with("sqlite:") {
            // FULL: an acknowledged write survives a power cut (with NORMAL the last commits may not).
            let connect = SqliteConnectOptions::from_str(&options.url)
                .map_err(error)?
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(ACQUIRE_MAX);
            let pool = |connections| {
                // A file of this process cannot have gone away, and asking costs a tenth of a read.
                let pool = SqlitePoolOptions::new().test_before_acquire(false);
                pool.max_connections(connections).acquire_timeout(ACQUIRE_MAX)
            };
            let writer = pool(1).connect_with(connect.clone()).await.map_err(error)?;
            let reader = pool(SQLITE_READERS).connect_with(connect.read_only(true)).await.map_err(error)?;
            return Ok(Self { backend: Backend::Sqlite { writer, reader } });
        }
        let connect = PgConnectOptions::from_str(&options.url).map_err(error)?.application_name("shiming");
        let pool = PgPoolOptions::new().max_connections(options.connections_max).acquire_timeout(ACQUIRE_MAX);
        Ok(Self { backend: Backend::Postgres(pool.connect_with(connect).await.map_err(error)?) })
    }

    /// Brings the schema to this program's version. Safe to call from several processes at once.
    pub async fn migrate(&self) -> Result<(), Error> {
        match &self.backend {
            Backend::Sqlite { writer, .. } => sqlx::migrate!("migrations/sqlite").run(writer).await,
            Backend::Postgres(pool) => sqlx::migrate!("migrations/postgres").run(pool).await,
        }
        .map_err(|error| Error::Migrate(Box::new(error)))
    }

    /// The schema this program brings a database to.
    pub fn schema_wanted(&self) -> i64 {
        let migrations = match &self.backend {
            Backend::Sqlite { .. } => sqlx::migrate!("migrations/sqlite"),
            Backend::Postgres(_) => sqlx::migrate!("migrations/postgres"),
        };
        migrations.iter().map(|migration| migration.version).max().unwrap_or(0)
    }

    /// Lets SQLite see how many rows there are of what, as PostgreSQL does by itself: without it a plan is a guess,
    /// and among many people a wrong one reads a whole table. Samples a bounded number of rows of each index, and only
    /// of tables that were never looked at or have grown tenfold. Readers know of it once they connect anew, which the
    /// pool sees to within half an hour.
    pub async fn gather_statistics(&self) -> Result<(), Error> {
        if let Backend::Sqlite { writer, .. } = &self.backend {
            // 0x02: analyse what wants it. 0x10: with a limit. 0x10000: look at all tables, not only at those that
            // this connection has asked of. https://sqlite.org/pragma.html#pragma_optimize
            let asked = sqlx::query("PRAGMA optimize = 0x10012").execute(writer).await;
            asked.map_err(|source| Error::Statement { table: "sqlite_stat1", source })?;
        }
        Ok(())
    }

    /// Reads one consistent picture.
    pub async fn read(&self) -> Result<Tx, Error> {
        let begun = match &self.backend {
            Backend::Sqlite { reader, .. } => reader.begin().await.map(|tx| Tx::sqlite(tx, Kind::Read)),
            Backend::Postgres(pool) => pool
                .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                .await
                .map(|tx| Tx::postgres(tx, Kind::Read)),
        };
        begun.map_err(|source| Error::Transaction { step: "begin", source })
    }

    /// Changes somebody's state: refuses to commit without an audit row.
    pub async fn change(&self) -> Result<Tx, Error> {
        self.begin(Kind::Change).await
    }

    /// Changes nobody's state.
    pub async fn housekeep(&self) -> Result<Tx, Error> {
        self.begin(Kind::Housekeep).await
    }

    async fn begin(&self, kind: Kind) -> Result<Tx, Error> {
        let begun = match &self.backend {
            // A plain BEGIN that reads and then writes fails with "database is locked" under load.
            Backend::Sqlite { writer, .. } => {
                writer.begin_with("BEGIN IMMEDIATE").await.map(|tx| Tx::sqlite(tx, kind))
            }
            // READ COMMITTED: every write says the version or state it expects, and unique indexes and
            // guarded updates hold whatever the isolation level is.
            Backend::Postgres(pool) => pool.begin().await.map(|tx| Tx::postgres(tx, kind)),
        };
        begun.map_err(|source| Error::Transaction { step: "begin", source })
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), Error> {
        let mut tx = self.read().await?;
        fetch_optional!(tx, (i64,), "audit_head", "SELECT size FROM audit_head WHERE one = 1")?;
        Ok(())
    }

    /// `sqlite` or `postgres`.
    pub const fn dialect(&self) -> &'static str {
        match self.backend {
            Backend::Sqlite { .. } => "sqlite",
            Backend::Postgres(_) => "postgres",
        }
    }

    /// Waits for open transactions and closes.
    pub async fn close(&self) {
        match &self.backend {
            Backend::Sqlite { writer, reader } => {
                reader.close().await;
                writer.close().await;
            }
            Backend::Postgres(pool) => pool.close().await,
        }
    }
}
