//! Who may look at personal data for how long, and who did.

use crate::{Broken, Error, Tx};
use shiming_domain::id::{AccountId, CaseId, EventId, StaffId};
use shiming_domain::moment::Timestamp;

/// The right to look at the data of one case for one purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Its id.
    pub id: EventId,
    /// Of which case.
    pub case: CaseId,
    /// Whose right.
    pub staff: StaffId,
    /// What for.
    pub purpose: String,
    /// Since when.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

/// One look at one element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revealed {
    /// Its id.
    pub id: EventId,
    /// Under which grant.
    pub grant: Grant,
    /// Whose data.
    pub account: AccountId,
    /// Which element.
    pub element: String,
    /// When.
    pub at: Timestamp,
    /// Until when it stays open.
    pub until: Timestamp,
}

/// Writes a grant.
pub async fn insert_grant(tx: &mut Tx, grant: &Grant) -> Result<(), Error> {
    exec_one!(
        tx,
        "reveal_grant",
        "INSERT INTO reveal_grant (id, case_id, staff, purpose, from_us, until_us) VALUES ($1, $2, $3, $4, $5, $6)",
        grant.id.to_string(),
        grant.case.to_string(),
        grant.staff.to_string(),
        grant.purpose.as_str(),
        grant.from.unix_us(),
        grant.until.unix_us(),
    )
}

/// The live grant of this person, case and purpose.
pub async fn grant(
    tx: &mut Tx,
    case: CaseId,
    staff: StaffId,
    purpose: &str,
    now: Timestamp,
) -> Result<Option<Grant>, Error> {
    let row: Option<(String, i64, i64)> = fetch_optional!(
        tx,
        (String, i64, i64),
        "reveal_grant",
        "SELECT id, from_us, until_us FROM reveal_grant WHERE staff = $1 AND case_id = $2 AND purpose = $3 \
         AND until_us > $4 ORDER BY until_us DESC LIMIT 1",
        staff.to_string(),
        case.to_string(),
        purpose,
        now.unix_us(),
    )?;
    let Some((id, from_us, until_us)) = row else { return Ok(None) };
    let broken = |column| Broken::new("reveal_grant", column, id.clone());
    Ok(Some(Grant {
        id: id.parse().map_err(|_| broken("id"))?,
        case,
        staff,
        purpose: purpose.to_owned(),
        from: super::moment(from_us, broken("from_us"))?,
        until: super::moment(until_us, broken("until_us"))?,
    }))
}

/// Writes a look.
pub async fn insert_revealed(tx: &mut Tx, look: &Revealed) -> Result<(), Error> {
    exec_one!(
        tx,
        "reveal_log",
        "INSERT INTO reveal_log (id, grant_id, case_id, account, staff, purpose, element, at_us, until_us) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        look.id.to_string(),
        look.grant.id.to_string(),
        look.grant.case.to_string(),
        look.account.to_string(),
        look.grant.staff.to_string(),
        look.grant.purpose.as_str(),
        look.element.as_str(),
        look.at.unix_us(),
        look.until.unix_us(),
    )
}

/// How often this person has looked since a moment.
pub async fn revealed_since(tx: &mut Tx, staff: StaffId, since: Timestamp) -> Result<u32, Error> {
    let row: Option<(i64,)> = fetch_optional!(
        tx,
        (i64,),
        "reveal_log",
        "SELECT COUNT(*) FROM reveal_log WHERE staff = $1 AND at_us >= $2",
        staff.to_string(),
        since.unix_us(),
    )?;
    Ok(row.map_or(0, |(looks,)| u32::try_from(looks).unwrap_or(u32::MAX)))
}
