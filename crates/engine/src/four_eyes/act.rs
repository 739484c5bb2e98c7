//! The table of acts that wait for a second person: what each is, and who may have a part in it.

use crate::account::key::NewKey;
use crate::account::staff::Invitation;
use crate::service::{Error, Scope};
use crate::source::PortalRecord;
use serde::{Deserialize, Serialize};
use shiming_domain::case::Role;
use shiming_domain::id::{AccountId, ApiKeyId};
use shiming_domain::personal::{Personal, full_view};
use shiming_domain::policy::FourEyes;

const OPERATORS: &[Role] = &[Role::Operator];
const RECORDERS: &[Role] = &[Role::Support, Role::Reviewer, Role::Supervisor];

/// What is to be done. Kept sealed, word for word, so that what is confirmed is what was proposed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Act {
    /// Somebody is to work here, in a role.
    InviteStaff {
        /// What colleagues call them.
        #[serde(with = "full_view")]
        name: Personal,
        /// Their mail address.
        #[serde(with = "full_view")]
        email: Personal,
        /// As what.
        role: Role,
    },
    /// A machine is to get a key.
    CreateKey {
        /// What the operator calls it.
        label: String,
        /// What it may do.
        scopes: Vec<String>,
        /// How many days it lasts.
        days: Option<u32>,
    },
    /// A key is to be replaced.
    RotateKey {
        /// Which.
        key: ApiKeyId,
    },
    /// What staff looked up by hand at an organisation's portal is to count as a channel.
    RecordPortal {
        /// Whose.
        account: AccountId,
        /// Whose portal.
        organisation: String,
        /// The organisation's reference of the query.
        reference: String,
    },
}

impl Act {
    /// The stable name of its kind.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::InviteStaff { .. } => "invite_staff",
            Self::CreateKey { .. } => "create_key",
            Self::RotateKey { .. } => "rotate_key",
            Self::RecordPortal { .. } => "record_portal",
        }
    }

    /// The rule of the policy that asks for the second person.
    pub const fn rule(&self) -> FourEyes {
        match self {
            Self::InviteStaff { .. } => FourEyes::StaffRoleChange,
            Self::CreateKey { .. } | Self::RotateKey { .. } => FourEyes::KeyChange,
            Self::RecordPortal { .. } => FourEyes::FaceToFaceRecord,
        }
    }

    /// Who may propose it, and who may confirm it.
    pub const fn roles(&self) -> &'static [Role] {
        match self {
            Self::InviteStaff { .. } | Self::CreateKey { .. } | Self::RotateKey { .. } => OPERATORS,
            Self::RecordPortal { .. } => RECORDERS,
        }
    }

    /// The kinds of acts that a role may have a part in.
    pub(super) const fn kinds_for(role: Role) -> &'static [&'static str] {
        match role {
            Role::Operator => &["invite_staff", "create_key", "rotate_key"],
            Role::Support | Role::Reviewer | Role::Supervisor => &["record_portal"],
            Role::Compliance => &[],
        }
    }

    /// Whether the only one of their role may act alone: otherwise an installation that begins with one
    /// operator could never have a second.
    pub(super) const fn may_be_alone(&self) -> bool {
        matches!(self.roles(), [Role::Operator])
    }

    pub(crate) fn inviting(invitation: &Invitation) -> Self {
        Self::InviteStaff {
            name: Personal::new(invitation.name.trim()),
            email: Personal::new(invitation.email.trim()),
            role: invitation.role,
        }
    }

    pub(crate) fn making(new: &NewKey) -> Self {
        let scopes = new.scopes.iter().map(|scope| scope.as_str().to_owned()).collect();
        Self::CreateKey { label: new.label.trim().to_owned(), scopes, days: new.days }
    }

    pub(crate) fn recording(record: &PortalRecord) -> Self {
        Self::RecordPortal {
            account: record.account,
            organisation: record.organisation.trim().to_owned(),
            reference: record.reference.trim().to_owned(),
        }
    }
}

/// Scopes by name, as an act has them.
pub(super) fn scopes(names: &[String]) -> Result<Vec<Scope>, Error> {
    let scope = |name: &String| Scope::ALL.into_iter().find(|scope| scope.as_str() == name);
    names.iter().map(scope).collect::<Option<_>>().ok_or(Error::Internal("proposal_scope"))
}
