//! The standing result on a person: issued by an approval, ended by the document, a renewal, or a person.
//!
//! It is apart from the application, which stays approved whatever becomes of the verification. Numbers V1
//! to V6 are those of the table of transitions. What is not listed there is refused.

mod timers;

pub use timers::{Due, Timer};

use crate::account::Restriction;
use crate::effect::Effect;
use crate::id::{PersonId, StaffId, VerificationId};
use crate::moment::{Calendar, Day, Timestamp};
use crate::notice::Notice;
use crate::policy;
use crate::reason::Code;
use serde::{Deserialize, Serialize};

/// What a verification rests on ends then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentTerm {
    /// `长期`: never.
    Unlimited,
    /// The last day on which the card is current.
    Until(Day),
    /// The last day of a temporary card; no grace follows.
    TemporaryUntil(Day),
}

/// The policy's values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Days of grace after the last day of a card.
    pub grace_days: u32,
    /// Reminders, days before the last day of a card.
    pub remind_days: Vec<u32>,
}

impl From<&policy::Rules> for Rules {
    fn from(rules: &policy::Rules) -> Self {
        Self {
            grace_days: rules.document.expired_grace_days,
            remind_days: rules.document.expiry_remind_days.clone(),
        }
    }
}

/// A verification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// Its id.
    pub id: VerificationId,
    /// On whom.
    pub person: PersonId,
    /// Until when the document is current.
    pub term: DocumentTerm,
    /// When it was issued.
    pub issued_at: Timestamp,
    standing: Standing,
}

/// How a verification stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The document is current.
    Valid,
    /// The document has ended; the level is kept for a while.
    Grace {
        /// The last day of it.
        until: Day,
    },
    /// The document ended too long ago.
    Lapsed {
        /// Since when.
        since: Timestamp,
    },
    /// Another one took its place.
    Superseded {
        /// Which.
        by: VerificationId,
    },
    /// A supervisor took it back.
    Revoked {
        /// When.
        at: Timestamp,
        /// Why.
        reason: Code,
    },
}

/// The names of the standings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StandingName {
    /// [`Standing::Valid`]
    Valid,
    /// [`Standing::Grace`]
    Grace,
    /// [`Standing::Lapsed`]
    Lapsed,
    /// [`Standing::Superseded`]
    Superseded,
    /// [`Standing::Revoked`]
    Revoked,
}

impl StandingName {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Grace => "grace",
            Self::Lapsed => "lapsed",
            Self::Superseded => "superseded",
            Self::Revoked => "revoked",
        }
    }
}

/// Two people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FourEyes {
    /// The supervisor.
    pub first: StaffId,
    /// The other one.
    pub second: StaffId,
}

/// What may happen to a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The last day of the document is over (V2).
    DocumentEnd,
    /// The last day of grace is over (V3).
    GraceEnd,
    /// A new approval took its place (V4).
    Renewed {
        /// The new verification.
        by: VerificationId,
        /// On whom.
        person: PersonId,
        /// After a change of information: the key of this person is linked to the new one.
        linked: bool,
    },
    /// It is taken back (V5).
    Revoke {
        /// Who decided.
        eyes: FourEyes,
        /// Why.
        reason: Code,
    },
    /// An appeal against that was upheld (V6).
    Reinstate {
        /// Who decided.
        eyes: FourEyes,
    },
}

impl Event {
    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DocumentEnd => "document_end",
            Self::GraceEnd => "grace_end",
            Self::Renewed { .. } => "renewed",
            Self::Revoke { .. } => "revoke",
            Self::Reinstate { .. } => "reinstate",
        }
    }
}

/// Why nothing happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("`{event}` is not possible in `{}`: {}", .standing.as_str(), .why.code())]
pub struct Illegal {
    /// The standing it met.
    pub standing: StandingName,
    /// The event.
    pub event: String,
    /// What stands against it.
    pub why: Refusal,
}

/// What stands against an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The table does not list this pair.
    NotListed,
    /// It is too early.
    TooEarly {
        /// When it is time.
        at: Timestamp,
    },
    /// The document has no end.
    NoEnd,
    /// The new one is on somebody else.
    OtherPerson,
    /// A second person must decide.
    SecondNeeded,
    /// The document is no longer current.
    DocumentEnded,
}

impl Refusal {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotListed => "transition_not_listed",
            Self::TooEarly { .. } => "too_early",
            Self::NoEnd => "document_has_no_end",
            Self::OtherPerson => "other_person",
            Self::SecondNeeded => "second_person_needed",
            Self::DocumentEnded => "document_ended",
        }
    }
}

/// What follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The verification afterwards.
    pub next: Verification,
    /// What must follow.
    pub effects: Vec<Effect>,
}

impl DocumentTerm {
    /// The last day, if there is one.
    pub const fn last_day(self) -> Option<Day> {
        match self {
            Self::Unlimited => None,
            Self::Until(day) | Self::TemporaryUntil(day) => Some(day),
        }
    }

