//! What waits for whom, and who holds what.

use super::row::{Row, StoredCase, columns};
use crate::{Error, Tx};
use shiming_domain::case::{CaseType, Queue, Role};
use shiming_domain::id::{CaseId, StaffId};
use shiming_domain::moment::Timestamp;

/// Who looks into which part of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Reviewers and supervisors.
    Review,
    /// They and support: information changes.
    Change,
    /// Supervisors.
    Arbiter,
    /// Compliance.
    Compliance,
}

impl Audience {
    /// Whose work a case is.
    pub const fn of(kind: CaseType, queue: Queue) -> Self {
        match (kind, queue) {
            (CaseType::Screening, _) => Self::Compliance,
            (_, Queue::Arbiter) => Self::Arbiter,
            (CaseType::InfoChange, Queue::Ordinary) => Self::Change,
            (_, Queue::Ordinary) => Self::Review,
        }
    }

    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Review => "review",
            Self::Change => "change",
            Self::Arbiter => "arbiter",
            Self::Compliance => "compliance",
        }
    }

    /// The parts a role looks into, three names; unused ones are empty.
    pub(super) const fn of_role(role: Role) -> [&'static str; 3] {
        match role {
            Role::Support => [Self::Change.as_str(), "", ""],
            Role::Reviewer => [Self::Review.as_str(), Self::Change.as_str(), ""],
            Role::Supervisor => [Self::Review.as_str(), Self::Change.as_str(), Self::Arbiter.as_str()],
            Role::Compliance => [Self::Compliance.as_str(), "", ""],
            Role::Operator => ["", "", ""],
        }
    }
}

/// What part of the cases is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Not taken and not put aside.
    Waiting,
    /// Held by the one who asks.
    Mine,
    /// Put aside.
    OnHold,
    /// Most of the promised time is used.
    Alarmed,
    /// Done.
    Closed,
}

/// Cases in the order of their dates, after a place.
pub async fn list(
    tx: &mut Tx,
    view: View,
    staff: StaffId,
    role: Role,
    after: Option<(Timestamp, CaseId)>,
    limit: u32,
    now: Timestamp,
) -> Result<Vec<StoredCase>, Error> {
    macro_rules! sql {
        ($condition:literal) => {
            concat!(
                "SELECT ",
                columns!(),
                " FROM case_item WHERE ",
                $condition,
                " AND audience IN ($1, $2, $3) \
                 AND (due_us, id) > ($6, $7) ORDER BY due_us, id LIMIT $8"
            )
        };
    }
    // One list of values serves all views: each of them names staff and time.
    let sql = match view {
        View::Waiting => {
            sql!("state IN ('open', 'claimed', 'second_review') AND $4 <> '' AND lease_until_us <= $5")
        }
        View::Mine => sql!("lease_owner = $4 AND lease_until_us > $5 AND state <> 'closed'"),
        View::OnHold => sql!("state = 'on_hold' AND $4 <> '' AND opened_us <= $5"),
        View::Alarmed => sql!("alarmed AND state <> 'closed' AND $4 <> '' AND opened_us <= $5"),
        View::Closed => sql!("state = 'closed' AND $4 <> '' AND ended_us <= $5"),
    };
    let [first, second, third] = Audience::of_role(role);
    let (due_us, id) = after.map_or((i64::MIN, String::new()), |(due, id)| (due.unix_us(), id.to_string()));
    let rows: Vec<Row> = fetch_all!(
        tx,
        Row,
        "case_item",
        sql,
        first,
        second,
        third,
        staff.to_string(),
        now.unix_us(),
        due_us,
        id,
        i64::from(limit),
    )?;
    rows.into_iter().map(Row::read).collect()
}

/// Locks this person's row until the transaction ends, so that two requests of one person cannot both take the
/// last place. Answers how many cases the person has decided.
pub async fn lock_worker(tx: &mut Tx, staff: StaffId) -> Result<u32, Error> {
    let row: Option<(i64,)> = fetch_optional!(
        tx,
        (i64,),
        "case_worker",
        "INSERT INTO case_worker (staff, decided) VALUES ($1, 0) \
         ON CONFLICT (staff) DO UPDATE SET decided = case_worker.decided RETURNING decided",
        staff.to_string(),
    )?;
    Ok(row.map_or(0, |(decided,)| u32::try_from(decided).unwrap_or(u32::MAX)))
}

/// How many cases this person holds now.
pub async fn held(tx: &mut Tx, staff: StaffId, now: Timestamp) -> Result<u32, Error> {
    let row: Option<(i64,)> = fetch_optional!(
        tx,
        (i64,),
        "case_item",
        "SELECT COUNT(*) FROM case_item WHERE lease_owner = $1 AND lease_until_us > $2",
        staff.to_string(),
        now.unix_us(),
    )?;
    Ok(row.map_or(0, |(held,)| u32::try_from(held).unwrap_or(u32::MAX)))
}

/// Counts a decided case of this person.
pub async fn worked(tx: &mut Tx, staff: StaffId) -> Result<(), Error> {
    exec_one!(
        tx,
        "case_worker",
        "UPDATE case_worker SET decided = decided + 1 WHERE staff = $1",
        staff.to_string(),
    )
}
