//! What was decided and how it held: the rows statistics are made of.

use super::word;
use crate::{Broken, Error, Tx};
use shiming_domain::case::{CaseType, Verdict};
use shiming_domain::id::{CaseId, StaffId};
use shiming_domain::moment::Timestamp;

/// Rows read at once; a period with more is too long.
const ROWS_MAX: i64 = 20_000;

/// What one person decided, once it took effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decided {
    /// Who.
    pub staff: StaffId,
    /// When the case was opened.
    pub opened_at: Timestamp,
    /// When this person decided.
    pub decided_at: Timestamp,
    /// Before the promise, or without one the target, was over.
    pub in_time: bool,
}

/// How a second look found a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LookedAt {
    /// Whose decision; none if the machine's.
    pub staff: Option<StaffId>,
    /// It came to the same.
    pub agreed: bool,
}

#[derive(sqlx::FromRow)]
struct DecidedRow {
    case_id: String,
    staff: String,
    opened_us: i64,
    decided_us: i64,
    in_time: bool,
}

#[derive(sqlx::FromRow)]
struct LookRow {
    look: String,
    staff: String,
    agreed: bool,
}

/// Remembers what a person decided. Again changes nothing.
pub async fn insert_decided(
    tx: &mut Tx,
    case: CaseId,
    (kind, verdict): (CaseType, Verdict),
    decided: &Decided,
) -> Result<(), Error> {
    exec!(
        tx,
        "case_decided",
        "INSERT INTO case_decided (case_id, staff, kind, verdict, opened_us, decided_us, in_time) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        case.to_string(),
        decided.staff.to_string(),
        word(&kind),
        word(&verdict),
        decided.opened_at.unix_us(),
        decided.decided_at.unix_us(),
        decided.in_time,
    )?;
    Ok(())
}

/// Remembers how a second look found a decision. Again changes nothing.
pub async fn insert_looked_at(
    tx: &mut Tx,
    look: CaseId,
    case: Option<CaseId>,
    found: LookedAt,
    at: Timestamp,
) -> Result<(), Error> {
    exec!(
        tx,
        "case_looked_at",
        "INSERT INTO case_looked_at (look, case_id, staff, agreed, at_us) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT DO NOTHING",
        look.to_string(),
        case.map(|id| id.to_string()),
        found.staff.map(|id| id.to_string()).unwrap_or_default(),
        found.agreed,
        at.unix_us(),
    )?;
    Ok(())
}

/// What was decided since, newest first.
pub async fn decided_since(tx: &mut Tx, since: Timestamp) -> Result<Vec<Decided>, Error> {
    let rows: Vec<DecidedRow> = fetch_all!(
        tx,
        DecidedRow,
        "case_decided",
        "SELECT case_id, staff, opened_us, decided_us, in_time FROM case_decided WHERE decided_us >= $1 \
         ORDER BY decided_us DESC LIMIT $2",
        since.unix_us(),
        ROWS_MAX,
    )?;
    rows.into_iter()
        .map(|row| {
            let broken = |column| Broken::new("case_decided", column, row.case_id.clone());
            Ok(Decided {
                staff: row.staff.parse().map_err(|_| broken("staff"))?,
                opened_at: super::moment(row.opened_us, broken("opened_us"))?,
                decided_at: super::moment(row.decided_us, broken("decided_us"))?,
                in_time: row.in_time,
            })
        })
        .collect()
}

/// How decisions were found since, newest first.
pub async fn looked_at_since(tx: &mut Tx, since: Timestamp) -> Result<Vec<LookedAt>, Error> {
    let rows: Vec<LookRow> = fetch_all!(
        tx,
        LookRow,
        "case_looked_at",
        "SELECT look, staff, agreed FROM case_looked_at WHERE at_us >= $1 ORDER BY at_us DESC LIMIT $2",
        since.unix_us(),
        ROWS_MAX,
    )?;
    rows.into_iter()
        .map(|row| {
            let named = Some(row.staff.as_str()).filter(|staff| !staff.is_empty());
            let staff = named.map(str::parse).transpose();
            let staff = staff.map_err(|_| Broken::new("case_looked_at", "staff", row.look.clone()))?;
            Ok(LookedAt { staff, agreed: row.agreed })
        })
        .collect()
}
