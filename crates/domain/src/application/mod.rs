//! The life of an application, as a pure state machine.
//!
//! [`Application::create`] and [`Application::apply`] take what happened and the time, and answer with the
//! next state and its effects, or with a typed refusal. A pair of state and event that the table of
//! transitions does not list is refused and changes nothing, and so is a listed one whose guard does not
//! hold: guards are evaluated here, from facts in the state and in the event, never by the caller.
//!
//! Three things are true of every application, whatever happens to it: an approved one has a form, a
//! document, and a live selfie match or the recorded way with a person ([`Proof`] is built nowhere else);
//! an approved, expired or withdrawn one never moves again, and a rejected one moves only by `reopen`; an
//! event with an id that was seen before does nothing.

mod approval;
mod decided;
mod event;
mod illegal;
mod recent;
mod review;
mod row;
mod rules;
mod state;
mod timers;
mod transit;

pub use approval::{DocumentProof, FaceProof, HumanRoute, Proof, Route};
pub use event::{
    Actor, Ask, AskHuman, AskReason, Event, EventKind, EventName, New, ReopenCause, Review, ReviewCause,
    Second, WithdrawReason,
};
pub use illegal::{Illegal, Refusal};
pub use recent::Recent;
pub use review::{asks, asks_for};
pub use row::Row;
pub use rules::Rules;
pub use state::{Attempt, Findings, State, StateName};
pub use timers::{Due, Timer};

use crate::effect::Effect;
use crate::id::{AccountId, ApplicationId, StaffId};
use crate::moment::Timestamp;
use crate::notice::Notice;
use recent::Recall;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What an application is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To be verified for the first time.
    First,
    /// To reach a higher level.
    Upgrade,
    /// A new document of the same person.
    Renewal,
    /// Name or number changed.
    InfoChange,
    /// To be verified again.
    Reverify,
}

/// One application: what never changes about it, and its state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// Its id.
    pub id: ApplicationId,
    /// Whose it is.
    pub account: AccountId,
    /// What for.
    pub purpose: Purpose,
    /// The level asked for.
    pub requested_level: u8,
    /// When it was begun.
    pub created_at: Timestamp,
    state: State,
    rejected_by: BTreeSet<StaffId>,
    recent: Recent,
}

/// What a transition leads to. Called so because a step is something the applicant does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The application afterwards.
    pub next: Application,
    /// What must follow, in this order.
    pub effects: Vec<Effect>,
    /// The row of the table that applied; none if the event was a repetition and nothing happened.
    pub row: Option<Row>,
}

impl Application {
    /// Begins an application (transition 1): no other one is open on the account, the counter of ended ones
    /// has room, and region and age are supported.
    pub fn create(event: Event, rules: &Rules, now: Timestamp) -> Result<Moved, Illegal> {
        let name = event.kind.name();
        let illegal = |why| Illegal { state: StateName::None, event: name, why };
        let EventKind::Create(new) = event.kind else { return Err(illegal(Refusal::NotListed)) };
        transit::may_create(&new, event.by, rules).map_err(illegal)?;
        let mut recent = Recent::default();
        recent.remember(event.id);
        let next = Self {
            id: new.id,
            account: new.account,
            purpose: new.purpose,
            requested_level: new.requested_level,
            created_at: now,
            state: State::begin(new.channel_required, now),
            rejected_by: BTreeSet::new(),
            recent,
        };
        Ok(Moved { next, effects: Vec::new(), row: Some(Row::Create) })
    }

    /// What an event makes of the application.
    pub fn apply(mut self, event: Event, rules: &Rules, now: Timestamp) -> Result<Moved, Illegal> {
        let (state, name) = (self.state.name(), event.kind.name());
        let illegal = |why| Illegal { state, event: name, why };
        match self.recent.recall(event.id) {
            Recall::Repeated => return Ok(Moved { next: self, effects: Vec::new(), row: None }),
            Recall::TooOld => return Err(illegal(Refusal::EventTooOld)),
            Recall::New => {}
        }
        let id = event.id;
        let Transit { next, mut effects, row } =
            transit::transit(self.id, self.state, &self.rejected_by, event, rules, now).map_err(illegal)?;
        self.recent.remember(id);
        if let State::Rejected { reviewers, .. } = &next {
            self.rejected_by.extend(reviewers);
        }
        // Approving is what applies a change; nothing leaves that state again.
        if self.purpose == Purpose::InfoChange && matches!(next, State::Approved { .. }) {
            effects.push(Effect::Notify(Notice::InfoChangeDone));
        }
        self.state = next;
        Ok(Moved { next: self, effects, row: Some(row) })
    }

    /// Its state.
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// Who has rejected it. They never decide it again, however often it is opened again or sent back.
    pub const fn rejected_by(&self) -> &BTreeSet<StaffId> {
        &self.rejected_by
    }

    /// What becomes due by itself, soonest first.
    pub fn timers(&self, rules: &Rules) -> Vec<Timer> {
        timers::timers(&self.state, rules)
    }
}

/// The inner answer of a transition.
struct Transit {
    next: State,
    effects: Vec<Effect>,
    row: Row,
}

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod guards;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod review_guards;