    /// The first moment at which the document is no longer current.
    pub fn ends_at(self, calendar: &Calendar) -> Option<Timestamp> {
        self.last_day().map(|day| calendar.start_of(day.plus(1)))
    }

    const fn has_grace(self) -> bool {
        !matches!(self, Self::TemporaryUntil(_))
    }
}

impl Verification {
    /// Issues one, with the approval of an application (V1).
    pub const fn issue(id: VerificationId, person: PersonId, term: DocumentTerm, now: Timestamp) -> Self {
        Self { id, person, term, issued_at: now, standing: Standing::Valid }
    }

    /// How it stands.
    pub const fn standing(&self) -> &Standing {
        &self.standing
    }

    /// The name of how it stands.
    pub const fn standing_name(&self) -> StandingName {
        match self.standing {
            Standing::Valid => StandingName::Valid,
            Standing::Grace { .. } => StandingName::Grace,
            Standing::Lapsed { .. } => StandingName::Lapsed,
            Standing::Superseded { .. } => StandingName::Superseded,
            Standing::Revoked { .. } => StandingName::Revoked,
        }
    }

    /// The level it gives is kept: valid, or in grace.
    pub const fn counts(&self) -> bool {
        matches!(self.standing, Standing::Valid | Standing::Grace { .. })
    }

    /// What becomes due by itself, soonest first.
    pub fn timers(&self, rules: &Rules, calendar: &Calendar) -> Vec<Timer> {
        timers::timers(self.term, &self.standing, rules, calendar)
    }

    /// What an event makes of it.
    pub fn apply(
        mut self,
        event: Event,
        rules: &Rules,
        calendar: &Calendar,
        now: Timestamp,
    ) -> Result<Moved, Illegal> {
        let standing = self.standing_name();
        let (next, effects) = self.transit(event, rules, calendar, now).map_err(|why| Illegal {
            standing,
            event: event.name().to_owned(),
            why,
        })?;
        self.standing = next;
        Ok(Moved { next: self, effects })
    }

    fn transit(
        &self,
        event: Event,
        rules: &Rules,
        calendar: &Calendar,
        now: Timestamp,
    ) -> Result<(Standing, Vec<Effect>), Refusal> {
        match (&self.standing, event) {
            (Standing::Valid, Event::DocumentEnd) => {
                let last = self.term.last_day().ok_or(Refusal::NoEnd)?;
                not_before(calendar.start_of(last.plus(1)), now)?;
                if self.term.has_grace() {
                    let until = last.plus(rules.grace_days);
                    Ok((Standing::Grace { until }, vec![Effect::Notify(Notice::DocumentExpiredGrace)]))
                } else {
                    // A temporary card has no grace: V2 and V3 in one, without the notice of a grace.
                    Ok(lapse(now))
                }
            }
            (Standing::Grace { until }, Event::GraceEnd) => {
                not_before(calendar.start_of(until.plus(1)), now)?;
                Ok(lapse(now))
            }
            (
                Standing::Valid | Standing::Grace { .. } | Standing::Lapsed { .. },
                Event::Renewed { by, person, linked },
            ) => {
                if person != self.person && !linked {
                    return Err(Refusal::OtherPerson);
                }
                // Counters of limits belong to the person and are not touched.
                let effects = vec![
                    Effect::VerificationReplaced(self.id),
                    Effect::Lift(Restriction::DocumentExpired),
                    Effect::RecomputeLevel,
                ];
                Ok((Standing::Superseded { by }, effects))
            }
            (
                Standing::Valid | Standing::Grace { .. } | Standing::Lapsed { .. },
                Event::Revoke { eyes, reason },
            ) => {
                two_people(eyes)?;
                let effects = vec![
                    Effect::Restrict(Restriction::IdentityRevoked),
                    Effect::RecomputeLevel,
                    Effect::Notify(Notice::VerificationRevoked),
                ];
                Ok((Standing::Revoked { at: now, reason }, effects))
            }
            (Standing::Revoked { .. }, Event::Reinstate { eyes }) => {
                two_people(eyes)?;
                if self.term.ends_at(calendar).is_some_and(|end| end <= now) {
                    return Err(Refusal::DocumentEnded);
                }
                let effects = vec![
                    Effect::Lift(Restriction::IdentityRevoked),
                    Effect::RecomputeLevel,
                    Effect::Notify(Notice::AccountRestored),
                ];
                Ok((Standing::Valid, effects))
            }
            _ => Err(Refusal::NotListed),
        }
    }
}

fn lapse(now: Timestamp) -> (Standing, Vec<Effect>) {
    let effects = vec![
        Effect::Restrict(Restriction::DocumentExpired),
        Effect::RecomputeLevel,
        Effect::Notify(Notice::VerificationLapsed),
    ];
    (Standing::Lapsed { since: now }, effects)
}

fn not_before(at: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    if now < at { Err(Refusal::TooEarly { at }) } else { Ok(()) }
}

fn two_people(eyes: FourEyes) -> Result<(), Refusal> {
    if eyes.first == eyes.second { Err(Refusal::SecondNeeded) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
