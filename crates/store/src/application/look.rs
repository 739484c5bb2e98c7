//! How kept pictures look: found by parts of it that only the process can compute, compared after opening.

use super::columns::Place;
use crate::{Error, Tx};
use shiming_domain::id::{AccountId, ApplicationId, FileId};
use shiming_domain::reason::Step;
use shiming_vault::seal::Sealed;

/// Bytes of a part's blind index.
pub const BAND_BYTES: usize = 16;
/// Pictures compared at once: those with most parts in common.
const CANDIDATES_MAX: i64 = 40;

/// A picture of another account that may look the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The file.
    pub file: FileId,
    /// Of which application.
    pub application: ApplicationId,
    /// Whose.
    pub account: AccountId,
    /// Of which step.
    pub step: Step,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    application: String,
    account: String,
    step: String,
}

/// Keeps how a file looks.
pub async fn insert_look(
    tx: &mut Tx,
    file: FileId,
    account: AccountId,
    look: &Sealed,
    bands: &[[u8; BAND_BYTES]],
) -> Result<(), Error> {
    let id = file.to_string();
    exec_one!(
        tx,
        "file_look",
        "INSERT INTO file_look (file, account, sealed) VALUES ($1, $2, $3)",
        id.as_str(),
        account.to_string(),
        look.as_bytes(),
    )?;
    for band in bands {
        exec_one!(
            tx,
            "file_band",
            "INSERT INTO file_band (file, band) VALUES ($1, $2)",
            id.as_str(),
            band.as_slice(),
        )?;
    }
    Ok(())
}

/// How a file looks, if that was kept.
pub async fn look(tx: &mut Tx, file: FileId) -> Result<Option<Sealed>, Error> {
    let id = file.to_string();
    let row: Option<(Vec<u8>,)> = fetch_optional!(
        tx,
        (Vec<u8>,),
        "file_look",
        "SELECT sealed FROM file_look WHERE file = $1",
        id.as_str()
    )?;
    let place = Place { table: "file_look", id: &id };
    row.map(|(bytes,)| place.sealed("sealed", bytes)).transpose()
}

/// Pictures of other accounts that share a part with this one, those that share most first.
pub async fn candidates(tx: &mut Tx, file: FileId, account: AccountId) -> Result<Vec<Candidate>, Error> {
    let rows: Vec<Row> = fetch_all!(
        tx,
        Row,
        "file_band",
        "SELECT f.id, f.application, f.account, f.step FROM (SELECT b.file, COUNT(*) AS shared \
         FROM file_band own JOIN file_band b ON b.band = own.band WHERE own.file = $1 AND b.file <> $1 \
         GROUP BY b.file) s JOIN file f ON f.id = s.file \
         WHERE f.account <> $2 AND f.state <> 'removed' ORDER BY s.shared DESC, f.id LIMIT $3",
        file.to_string(),
        account.to_string(),
        CANDIDATES_MAX,
    )?;
    rows.into_iter()
        .map(|row| {
            let place = Place { table: "file_look", id: &row.id };
            Ok(Candidate {
                file: place.parse("file", &row.id)?,
                application: place.parse("application", &row.application)?,
                account: place.parse("account", &row.account)?,
                step: place.word("step", &row.step)?,
            })
        })
        .collect()
}

/// Forgets how a file looked.
pub(super) async fn remove_look(tx: &mut Tx, file: FileId) -> Result<(), Error> {
    let id = file.to_string();
    exec!(tx, "file_band", "DELETE FROM file_band WHERE file = $1", id.as_str())?;
    exec!(tx, "file_look", "DELETE FROM file_look WHERE file = $1", id.as_str())?;
    Ok(())
}
