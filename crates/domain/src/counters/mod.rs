//! Counters of tries: each step has its own, and they never share.
//!
//! A counter's value is a [`Tally`]; the store keeps one per counter and scope (application, account, index
//! of an ID number). Whether there is room ([`Rule::standing`]) and what one more makes of it
//! ([`Rule::count`]) are pure functions of the tally and the time. What counts is in [`Happening::counts`].

mod happening;
mod ids;
mod recent;

pub use happening::Happening;
pub use ids::{IdIndex, IdSeen, ids_standing, is_correction};
pub use recent::recent_standing;

use crate::moment::{Calendar, Span, Timestamp};
use crate::policy;
use crate::reason::Step;
use serde::{Deserialize, Serialize};

/// The window of the two counters that look back over 30 days.
pub const LOOK_BACK: Span = Span::days(30);

macro_rules! counters {
    ($($(#[$doc:meta])* $variant:ident = $text:literal,)+) => {
        /// The counters.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Counter {
            $(
                $(#[$doc])*
                #[serde(rename = $text)]
                $variant,
            )+
        }

        impl Counter {
            /// Every counter.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable name.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }
    };
}

counters! {
    /// Uploads of the portrait side that the instant gate refused, in one application, within hours.
    PortraitSideTries = "portrait_side_tries",
    /// The same for the emblem side.
    EmblemSideTries = "emblem_side_tries",
    /// Refusals of the portrait side in a row for blur, light, glare, shadow or angle.
    PortraitSideSoft = "portrait_side_soft",
    /// The same for the emblem side.
    EmblemSideSoft = "emblem_side_soft",
    /// Failed selfie challenges in a row, in one application.
    SelfieTries = "selfie_tries",
    /// Failed selfie challenges of one ID number on one day.
    SelfieTriesPerId = "selfie_tries_per_id",
    /// Wrong name or number found after submitting, per account and day.
    FormTries = "form_tries",
    /// The same per ID number and day.
    FormTriesPerId = "form_tries_per_id",
    /// Attempts of one application.
    Submits = "submits",
    /// Distinct ID numbers of one account within 30 days.
    IdsPerAccount = "ids_per_account",
    /// Applications of one account that ended rejected or expired within 30 days.
    Applications = "applications",
    /// Paid queries of one application on one day.
    SourceCalls = "source_calls",
}

/// Whose counter it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// One application.
    Application,
    /// One account, whatever its applications.
    Account,
    /// One ID number, whatever the account.
    IdNumber,
}

/// When a tally starts anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// So long after the first of it.
    For(Span),
    /// At the next success, or so long after the last of it.
    InRow(Option<Span>),
    /// With the operator's next day.
    Day,
    /// Each leaves so long after it happened.
    Sliding(Span),
    /// Never.
    Always,
}

/// What follows when a counter is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenFull {
    /// The step is locked until the window ends; a person may be asked.
    Locked,
    /// The step stays open, and a person is offered: the photo is taken, the attempt must go to review.
    PersonOffered,
    /// Nothing is left but asking a person.
    OnlyPerson,
    /// `ACC_RISK_PATTERN`; nothing is refused.
    RiskPattern,
    /// A source's earlier answer is used again, or a person looks.
    ReuseOrReview,
}

/// A counter's limit and window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Full at so many; 0 is always full.
    pub limit: u32,
    /// When it starts anew.
    pub window: Window,
    /// What then.
    pub when_full: WhenFull,
}

/// The value of a counter. No tally means nothing was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// How many; never above the limit it was counted under.
    pub count: u32,
    /// When the first of them happened.
    pub first_at: Timestamp,
    /// When the last of them happened.
    pub last_at: Timestamp,
}

/// How a counter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// There is room.
    Free {
        /// For so many more.
        left: u32,
    },
    /// There is none.
    Full {
        /// What follows.
        then: WhenFull,
        /// Until when, if time helps.
        until: Option<Timestamp>,
    },
}

impl Standing {
    /// Whether the step may be tried. A counter that only offers a person, or only marks a pattern, never
    /// closes a step.
    pub const fn is_open(self) -> bool {
        match self {
            Self::Free { .. } => true,
            Self::Full { then, .. } => !then.refuses(),
        }
    }

    /// Whether the limit is reached, whatever follows from it.
    pub const fn is_full(self) -> bool {
        matches!(self, Self::Full { .. })
    }
}

impl WhenFull {
    /// Whether one more is refused.
    pub const fn refuses(self) -> bool {
        match self {
            Self::Locked | Self::OnlyPerson | Self::ReuseOrReview => true,
            Self::PersonOffered | Self::RiskPattern => false,
        }
    }
}

/// One more is refused; nothing was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this counter is full")]
pub struct Full {
    /// What follows.
    pub then: WhenFull,
    /// Until when, if time helps.
    pub until: Option<Timestamp>,
}

