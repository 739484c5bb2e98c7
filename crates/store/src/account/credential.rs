//! Passwords, as hashes that `vault` made and alone can check.

use super::Cells;
use crate::{Error, Tx};
use shiming_domain::moment::Timestamp;
use shiming_vault::password::StoredPassword;

/// The password of an owner.
pub async fn password(tx: &mut Tx, owner: &str) -> Result<Option<StoredPassword>, Error> {
    let row: Option<(String, i64)> = fetch_optional!(
        tx,
        (String, i64),
        "password",
        "SELECT phc, pepper_version FROM password WHERE owner = $1",
        owner,
    )?;
    row.map(|(phc, version)| {
        let cells = Cells { table: "password", id: owner };
        let pepper_version = u32::try_from(version).map_err(|_| cells.broken("pepper_version"))?;
        Ok(StoredPassword { phc, pepper_version })
    })
    .transpose()
}

/// Sets or replaces it.
pub async fn set_password(
    tx: &mut Tx,
    owner: &str,
    password: &StoredPassword,
    now: Timestamp,
) -> Result<(), Error> {
    exec_one!(
        tx,
        "password",
        "INSERT INTO password (owner, phc, pepper_version, changed_us) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (owner) DO UPDATE SET phc = $2, pepper_version = $3, changed_us = $4",
        owner,
        password.phc.as_str(),
        i64::from(password.pepper_version),
        now.unix_us(),
    )
}
