//! What a sandbox would have sent, sealed; the newest only.

use crate::{Broken, Error, Tx};
use shiming_domain::id::EventId;
use shiming_domain::moment::Timestamp;
use shiming_vault::seal::Sealed;

/// Rows kept.
pub const ROWS_MAX: u32 = 500;

/// A letter or a message.
#[derive(Clone, Debug)]
pub struct StoredItem {
    /// Its id; ids sort by time.
    pub id: EventId,
    /// `mail` or `sms`.
    pub kind: String,
    /// Address and text.
    pub sealed: Sealed,
    /// When.
    pub created: Timestamp,
}

/// Keeps an item and forgets the oldest beyond [`ROWS_MAX`].
pub async fn keep(tx: &mut Tx, item: &StoredItem) -> Result<(), Error> {
    exec_one!(
        tx,
        "outbox",
        "INSERT INTO outbox (id, kind, sealed, created_us) VALUES ($1, $2, $3, $4)",
        item.id.to_string(),
        item.kind.as_str(),
        item.sealed.as_bytes(),
        item.created.unix_us(),
    )?;
    exec!(
        tx,
        "outbox",
        "DELETE FROM outbox WHERE id NOT IN (SELECT id FROM outbox ORDER BY id DESC LIMIT $1)",
        i64::from(ROWS_MAX),
    )?;
    Ok(())
}

/// The newest items, newest first.
pub async fn list(tx: &mut Tx, limit: u32) -> Result<Vec<StoredItem>, Error> {
    let rows: Vec<(String, String, Vec<u8>, i64)> = fetch_all!(
        tx,
        (String, String, Vec<u8>, i64),
        "outbox",
        "SELECT id, kind, sealed, created_us FROM outbox ORDER BY id DESC LIMIT $1",
        i64::from(limit.min(ROWS_MAX)),
    )?;
    let item = |(id, kind, sealed, created_us): (String, String, Vec<u8>, i64)| {
        let broken = |column| Broken::new("outbox", column, id.clone());
        Ok(StoredItem {
            id: id.parse().map_err(|_| broken("id"))?,
            kind,
            sealed: Sealed::from_bytes(sealed).map_err(|_| broken("sealed"))?,
            created: Timestamp::from_unix_us(created_us).map_err(|_| broken("created_us"))?,
        })
    };
    rows.into_iter().map(item).collect()
}
