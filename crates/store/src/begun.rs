//! Sealed files that no row names yet: `begin` before the bytes are written, `settle` together with the row. What is
//! abandoned belongs to a request that went away in between.

use crate::application::columns::Place;
use crate::{Error, Tx};
use shiming_domain::id::FileId;
use shiming_domain::moment::Timestamp;

/// The bytes of this file are written next.
pub async fn begin(tx: &mut Tx, id: FileId, now: Timestamp) -> Result<(), Error> {
    let sql = "INSERT INTO file_begun (id, at_us) VALUES ($1, $2)";
    exec_one!(tx, "file_begun", sql, id.to_string(), now.unix_us())
}

/// A row names it from now on, or its bytes are gone.
pub async fn settle(tx: &mut Tx, id: FileId) -> Result<u64, Error> {
    exec!(tx, "file_begun", "DELETE FROM file_begun WHERE id = $1", id.to_string())
}

/// Those that were begun before then, oldest first.
pub async fn abandoned(tx: &mut Tx, before: Timestamp, limit: u32) -> Result<Vec<FileId>, Error> {
    let rows: Vec<(String,)> = fetch_all!(
        tx,
        (String,),
        "file_begun",
        "SELECT id FROM file_begun WHERE at_us < $1 ORDER BY at_us LIMIT $2",
        before.unix_us(),
        i64::from(limit),
    )?;
    rows.into_iter().map(|(id,)| Place { table: "file_begun", id: &id }.parse("id", &id)).collect()
}
