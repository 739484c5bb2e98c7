//! Verifications that somebody proposes to take back, until another person confirms it.

use super::{from_word, moment, word};
use crate::{Broken, Error, Tx};
use shiming_domain::id::{EventId, StaffId, VerificationId};
use shiming_domain::moment::Timestamp;
use shiming_domain::reason::Code;

/// Proposals read at once.
const OPEN_MAX: i64 = 200;

/// A proposal to take a verification back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// Its id.
    pub id: EventId,
    /// Which verification.
    pub verification: VerificationId,
    /// Why.
    pub reason: Code,
    /// Who proposes.
    pub proposed_by: StaffId,
    /// When.
    pub proposed_at: Timestamp,
    /// Until when another person may confirm it.
    pub until: Timestamp,
    /// Who confirmed it.
    pub confirmed_by: Option<StaffId>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    verification: String,
    reason: String,
    proposed_by: String,
    proposed_us: i64,
    until_us: i64,
    confirmed_by: Option<String>,
}

impl Row {
    fn read(self) -> Result<Revocation, Error> {
        let broken = |column| Broken::new("revocation", column, self.id.clone());
        let confirmed_by = self.confirmed_by.as_deref().map(str::parse).transpose();
        Ok(Revocation {
            id: self.id.parse().map_err(|_| broken("id"))?,
            verification: self.verification.parse().map_err(|_| broken("verification"))?,
            reason: from_word(&self.reason).ok_or_else(|| broken("reason"))?,
            proposed_by: self.proposed_by.parse().map_err(|_| broken("proposed_by"))?,
            proposed_at: moment(self.proposed_us, broken("proposed_us"))?,
            until: moment(self.until_us, broken("until_us"))?,
            confirmed_by: confirmed_by.map_err(|_| broken("confirmed_by"))?,
        })
    }
}

/// Writes a proposal in place of one that nobody confirmed. `false` if a live one waits.
pub async fn propose_revocation(tx: &mut Tx, new: &Revocation) -> Result<bool, Error> {
    let rows = exec!(
        tx,
        "revocation",
        "INSERT INTO revocation (id, verification, reason, proposed_by, proposed_us, until_us) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (verification) WHERE confirmed_by IS NULL \
         DO UPDATE SET id = $1, reason = $3, proposed_by = $4, proposed_us = $5, until_us = $6 \
         WHERE revocation.until_us <= $5",
        new.id.to_string(),
        new.verification.to_string(),
        word(&new.reason),
        new.proposed_by.to_string(),
        new.proposed_at.unix_us(),
        new.until.unix_us(),
    )?;
    Ok(rows == 1)
}

/// The proposal about a verification that waits for a second person.
pub async fn waiting_revocation(
    tx: &mut Tx,
    verification: VerificationId,
    now: Timestamp,
) -> Result<Option<Revocation>, Error> {
    let row: Option<Row> = fetch_optional!(
        tx,
        Row,
        "revocation",
        "SELECT id, verification, reason, proposed_by, proposed_us, until_us, confirmed_by FROM revocation \
         WHERE verification = $1 AND confirmed_by IS NULL AND until_us > $2",
        verification.to_string(),
        now.unix_us(),
    )?;
    row.map(Row::read).transpose()
}

/// The last revocation of a verification that was carried out.
pub async fn confirmed_revocation(
    tx: &mut Tx,
    verification: VerificationId,
) -> Result<Option<Revocation>, Error> {
    let row: Option<Row> = fetch_optional!(
        tx,
        Row,
        "revocation",
        "SELECT id, verification, reason, proposed_by, proposed_us, until_us, confirmed_by FROM revocation          WHERE verification = $1 AND confirmed_by IS NOT NULL ORDER BY confirmed_us DESC LIMIT 1",
        verification.to_string(),
    )?;
    row.map(Row::read).transpose()
}

/// Proposals that wait for a second person, oldest first.
pub async fn waiting_revocations(tx: &mut Tx, now: Timestamp) -> Result<Vec<Revocation>, Error> {
    let rows: Vec<Row> = fetch_all!(
        tx,
        Row,
        "revocation",
        "SELECT id, verification, reason, proposed_by, proposed_us, until_us, confirmed_by FROM revocation \
         WHERE confirmed_by IS NULL AND until_us > $1 ORDER BY proposed_us, id LIMIT $2",
        now.unix_us(),
        OPEN_MAX,
    )?;
    rows.into_iter().map(Row::read).collect()
}

/// A second person confirms. The table itself refuses the first one.
pub async fn confirm_revocation(
    tx: &mut Tx,
    revocation: &Revocation,
    by: StaffId,
    now: Timestamp,
) -> Result<(), Error> {
    exec_one!(
        tx,
        "revocation",
        "UPDATE revocation SET confirmed_by = $2, confirmed_us = $3 WHERE id = $1 AND confirmed_by IS NULL",
        revocation.id.to_string(),
        by.to_string(),
        now.unix_us(),
    )
}
