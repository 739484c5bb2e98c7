//! Who asks.

use shiming_domain::application;
use shiming_domain::case::Role;
use shiming_domain::id::{AccountId, ApplicationId, HandoffId, StaffId};
use shiming_domain::moment::Timestamp;
use shiming_store::audit::Actor;

/// How sure we are of who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// Nobody signed in.
    None,
    /// One factor.
    OneFactor,
    /// Two.
    TwoFactors,
}

/// What a machine's key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Begin and change applications.
    ApplicationsWrite,
    /// Read levels and entitlements.
    PersonsRead,
    /// Read personal data in full.
    PiiRead,
    /// Use limits.
    LimitsUse,
    /// See reasons by their inner codes.
    ReasonsInternal,
    /// Manage webhooks.
    WebhooksManage,
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// Nobody we know.
    Anyone,
    /// The owner of an account.
    Applicant {
        /// Which.
        account: AccountId,
        /// The id of the session.
        session: String,
    },
    /// A phone that was handed the pictures of one application, and nothing else.
    Phone {
        /// Whose application.
        account: AccountId,
        /// Which.
        application: ApplicationId,
        /// By which hand-off.
        handoff: HandoffId,
    },
    /// Somebody who works for the operator.
    Staff {
        /// Who.
        staff: StaffId,
        /// As what.
        role: Role,
        /// The id of the session.
        session: String,
    },
    /// A machine.
    Integrator {
        /// The id of the key.
        key: String,
        /// What it may do.
        scopes: Vec<Scope>,
        /// A key for real people.
        live: bool,
    },
    /// A job of ours.
    System,
}

/// Who asks, how sure we are, and within which request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Who.
    pub principal: Principal,
    /// How sure.
    pub strength: Strength,
    /// When a factor was last shown.
    pub verified_at: Option<Timestamp>,
    /// The request.
    pub request_id: Option<String>,
    /// A keyed hash of the network the request came from, for rates.
    pub network: Option<String>,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 6] = [
        Self::ApplicationsWrite,
        Self::PersonsRead,
        Self::PiiRead,
        Self::LimitsUse,
        Self::ReasonsInternal,
        Self::WebhooksManage,
    ];

    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ApplicationsWrite => "applications:write",
            Self::PersonsRead => "persons:read",
            Self::PiiRead => "pii:read",
            Self::LimitsUse => "limits:use",
            Self::ReasonsInternal => "reasons:internal",
            Self::WebhooksManage => "webhooks:manage",
        }
    }
}

impl Caller {
    /// A job of ours.
    pub fn system() -> Self {
        Self {
            principal: Principal::System,
            strength: Strength::None,
            verified_at: None,
            request_id: None,
            network: None,
        }
    }

    /// Nobody we know.
    pub fn anyone(request_id: Option<String>, network: Option<String>) -> Self {
        Self {
            principal: Principal::Anyone,
            strength: Strength::None,
            verified_at: None,
            request_id,
            network,
        }
    }

    /// The account, if its owner asks.
    pub fn account(&self) -> Option<AccountId> {
        match &self.principal {
            Principal::Applicant { account, .. } => Some(*account),
            _ => None,
        }
    }

    /// The member of staff and their role, if one asks.
    pub fn staff(&self) -> Option<(StaffId, Role)> {
        match &self.principal {
            Principal::Staff { staff, role, .. } => Some((*staff, *role)),
            _ => None,
        }
    }

    /// A machine's scope.
    pub fn has_scope(&self, scope: Scope) -> bool {
        matches!(&self.principal, Principal::Integrator { scopes, .. } if scopes.contains(&scope))
    }

    /// As audit rows name them.
    pub fn actor(&self) -> Actor {
        let (id, role) = match &self.principal {
            Principal::Anyone => ("anyone".to_owned(), "anyone".to_owned()),
            Principal::Applicant { account, .. } => (account.to_string(), "applicant".to_owned()),
            Principal::Phone { account, .. } => (account.to_string(), "phone".to_owned()),
            Principal::Staff { staff, role, .. } => (staff.to_string(), role.as_str().to_owned()),
            Principal::Integrator { key, .. } => (key.clone(), "integrator".to_owned()),
            Principal::System => ("system".to_owned(), "system".to_owned()),
        };
        let strength = match (&self.principal, self.strength) {
            (Principal::Integrator { .. }, _) => "key",
            (_, Strength::None) => "none",
            (_, Strength::OneFactor) => "one_factor",
            (_, Strength::TwoFactors) => "two_factors",
        };
        Actor { id, role, strength, request_id: self.request_id.clone() }
    }

    /// As transitions of applications name them; `None` for roles that have no part in them.
    pub fn application_actor(&self) -> Option<application::Actor> {
        Some(match &self.principal {
            Principal::Applicant { .. } | Principal::Phone { .. } => application::Actor::Applicant,
            Principal::Integrator { .. } => application::Actor::Integrator,
            Principal::System => application::Actor::System,
            Principal::Staff { staff, role, .. } => match role {
                Role::Support => application::Actor::Support(*staff),
                Role::Reviewer => application::Actor::Reviewer(*staff),
                Role::Supervisor => application::Actor::Supervisor(*staff),
                Role::Compliance | Role::Operator => return None,
            },
            Principal::Anyone => return None,
        })
    }
}
