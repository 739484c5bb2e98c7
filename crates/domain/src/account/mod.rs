//! An account in three dimensions that do not depend on each other: its life, the identity behind it, and
//! its restrictions.
//!
//! The label that is shown is derived from all three and stored nowhere. Restrictions are a set: each has
//! its own reason and is lifted on its own, so ending one never ends another.

mod contact;
mod deadline;
mod dormancy;
mod label;
mod life;
mod locale;
mod restriction;

pub use crate::operation::{Operation, Permit};
pub use contact::{Contact, ContactKind, NotAContact};
pub use deadline::{Deadline, DeadlineRules, PauseReason};
pub use dormancy::{Activity, Dormancy, DormancyRules};
pub use label::{Identity, Label, label};
pub use life::{Closing, Closure, Life, LifeEvent, LifeRefusal, LifeRules, LifeStep};
pub use locale::Locale;
pub use restriction::{
    Held, LiftedBy, Restriction, RestrictionEffect, RestrictionRefusal, Restrictions, SetBy,
};
