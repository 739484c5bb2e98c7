//! Which case comes next: in the order of `domain::case::urgency`, with which a test compares it.

use super::queue::Audience;
use super::row::{Row, StoredCase, columns};
use crate::{Error, Tx};
use shiming_domain::case::Role;
use shiming_domain::id::StaffId;
use shiming_domain::moment::Timestamp;

/// What this person ($5) may take now ($1).
macro_rules! may_take {
    ($case:literal) => {
        concat!(
            " state IN ('open', 'claimed', 'second_review') AND lease_until_us <= $1 \
             AND NOT EXISTS (SELECT 1 FROM case_barred b WHERE b.case_id = ",
            $case,
            ".id AND b.staff = $5) "
        )
    };
}

/// The order of `domain::case::urgency`, of which the first is taken.
macro_rules! order {
    () => {
        " ORDER BY calm, (due_us > $1), warm, priority, (known_to IS DISTINCT FROM $5), due_us, id LIMIT 1"
    };
}

/// The first cases of a group by their dates, from an index.
///
/// The priority is a range of one, and the order begins with it, so that only the index of the group has that order:
/// with an equality PostgreSQL would read all that wait by date instead, and that once for each group that is empty.
macro_rules! firsts {
    ($condition:literal, $limit:literal) => {
        concat!(
            "SELECT w.id FROM case_item w WHERE w.audience = g.audience AND w.calm = g.calm \
             AND w.warm = g.warm AND w.priority BETWEEN g.priority AND g.priority AND",
            $condition,
            may_take!("w"),
            "ORDER BY w.priority, w.due_us, w.id LIMIT ",
            $limit
        )
    };
}

/// A case whose order is the first of all is the first of its group by date, for whoever is late has the earlier
/// dates, or the first of those in it that are known: so the first of all is found without sorting whoever waits.
macro_rules! sql {
    ($groups:literal, $open:literal, $close:literal, $limit:literal, $lock:literal) => {
        concat!(
            "WITH g AS (",
            $groups,
            ") SELECT ",
            columns!(),
            " FROM case_item c WHERE audience IN ($2, $3, $4) AND",
            may_take!("c"),
            "AND id IN (",
            $open,
            firsts!("", $limit),
            $close,
            " UNION ALL ",
            $open,
            firsts!(" w.known_to = $5 AND", $limit),
            $close,
            ")",
            order!(),
            $lock
        )
    };
}

/// SQLite has one writer: the first of each group is enough.
const SQLITE: &str = sql!(
    "SELECT * FROM (SELECT $2 AS audience UNION SELECT $3 UNION SELECT $4), \
     (SELECT FALSE AS calm UNION ALL SELECT TRUE), (SELECT FALSE AS warm UNION ALL SELECT TRUE), \
     (SELECT 1 AS priority UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4)",
    "SELECT (",
    ") FROM g",
    "1",
    ""
);

/// PostgreSQL: whoever asks at the same moment gets the one after, of which some are at hand.
const POSTGRES: &str = sql!(
    "SELECT * FROM (SELECT $2::text AS audience UNION SELECT $3::text UNION SELECT $4::text) a, \
     (VALUES (FALSE), (TRUE)) b (calm), (VALUES (FALSE), (TRUE)) c (warm), (VALUES (1), (2), (3), (4)) d (priority)",
    "SELECT f.id FROM g CROSS JOIN LATERAL (",
    ") f",
    "8",
    " FOR UPDATE OF c SKIP LOCKED"
);

/// All that wait, for when all at hand were locked.
const POSTGRES_ALL: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM case_item c WHERE audience IN ($2, $3, $4) AND",
    may_take!("c"),
    order!(),
    " FOR UPDATE OF c SKIP LOCKED"
);

/// The most urgent case this person may take now, locked until the transaction ends.
pub async fn next(
    tx: &mut Tx,
    staff: StaffId,
    role: Role,
    now: Timestamp,
) -> Result<Option<StoredCase>, Error> {
    let statements: &[&'static str] = if tx.is_postgres() { &[POSTGRES, POSTGRES_ALL] } else { &[SQLITE] };
    let [first, second, third] = Audience::of_role(role);
    for &sql in statements {
        let row: Option<Row> = fetch_optional!(
            tx,
            Row,
            "case_item",
            sql,
            now.unix_us(),
            first,
            second,
            third,
            staff.to_string(),
        )?;
        if let Some(row) = row {
            return row.read().map(Some);
        }
    }
    Ok(None)
}
