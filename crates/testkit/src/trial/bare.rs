//! The same database without us: statements on one connection with nothing around them, for comparisons.

#![expect(clippy::panic, reason = "whatever goes wrong in a trial fails its test")]

use super::Database;
use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, Connection as _, Row as _};
use sqlx_postgres::PgConnection;
use sqlx_sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use std::str::FromStr as _;

/// A value of a column.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// True or false.
    Bool(Option<bool>),
    /// A whole number.
    Int(Option<i64>),
    /// Text.
    Text(Option<String>),
    /// Bytes.
    Bytes(Option<Vec<u8>>),
}

/// The types that both databases have under these names in our tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// `BOOLEAN`
    Bool,
    /// `BIGINT`
    Int,
    /// `TEXT`
    Text,
    /// `BLOB`, `BYTEA`
    Bytes,
}

impl Type {
    pub(super) fn named(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "boolean" => Self::Bool,
            "bigint" | "integer" => Self::Int,
            "text" => Self::Text,
            "blob" | "bytea" => Self::Bytes,
            other => panic!("a column of an unknown type: {other}"),
        }
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(Some(value.to_owned()))
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(Some(value))
    }
}

/// One connection, as durable as the store's.
pub struct Bare {
    connection: Connection,
}

enum Connection {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// Binds values by their type and runs a statement.
macro_rules! bound {
    ($sql:expr, $values:expr) => {
        $values.iter().fold(sqlx::query(AssertSqlSafe($sql)), |query, value| match value {
            Value::Bool(value) => query.bind(*value),
            Value::Int(value) => query.bind(*value),
            Value::Text(value) => query.bind(value.as_deref()),
            Value::Bytes(value) => query.bind(value.as_deref()),
        })
    };
}

macro_rules! columns {
    ($row:expr, $types:expr) => {
        $types
            .iter()
            .enumerate()
            .map(|(n, kind)| match kind {
                Type::Bool => Value::Bool($row.get(n)),
                Type::Int => Value::Int($row.get(n)),
                Type::Text => Value::Text($row.get(n)),
                Type::Bytes => Value::Bytes($row.get(n)),
            })
            .collect()
    };
}

impl Bare {
    /// Opens a connection beside the store's own.
    pub async fn open(database: &Database) -> Self {
        let url = database.url();
        let connection = if database.name == "sqlite" {
            let options = SqliteConnectOptions::from_str(url).expect("a URL");
            let options = options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
            let opened = SqliteConnection::connect_with(&options.foreign_keys(true)).await;
            Connection::Sqlite(opened.expect("SQLite opens"))
        } else {
            Connection::Postgres(PgConnection::connect(url).await.expect("PostgreSQL answers"))
        };
        Self { connection }
    }

    /// On PostgreSQL some texts differ.
    pub const fn is_postgres(&self) -> bool {
        matches!(self.connection, Connection::Postgres(_))
    }

    /// Runs a statement; answers how many rows it touched.
    pub async fn run(&mut self, sql: &str, values: &[Value]) -> u64 {
        let done = match &mut self.connection {
            Connection::Sqlite(c) => bound!(sql, values).execute(c).await.map(|done| done.rows_affected()),
            Connection::Postgres(c) => bound!(sql, values).execute(c).await.map(|done| done.rows_affected()),
        };
        done.unwrap_or_else(|error| panic!("{error}: {sql}"))
    }

    /// Reads rows whose columns are of these types.
    pub async fn rows(&mut self, sql: &str, values: &[Value], types: &[Type]) -> Vec<Vec<Value>> {
        let rows: Result<Vec<Vec<Value>>, sqlx::Error> = match &mut self.connection {
            Connection::Sqlite(c) => {
                bound!(sql, values).fetch(c).map_ok(|row| columns!(row, types)).try_collect().await
            }
            Connection::Postgres(c) => {
                bound!(sql, values).fetch(c).map_ok(|row| columns!(row, types)).try_collect().await
            }
        };
        rows.unwrap_or_else(|error| panic!("{error}: {sql}"))
    }

    /// Begins a transaction that writes, as the store does.
    pub async fn begin(&mut self) {
        self.run(if self.is_postgres() { "BEGIN" } else { "BEGIN IMMEDIATE" }, &[]).await;
    }

    /// Begins one that reads a consistent picture, as the store does.
    pub async fn begin_read(&mut self) {
        let postgres = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        self.run(if self.is_postgres() { postgres } else { "BEGIN" }, &[]).await;
    }

    /// Makes it last.
    pub async fn commit(&mut self) {
        self.run("COMMIT", &[]).await;
    }
}
