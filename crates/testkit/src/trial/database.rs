//! Both databases for every test: SQLite in a temporary folder, PostgreSQL when `TEST_POSTGRES_URL` names one.

use shiming_store::{Options, Store};
use sqlx::{Connection as _, Executor as _, PgConnection};
use std::sync::atomic::{AtomicU32, Ordering};

/// A migrated database that vanishes with its test.
pub struct Database {
    /// The store on it.
    pub store: Store,
    /// `sqlite` or `postgres`.
    pub name: &'static str,
    /// Opens it again, as another process would.
    pub options: Options,
    _folder: Option<tempfile::TempDir>,
}

static MADE: AtomicU32 = AtomicU32::new(0);

impl Database {
    /// SQLite in a temporary folder.
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let options = Options::sqlite(&folder.path().join("shiming.db"));
        let store = Store::open(&options).await.expect("SQLite opens");
        store.migrate().await.expect("SQLite migrates");
        Self { store, name: "sqlite", options, _folder: Some(folder) }
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
        let create = format!("CREATE DATABASE {name}");
        connection.execute(sqlx::AssertSqlSafe(create)).await.expect("a new database comes");
        let base = server.rsplit_once('/').map_or(server.as_str(), |(base, _)| base);
        let options = Options::url(format!("{base}/{name}")).connections_max(8);
        let store = Store::open(&options).await.expect("PostgreSQL opens");
        store.migrate().await.expect("PostgreSQL migrates");
        Some(Self { store, name: "postgres", options, _folder: None })
    }
}

/// Every database there is.
pub async fn databases() -> Vec<Database> {
    let mut all = vec![Database::sqlite().await];
    all.extend(Database::postgres().await);
    all
}
