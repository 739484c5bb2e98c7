//! What staff put on record: the reason of a hold.

use super::In;
use crate::{Broken, Error, Tx};
use shiming_domain::id::{AccountId, StaffId};
use shiming_domain::moment::Timestamp;
use shiming_vault::seal::Sealed;

/// A hold of the staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredHold {
    /// On this account.
    pub account: AccountId,
    /// Who set it.
    pub set_by: StaffId,
    /// The second person.
    pub second: Option<StaffId>,
    /// When.
    pub set_at: Timestamp,
    /// When it is reviewed.
    pub review_at: Timestamp,
    /// When it went to a supervisor by itself.
    pub escalated_at: Option<Timestamp>,
    /// When it was lifted.
    pub lifted_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct HoldRow {
    account: String,
    set_by: String,
    second: Option<String>,
    set_us: i64,
    review_us: i64,
    escalated_us: Option<i64>,
    lifted_us: Option<i64>,
    reason: Vec<u8>,
}

impl HoldRow {
    fn read(self) -> Result<(StoredHold, Sealed), Error> {
        let reason = Sealed::from_bytes(self.reason)
            .map_err(|_| Broken::new("staff_hold", "reason", self.account.clone()))?;
        let at = In { table: "staff_hold", id: &self.account };
        let hold = StoredHold {
            account: at.text("account", &self.account)?,
            set_by: at.text("set_by", &self.set_by)?,
            second: self.second.as_deref().map(|text| at.text("second", text)).transpose()?,
            set_at: at.time("set_us", self.set_us)?,
            review_at: at.time("review_us", self.review_us)?,
            escalated_at: at.time_or_none("escalated_us", self.escalated_us)?,
            lifted_at: at.time_or_none("lifted_us", self.lifted_us)?,
        };
        Ok((hold, reason))
    }
}

/// The latest hold on an account, in force or lifted.
pub async fn load_hold(tx: &mut Tx, account: AccountId) -> Result<Option<StoredHold>, Error> {
    let row = fetch_optional!(
        tx,
        HoldRow,
        "staff_hold",
        "SELECT account, set_by, second, set_us, review_us, escalated_us, lifted_us, reason \
         FROM staff_hold WHERE account = $1",
        account.to_string(),
    )?;
    Ok(row.map(HoldRow::read).transpose()?.map(|(hold, _)| hold))
}

/// Holds in force with their reasons, each sealed under the key of its account; the most urgent review first.
pub async fn holds(tx: &mut Tx, at_most: u32) -> Result<Vec<(StoredHold, Sealed)>, Error> {
    let rows: Vec<HoldRow> = fetch_all!(
        tx,
        HoldRow,
        "staff_hold",
        "SELECT account, set_by, second, set_us, review_us, escalated_us, lifted_us, reason \
         FROM staff_hold WHERE lifted_us IS NULL ORDER BY review_us, account LIMIT $1",
        i64::from(at_most),
    )?;
    rows.into_iter().map(HoldRow::read).collect()
}

/// Writes a hold, over an older one.
pub async fn save_hold(tx: &mut Tx, hold: &StoredHold, reason: &Sealed) -> Result<(), Error> {
    exec_one!(
        tx,
        "staff_hold",
        "INSERT INTO staff_hold (account, version, reason, set_by, second, set_us, review_us) \
         VALUES ($1, 1, $2, $3, $4, $5, $6) \
         ON CONFLICT (account) DO UPDATE SET version = staff_hold.version + 1, reason = excluded.reason, \
         set_by = excluded.set_by, second = excluded.second, set_us = excluded.set_us, \
         review_us = excluded.review_us, escalated_us = NULL, lifted_us = NULL",
        hold.account.to_string(),
        reason.as_bytes(),
        hold.set_by.to_string(),
        hold.second.map(|staff| staff.to_string()),
        hold.set_at.unix_us(),
        hold.review_at.unix_us(),
    )
}

/// A hold past its review goes to a supervisor, once. `false` if it went before.
pub async fn escalate_hold(tx: &mut Tx, account: AccountId, now: Timestamp) -> Result<bool, Error> {
    let rows = exec!(
        tx,
        "staff_hold",
        "UPDATE staff_hold SET version = version + 1, escalated_us = $2 \
         WHERE account = $1 AND escalated_us IS NULL AND lifted_us IS NULL AND review_us <= $2",
        account.to_string(),
        now.unix_us(),
    )?;
    Ok(rows == 1)
}

/// The hold was lifted; who held last stays known.
pub async fn end_hold(tx: &mut Tx, account: AccountId, now: Timestamp) -> Result<u64, Error> {
    exec!(
        tx,
        "staff_hold",
        "UPDATE staff_hold SET version = version + 1, lifted_us = $2 WHERE account = $1 AND lifted_us IS NULL",
        account.to_string(),
        now.unix_us(),
    )
}
