//! Devices on which somebody has signed in.

use super::Cells;
use crate::{Error, Tx};
use shiming_domain::moment::Timestamp;

/// When somebody last signed in on a device with a contact. `place` is a keyed hash of both.
pub async fn device_since(tx: &mut Tx, place: &str) -> Result<Option<Timestamp>, Error> {
    let row: Option<(i64,)> = fetch_optional!(
        tx,
        (i64,),
        "known_device",
        "SELECT seen_us FROM known_device WHERE place = $1",
        place,
    )?;
    row.map(|(seen,)| Cells { table: "known_device", id: place }.time("seen_us", seen)).transpose()
}

/// Somebody has signed in there.
pub async fn remember_device(tx: &mut Tx, place: &str, owner: &str, now: Timestamp) -> Result<(), Error> {
    exec_one!(
        tx,
        "known_device",
        "INSERT INTO known_device (place, owner, seen_us) VALUES ($1, $2, $3) \
         ON CONFLICT (place) DO UPDATE SET owner = $2, seen_us = $3",
        place,
        owner,
        now.unix_us(),
    )
}

/// Forgets the devices of an owner.
pub async fn remove_devices(tx: &mut Tx, owner: &str) -> Result<u64, Error> {
    exec!(tx, "known_device", "DELETE FROM known_device WHERE owner = $1", owner)
}

/// Forgets devices that were not used for long.
pub async fn forget_devices(tx: &mut Tx, before: Timestamp) -> Result<u64, Error> {
    exec!(tx, "known_device", "DELETE FROM known_device WHERE seen_us < $1", before.unix_us())
}
