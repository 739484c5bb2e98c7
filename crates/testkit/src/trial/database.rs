//! Both databases for every test: SQLite in a temporary folder, PostgreSQL when `TEST_POSTGRES_URL` names one.

use shiming_store::{Options, Store};
use sqlx::{Connection as _, Executor as _};
use sqlx_postgres::PgConnection;
use sqlx_sqlite::SqliteConnection;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// A migrated database that vanishes with its test.
pub struct Database {
    /// The store on it.
    pub store: Store,
    /// `sqlite` or `postgres`.
    pub name: &'static str,
    /// Opens it again, as another process would.
    pub options: Options,
    url: String,
    pub(super) folder: Option<Arc<tempfile::TempDir>>,
}

static MADE: AtomicU32 = AtomicU32::new(0);

impl Database {
    /// SQLite in a temporary folder.
    pub async fn sqlite() -> Self {
        Self::sqlite_in(&std::env::temp_dir()).await
    }

    /// SQLite in a temporary folder within a folder.
    pub async fn sqlite_in(folder: &Path) -> Self {
        let folder = tempfile::tempdir_in(folder).expect("a temporary folder");
        let path = folder.path().join("shiming.db");
        let (options, url) = (Options::sqlite(&path), format!("sqlite:{}", path.display()));
        let store = Store::open(&options).await.expect("SQLite opens");
        store.migrate().await.expect("SQLite migrates");
        Self { store, name: "sqlite", options, url, folder: Some(Arc::new(folder)) }
    }

    /// A new database on the PostgreSQL server of `TEST_POSTGRES_URL`; none if there is no server. In CI a
    /// missing server is a failure.
    pub async fn postgres() -> Option<Self> {
        let Ok(server) = std::env::var("TEST_POSTGRES_URL") else {
            assert!(std::env::var_os("CI").is_none(), "TEST_POSTGRES_URL must name a server in CI");
            eprintln!("skipped on PostgreSQL: TEST_POSTGRES_URL is not set (`cargo xtask test` sets it)");
            return None;
        };
        let n = MADE.fetch_add(1, Ordering::SeqCst);
        let name = format!("t{}_{n}", std::process::id());
        let mut connection = PgConnection::connect(&server).await.expect("PostgreSQL answers");
        // The name is ours: letters, figures and an underscore.
        let drop = format!("DROP DATABASE IF EXISTS {name}");
        connection.execute(sqlx::AssertSqlSafe(drop)).await.expect("an old database goes");
        // Sorted as people sort, as most servers are set up: what only holds for bytes shows.
        let create = format!(
            "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'en-US'"
        );
        connection.execute(sqlx::AssertSqlSafe(create)).await.expect("a new database comes");
        let base = server.rsplit_once('/').map_or(server.as_str(), |(base, _)| base);
        let url = format!("{base}/{name}");
        let options = Options::url(url.clone()).connections_max(8);
        let store = Store::open(&options).await.expect("PostgreSQL opens");
        store.migrate().await.expect("PostgreSQL migrates");
        Some(Self { store, name: "postgres", options, url, folder: None })
    }

    /// As `database.url` names it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Everything in a column, as bytes: what a thief of the database would read.
    pub async fn column(&self, table: &str, column: &str) -> Vec<Vec<u8>> {
        // Both names are written in tests.
        if self.name == "sqlite" {
            let mut connection = SqliteConnection::connect(&self.url).await.expect("SQLite opens");
            let sql = format!("SELECT CAST({column} AS BLOB) FROM {table} WHERE {column} IS NOT NULL");
            let rows = sqlx::query_as::<_, (Vec<u8>,)>(sqlx::AssertSqlSafe(sql));
            rows.fetch_all(&mut connection).await.expect("a column").into_iter().map(|(v,)| v).collect()
        } else {
            let mut connection = PgConnection::connect(&self.url).await.expect("PostgreSQL answers");
            let sql = format!("SELECT {column}::text FROM {table} WHERE {column} IS NOT NULL");
            let rows = sqlx::query_as::<_, (String,)>(sqlx::AssertSqlSafe(sql));
            let rows = rows.fetch_all(&mut connection).await.expect("a column");
            rows.into_iter().map(|(text,)| unescaped(&text)).collect()
        }
    }
}

/// PostgreSQL writes bytes as `\\x` and hexadecimal.
fn unescaped(text: &str) -> Vec<u8> {
    let Some(hex) = text.strip_prefix("\\x") else { return text.as_bytes().to_vec() };
    let pairs = hex.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap_or_default());
    pairs.map(|pair| u8::from_str_radix(pair, 16)).collect::<Result<_, _>>().unwrap_or_default()
}

/// Every database there is.
pub async fn databases() -> Vec<Database> {
    let mut all = vec![Database::sqlite().await];
    all.extend(Database::postgres().await);
    all
}
