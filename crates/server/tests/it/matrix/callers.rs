//! Who calls.

use shiming_domain::case::Role;
use shiming_engine::service::Scope;
use shiming_server::access::{Row, Who as May};

/// A caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Nobody,
    /// The owner's password was right, and the second factor is still to be shown.
    Waiting,
    Owner,
    Other,
    /// A member of staff, with two factors or one.
    Staff(Role, bool),
    /// The key that made what can belong to a key.
    Key,
    OtherKey,
    /// A key with every scope but those that would do.
    WrongKey,
    /// The owner's cookie with the wrong key beside it: whoever sends a key means it.
    WrongKeyAndOwner,
}

/// Everybody, with short names for the grid.
pub(super) const CALLERS: [(&str, Who); 18] = [
    ("no", Who::Nobody),
    ("wa", Who::Waiting),
    ("ot", Who::Other),
    ("k-", Who::WrongKey),
    ("mx", Who::WrongKeyAndOwner),
    ("sp", Who::Staff(Role::Support, false)),
    ("re", Who::Staff(Role::Reviewer, false)),
    ("su", Who::Staff(Role::Supervisor, false)),
    ("co", Who::Staff(Role::Compliance, false)),
    ("op", Who::Staff(Role::Operator, false)),
    // Whoever may comes last, so that what they do is not done before the others ask.
    ("K+", Who::OtherKey),
    ("k+", Who::Key),
    ("Sp", Who::Staff(Role::Support, true)),
    ("Re", Who::Staff(Role::Reviewer, true)),
    ("Su", Who::Staff(Role::Supervisor, true)),
    ("Co", Who::Staff(Role::Compliance, true)),
    ("Op", Who::Staff(Role::Operator, true)),
    ("ow", Who::Owner),
];

impl Who {
    /// We know who it is, whatever they may.
    pub(super) fn is_known(self) -> bool {
        !matches!(self, Self::Nobody | Self::Waiting)
    }

    /// Whether a word of the table means them.
    pub(super) fn is(self, may: May, row: &Row) -> bool {
        match may {
            May::Anyone => true,
            // A phone is let in nowhere else; `handoffs` asks every route.
            May::Phone => false,
            May::Applicant => matches!(self, Self::Owner | Self::Other),
            May::Session => matches!(self, Self::Waiting | Self::Owner | Self::Other | Self::Staff(..)),
            May::Machine(scope) => {
                matches!(self, Self::Key | Self::OtherKey)
                    || (matches!(self, Self::WrongKey | Self::WrongKeyAndOwner)
                        && self.scopes(row).contains(&scope))
            }
            May::Staff(role) => self == Self::Staff(role, true),
        }
    }

    /// What their key may do on this route.
    pub(super) fn scopes(self, row: &Row) -> Vec<Scope> {
        let would_do = |scope: &Scope| row.who.contains(&May::Machine(*scope));
        match self {
            Self::Key | Self::OtherKey => Scope::ALL.to_vec(),
            Self::WrongKey | Self::WrongKeyAndOwner => {
                Scope::ALL.into_iter().filter(|scope| !would_do(scope)).collect()
            }
            _ => Vec::new(),
        }
    }
}
