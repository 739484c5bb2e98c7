//! One SQL text, two databases: the macros bind the same values to the same text on either.
//!
//! Values are `i64`, `bool`, `&str`, `String`, `&[u8]`, `Vec<u8>` and options of them. Numbered parameters
//! (`$1`) may repeat and come in order. The first argument after the transaction names the table, for errors.

/// Runs a statement; answers how many rows it touched.
macro_rules! exec {
    ($tx:expr, $table:literal, $sql:expr $(, $value:expr)* $(,)?) => {
        match $tx.parts() {
            $crate::tx::Parts::Sqlite(c) => {
                sqlx::query($sql)$(.bind($value))*.execute(&mut **c).await.map(|done| done.rows_affected())
            }
            $crate::tx::Parts::Postgres(c) => {
                sqlx::query($sql)$(.bind($value))*.execute(&mut **c).await.map(|done| done.rows_affected())
            }
        }
        .map_err(|source| $crate::Error::Statement { table: $table, source })
    };
}

/// At most one row, as a type that derives `sqlx::FromRow` or a tuple.
macro_rules! fetch_optional {
    ($tx:expr, $row:ty, $table:literal, $sql:expr $(, $value:expr)* $(,)?) => {
        match $tx.parts() {
            $crate::tx::Parts::Sqlite(c) => {
                sqlx::query_as::<_, $row>($sql)$(.bind($value))*.fetch_optional(&mut **c).await
            }
            $crate::tx::Parts::Postgres(c) => {
                sqlx::query_as::<_, $row>($sql)$(.bind($value))*.fetch_optional(&mut **c).await
            }
        }
        .map_err(|source| $crate::Error::Statement { table: $table, source })
    };
}

/// All rows. The statement must carry a `LIMIT`.
macro_rules! fetch_all {
    ($tx:expr, $row:ty, $table:literal, $sql:expr $(, $value:expr)* $(,)?) => {
        match $tx.parts() {
            $crate::tx::Parts::Sqlite(c) => {
                sqlx::query_as::<_, $row>($sql)$(.bind($value))*.fetch_all(&mut **c).await
            }
            $crate::tx::Parts::Postgres(c) => {
                sqlx::query_as::<_, $row>($sql)$(.bind($value))*.fetch_all(&mut **c).await
            }
        }
        .map_err(|source| $crate::Error::Statement { table: $table, source })
    };
}

/// Fails with [`Error::Conflict`](crate::Error::Conflict) unless exactly one row was touched.
macro_rules! exec_one {
    ($tx:expr, $table:literal, $sql:expr $(, $value:expr)* $(,)?) => {
        match exec!($tx, $table, $sql $(, $value)*) {
            Ok(1) => Ok(()),
            Ok(_) => Err($crate::Error::Conflict { table: $table }),
            Err(error) => Err(error),
        }
    };
}
