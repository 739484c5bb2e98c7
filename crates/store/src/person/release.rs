//! Numbers that are somebody else's now.

use crate::{Error, Tx};
use shiming_domain::counters::IdIndex;

/// Lets a number lead to nobody: the row that had it is found by `nothing` instead, which is no number's index.
pub async fn release_number(tx: &mut Tx, number: IdIndex, nothing: IdIndex) -> Result<(), Error> {
    exec_one!(
        tx,
        "person",
        "UPDATE person SET number_index = $2 WHERE number_index = $1",
        number.0.as_slice(),
        nothing.0.as_slice(),
    )
}
