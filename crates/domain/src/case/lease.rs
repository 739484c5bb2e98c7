//! The exclusive right to decide a case, for a while.

use crate::id::StaffId;
use serde::{Deserialize, Serialize};

/// Cases one person may hold at once.
pub const LEASES_PER_PERSON_MAX: u32 = 3;

/// Who holds a case until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lease {
    /// Who.
    pub holder: StaffId,
    /// Fencing token: grows with every lease of the case, so a late answer to an old one is known as such.
    pub token: u64,
    /// Microseconds UTC; at this moment it is over.
    pub until_us: i64,
}

impl Lease {
    /// Whether it still holds.
    pub fn is_live(&self, now_us: i64) -> bool {
        now_us < self.until_us
    }
}