impl Rule {
    /// The rule of a counter under a policy.
    pub fn of(counter: Counter, rules: &policy::Rules) -> Self {
        let tries = &rules.tries;
        let rule = |limit, window, when_full| Self { limit, window, when_full };
        match counter {
            Counter::PortraitSideTries | Counter::EmblemSideTries => rule(
                tries.side_uploads_refused_max,
                Window::For(Span::hours(tries.side_window_h)),
                WhenFull::Locked,
            ),
            Counter::PortraitSideSoft | Counter::EmblemSideSoft => rule(
                tries.soft_quality_fails_before_human_offer,
                Window::InRow(None),
                WhenFull::PersonOffered,
            ),
            Counter::SelfieTries => rule(
                tries.selfie_fails_in_row_max,
                Window::InRow(Some(Span::minutes(tries.selfie_pause_min))),
                WhenFull::Locked,
            ),
            Counter::SelfieTriesPerId => {
                rule(tries.selfie_fails_per_id_day_max, Window::Day, WhenFull::Locked)
            }
            Counter::FormTries | Counter::FormTriesPerId => {
                rule(tries.form_mismatch_per_day_max, Window::Day, WhenFull::Locked)
            }
            Counter::Submits => rule(tries.submits_per_application_max, Window::Always, WhenFull::OnlyPerson),
            Counter::IdsPerAccount => {
                rule(tries.ids_per_account_30_days_max, Window::Sliding(LOOK_BACK), WhenFull::RiskPattern)
            }
            Counter::Applications => {
                rule(tries.ended_applications_30_days_max, Window::Sliding(LOOK_BACK), WhenFull::Locked)
            }
            Counter::SourceCalls => {
                rule(rules.channels.calls_per_application_day_max, Window::Day, WhenFull::ReuseOrReview)
            }
        }
    }

    /// How the counter stands.
    pub fn standing(self, tally: Option<Tally>, calendar: &Calendar, now: Timestamp) -> Standing {
        let live = self.live(tally, calendar, now);
        let left = self.limit.saturating_sub(live.map_or(0, |tally| tally.count));
        if left > 0 {
            return Standing::Free { left };
        }
        Standing::Full { then: self.when_full, until: live.and_then(|tally| self.ends(tally, calendar)) }
    }

    /// Counts one more. At the limit a counter that refuses says so and keeps its value; one that does not
    /// refuse stays at its limit.
    pub fn count(self, tally: Option<Tally>, calendar: &Calendar, now: Timestamp) -> Result<Tally, Full> {
        let live = self.live(tally, calendar, now);
        match self.standing(live, calendar, now) {
            Standing::Full { then, until } if then.refuses() => Err(Full { then, until }),
            standing => {
                let before = live.map_or(0, |tally| tally.count);
                let more = u32::from(!standing.is_full());
                let first_at = live.map_or(now, |tally| tally.first_at);
                Ok(Tally { count: before.saturating_add(more), first_at, last_at: now })
            }
        }
    }

    /// What a success leaves: nothing of a row, everything of the rest.
    pub fn after_success(self, tally: Option<Tally>) -> Option<Tally> {
        if matches!(self.window, Window::InRow(_)) { None } else { tally }
    }

    /// The tally, unless its window is over.
    fn live(self, tally: Option<Tally>, calendar: &Calendar, now: Timestamp) -> Option<Tally> {
        let tally = tally?;
        // The pause after a row counts only once the row is full; a shorter row waits for a success.
        if matches!(self.window, Window::InRow(_)) && tally.count < self.limit {
            return Some(tally);
        }
        let over = self.ends(tally, calendar).is_some_and(|end| end <= now);
        (!over).then_some(tally)
    }

    /// The first moment after the window.
    fn ends(self, tally: Tally, calendar: &Calendar) -> Option<Timestamp> {
        match self.window {
            Window::For(span) => Some(tally.first_at + span),
            Window::InRow(pause) => pause.map(|pause| tally.last_at + pause),
            Window::Day => Some(calendar.next_day(tally.last_at)),
            Window::Sliding(span) => Some(tally.last_at + span),
            Window::Always => None,
        }
    }
}

impl Counter {
    /// The counters that must have room before a step is tried; those that only offer a person are asked
    /// for as well.
    pub const fn of_step(step: Step) -> &'static [Self] {
        match step {
            Step::PortraitSide => &[Self::PortraitSideTries, Self::PortraitSideSoft],
            Step::EmblemSide => &[Self::EmblemSideTries, Self::EmblemSideSoft],
            Step::Selfie => &[Self::SelfieTries, Self::SelfieTriesPerId],
            Step::Form => &[Self::FormTries, Self::FormTriesPerId],
            Step::Consent | Step::Channel | Step::Evidence => &[],
        }
    }

    /// Whose it is.
    pub const fn scope(self) -> Scope {
        match self {
            Self::PortraitSideTries
            | Self::EmblemSideTries
            | Self::PortraitSideSoft
            | Self::EmblemSideSoft
            | Self::SelfieTries
            | Self::Submits
            | Self::SourceCalls => Scope::Application,
            Self::FormTries | Self::IdsPerAccount | Self::Applications => Scope::Account,
            Self::SelfieTriesPerId | Self::FormTriesPerId => Scope::IdNumber,
        }
    }
}

#[cfg(test)]
mod tests;
