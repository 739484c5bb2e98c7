//! Who works on cases.

use serde::{Deserialize, Serialize};

/// A member of staff, by the opaque id of the account. Never a name or an address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StaffId(String);

/// Bytes of an id.
const ID_BYTES_MAX: usize = 64;

/// Why a text is no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id has 1 to {ID_BYTES_MAX} ASCII letters, digits or `_`")]
pub struct StaffIdError;

impl StaffId {
    /// The id as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for StaffId {
    type Error = StaffIdError;

    fn try_from(text: String) -> Result<Self, StaffIdError> {
        let known = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        let fits = (1..=ID_BYTES_MAX).contains(&text.len()) && text.bytes().all(known);
        if fits { Ok(Self(text)) } else { Err(StaffIdError) }
    }
}

impl From<StaffId> for String {
    fn from(id: StaffId) -> Self {
        id.0
    }
}

/// What a member of staff may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Tickets, information changes.
    Support,
    /// Applications and appeals.
    Reviewer,
    /// The same, what reviewers disagree on, and what they pass up.
    Supervisor,
    /// Watch-lists.
    Compliance,
    /// The installation. Decides no case.
    Operator,
}

/// A member of staff in the role that is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staff {
    /// Who.
    pub id: StaffId,
    /// As what.
    pub role: Role,
}
