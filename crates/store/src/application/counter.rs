//! Values of counters.

use super::columns::Place;
use crate::{Error, Tx};
use shiming_domain::counters::{Counter, Tally};
use std::collections::BTreeMap;

#[derive(sqlx::FromRow)]
struct Row {
    count: i64,
    first_us: i64,
    last_us: i64,
}

#[derive(sqlx::FromRow)]
struct Named {
    counter: String,
    scope: String,
    #[sqlx(flatten)]
    row: Row,
}

impl Row {
    fn tally(&self, scope: &str) -> Result<Option<Tally>, Error> {
        if self.count == 0 {
            return Ok(None);
        }
        let place = Place { table: "tally", id: scope };
        Ok(Some(Tally {
            count: place.number("count", self.count)?,
            first_at: place.time("first_us", self.first_us)?,
            last_at: place.time("last_us", self.last_us)?,
        }))
    }
}

/// Every counter of these scopes, by name and scope.
pub async fn tallies(tx: &mut Tx, scopes: [&str; 3]) -> Result<BTreeMap<(String, String), Tally>, Error> {
    let [first, second, third] = scopes;
    let rows: Vec<Named> = fetch_all!(
        tx,
        Named,
        "tally",
        "SELECT counter, scope, count, first_us, last_us FROM tally WHERE scope IN ($1, $2, $3) LIMIT 100",
        first,
        second,
        third,
    )?;
    let mut tallies = BTreeMap::new();
    for Named { counter, scope, row } in rows {
        if let Some(tally) = row.tally(&scope)? {
            tallies.insert((counter, scope), tally);
        }
    }
    Ok(tallies)
}

/// Reads a counter and holds it until the transaction ends, so that two that count at once both count.
pub async fn lock_tally(tx: &mut Tx, counter: Counter, scope: &str) -> Result<Option<Tally>, Error> {
    let row: Option<Row> = fetch_optional!(
        tx,
        Row,
        "tally",
        "INSERT INTO tally (counter, scope, count, first_us, last_us) VALUES ($1, $2, 0, 0, 0) \
         ON CONFLICT (counter, scope) DO UPDATE SET count = tally.count RETURNING count, first_us, last_us",
        counter.as_str(),
        scope,
    )?;
    row.map_or(Ok(None), |row| row.tally(scope))
}

/// Writes a counter that was locked.
pub async fn keep_tally(tx: &mut Tx, counter: Counter, scope: &str, tally: &Tally) -> Result<(), Error> {
    exec_one!(
        tx,
        "tally",
        "UPDATE tally SET count = $3, first_us = $4, last_us = $5 WHERE counter = $1 AND scope = $2",
        counter.as_str(),
        scope,
        i64::from(tally.count),
        tally.first_at.unix_us(),
        tally.last_at.unix_us(),
    )
}

/// A success ends the row of failures.
pub async fn end_row(tx: &mut Tx, counter: Counter, scope: &str) -> Result<u64, Error> {
    exec!(tx, "tally", "DELETE FROM tally WHERE counter = $1 AND scope = $2", counter.as_str(), scope,)
}
