//! Why the store could not do what was asked.

/// A failure of the store. None of them repeats a value that was to be stored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The database cannot be opened or reached.
    #[error("the database cannot be opened: {what}")]
    Open {
        /// What was tried.
        what: String,
        /// Why not.
        #[source]
        source: sqlx::Error,
    },
    /// The schema could not be brought to this program's version.
    #[error("the database could not be migrated")]
    Migrate(#[source] Box<sqlx::migrate::MigrateError>),
    /// A statement failed.
    #[error("a statement on `{table}` failed")]
    Statement {
        /// The table it was about.
        table: &'static str,
        /// What the database says.
        #[source]
        source: sqlx::Error,
    },
    /// Beginning or committing failed; nothing was changed.
    #[error("the transaction could not {step}")]
    Transaction {
        /// `begin` or `commit`.
        step: &'static str,
        /// What the database says.
        #[source]
        source: sqlx::Error,
    },
    /// A row is not what this program writes.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// Somebody else was faster: the row no longer has the version that was expected. Nothing was changed.
    #[error("`{table}` has changed since it was read")]
    Conflict {
        /// The table.
        table: &'static str,
    },
    /// A state was changed without an audit row. A mistake of ours; nothing was changed.
    #[error("a change without an audit row was refused")]
    Unaudited,
    /// An audit row cannot become an entry.
    #[error("an audit row cannot be written")]
    Audit(#[from] shiming_vault::audit::EntryError),
    /// A sealed file cannot be written or read.
    #[error("a sealed file cannot be {step}")]
    Blob {
        /// `written`, `read` or `removed`.
        step: &'static str,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// A sealed file is not there.
    #[error("a sealed file is missing")]
    BlobMissing,
}

/// A row that this program did not write so: damage, or a newer version's work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{column}` of `{table}` row {id} cannot be read")]
pub struct Broken {
    /// Table.
    pub table: &'static str,
    /// Column.
    pub column: &'static str,
    /// Id of the row.
    pub id: String,
}

impl Error {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Open { .. } => "store_open",
            Self::Migrate(_) => "store_migrate",
            Self::Statement { .. } => "store_statement",
            Self::Transaction { .. } => "store_transaction",
            Self::Broken(_) => "store_row_broken",
            Self::Conflict { .. } => "store_conflict",
            Self::Unaudited => "store_unaudited",
            Self::Audit(_) => "store_audit",
            Self::Blob { .. } => "store_blob",
            Self::BlobMissing => "store_blob_missing",
        }
    }

    /// A unique index refused the row: somebody else has the same.
    pub fn is_unique_violation(&self) -> bool {
        let Self::Statement { source: sqlx::Error::Database(error), .. } = self else { return false };
        error.is_unique_violation()
    }

    /// Trying again may help: the database was busy, restarted, or broke a deadlock.
    pub fn is_passing(&self) -> bool {
        let (Self::Statement { source, .. } | Self::Transaction { source, .. } | Self::Open { source, .. }) =
            self
        else {
            return false;
        };
        match source {
            sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) => true,
            // PostgreSQL: serialisation failure, deadlock, shutting down; SQLite: busy.
            sqlx::Error::Database(error) => {
                matches!(error.code().as_deref(), Some("40001" | "40P01" | "57P01" | "5" | "517"))
            }
            _ => false,
        }
    }
}

impl Broken {
    /// Names the place.
    pub fn new(table: &'static str, column: &'static str, id: impl Into<String>) -> Self {
        Self { table, column, id: id.into() }
    }
}
