//! Work for people: cases, who may hold them for how long, and how one is decided.

mod decision;
mod four_eyes;
mod kind;
mod lease;
mod queue;
mod sampling;
mod staff;
mod state;
mod transition;

pub use decision::{Decision, DecisionError, Opinion, Verdict};
pub use four_eyes::{
    ACTS, Circumstances, Enforced, PROPOSAL_LASTS_US, Proposal, ProposalError, second_needed,
};
pub use kind::CaseType;
pub use lease::{LEASES_PER_PERSON_MAX, Lease};
pub use queue::{Priority, Urgency, Waiting, next, urgency};
pub use sampling::{Sampled, sampled};
pub use staff::{Role, Staff};
pub use state::{Case, Effect, End, Event, HoldReason, Queue, Refused, State, Step};

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
