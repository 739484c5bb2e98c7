//! Who works on cases.

use crate::id::StaffId;
use serde::{Deserialize, Serialize};

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

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] =
        [Self::Support, Self::Reviewer, Self::Supervisor, Self::Compliance, Self::Operator];

    /// From its stable name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }

    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Support => "support",
            Self::Reviewer => "reviewer",
            Self::Supervisor => "supervisor",
            Self::Compliance => "compliance",
            Self::Operator => "operator",
        }
    }
}

/// A member of staff in the role that is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Staff {
    /// Who.
    pub id: StaffId,
    /// As what.
    pub role: Role,
}
