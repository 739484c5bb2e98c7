//! A transaction on either database.

use crate::Error;
use crate::audit::Audit;
use shiming_domain::moment::Timestamp;
use sqlx::Transaction;
use sqlx_postgres::Postgres;
use sqlx_sqlite::Sqlite;

/// An open transaction. Dropping it undoes everything.
pub struct Tx {
    inner: Inner,
    kind: Kind,
    audited: u32,
}

enum Inner {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// What the transaction is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Reads one consistent picture.
    Read,
    /// Changes somebody's state, with an audit row.
    Change,
    /// Changes nobody's state.
    Housekeep,
}

/// The connection, for the macros of `sql`.
pub(crate) enum Parts<'a> {
    Sqlite(&'a mut Transaction<'static, Sqlite>),
    Postgres(&'a mut Transaction<'static, Postgres>),
}

impl Tx {
    pub(crate) fn sqlite(tx: Transaction<'static, Sqlite>, kind: Kind) -> Self {
        Self { inner: Inner::Sqlite(tx), kind, audited: 0 }
    }

    pub(crate) fn postgres(tx: Transaction<'static, Postgres>, kind: Kind) -> Self {
        Self { inner: Inner::Postgres(tx), kind, audited: 0 }
    }

    pub(crate) fn parts(&mut self) -> Parts<'_> {
        match &mut self.inner {
            Inner::Sqlite(tx) => Parts::Sqlite(tx),
            Inner::Postgres(tx) => Parts::Postgres(tx),
        }
    }

    /// On PostgreSQL a few statements say more (`FOR UPDATE SKIP LOCKED`).
    pub(crate) const fn is_postgres(&self) -> bool {
        matches!(self.inner, Inner::Postgres(_))
    }

    /// Writes an audit row into this transaction.
    pub async fn audit(&mut self, row: &Audit, now: Timestamp) -> Result<(), Error> {
        crate::audit::insert(self, row, now).await?;
        self.audited += 1;
        Ok(())
    }

    /// Makes everything last. A change without an audit row is refused.
    pub async fn commit(self) -> Result<(), Error> {
        if self.kind == Kind::Change && self.audited == 0 {
            return Err(Error::Unaudited);
        }
        let done = match self.inner {
            Inner::Sqlite(tx) => tx.commit().await,
            Inner::Postgres(tx) => tx.commit().await,
        };
        done.map_err(|source| Error::Transaction { step: "commit", source })
    }
}
