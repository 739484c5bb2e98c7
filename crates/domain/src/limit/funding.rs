//! Where the money of an operation comes from.

use serde::{Deserialize, Serialize};

/// Where the money comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Funding {
    /// The balance.
    Balance,
    /// A bank card, the balance only looking on.
    BankCard,
}
