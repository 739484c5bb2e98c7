//! The life of an account: contact to be confirmed, active, closing, closed.

use crate::effect::Effect;
use crate::moment::{Span, Timestamp};
use crate::policy;
use serde::{Deserialize, Serialize};

/// An account whose contact nobody confirms is removed after so long.
const UNCONFIRMED_KEPT: Span = Span::days(7);

/// Where an account is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Life {
    /// Waits for the code sent to its contact.
    PendingContact {
        /// When it was registered.
        since: Timestamp,
    },
    /// In use.
    Active {
        /// When its contact was confirmed.
        opened_at: Timestamp,
    },
    /// About to be closed; the person may still change their mind.
    Closing {
        /// When its contact was confirmed.
        opened_at: Timestamp,
        /// When closing was asked for.
        since: Timestamp,
    },
    /// Closed, for good.
    Closed {
        /// When.
        at: Timestamp,
        /// How.
        closure: Closure,
    },
}

/// How an account was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closure {
    /// The person asked for it.
    Requested,
    /// Its contact was never confirmed.
    Unconfirmed,
}

/// What happens to an account's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LifeEvent {
    /// The code was right.
    ConfirmContact,
    /// Nobody confirmed it in time.
    GiveUp,
    /// The person wants to close it.
    RequestClosure,
    /// They changed their mind.
    KeepOpen,
    /// The time to change one's mind is over.
    Close(Closing),
}

/// What must be settled before an account closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closing {
    /// The balance is zero.
    pub balance_zero: bool,
    /// Something is in dispute.
    pub dispute_open: bool,
}

/// Why nothing happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum LifeRefusal {
    /// Not in this state.
    #[error("this is not possible now")]
    NotListed,
    /// Too early.
    #[error("it is too early; it is time at {at}")]
    TooEarly {
        /// When it is time.
        at: Timestamp,
    },
    /// There is money.
    #[error("the balance is not zero")]
    BalanceLeft,
    /// There is a dispute.
    #[error("something is in dispute")]
    DisputeOpen,
}

impl LifeRefusal {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotListed => "account_not_possible_now",
            Self::TooEarly { .. } => "too_early",
            Self::BalanceLeft => "balance_not_zero",
            Self::DisputeOpen => "dispute_open",
        }
    }
}

/// The policy's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LifeRules {
    /// To change one's mind about closing.
    pub cool_off: Span,
}

impl From<&policy::Rules> for LifeRules {
    fn from(rules: &policy::Rules) -> Self {
        Self { cool_off: Span::days(rules.account.closing_cool_off_days) }
    }
}

/// What follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LifeStep {
    /// The life afterwards.
    pub next: Life,
    /// What must follow.
    pub effects: Vec<Effect>,
}

impl Life {
    /// What an event makes of it.
    ///
    /// Asking to close stops new processing at once: open applications are withdrawn. Closing restricts the
    /// identity data until the law lets them go, and destroys the face data.
    pub fn apply(self, event: LifeEvent, rules: LifeRules, now: Timestamp) -> Result<LifeStep, LifeRefusal> {
        let step = |next, effects| Ok(LifeStep { next, effects });
        match (self, event) {
            (Self::PendingContact { .. }, LifeEvent::ConfirmContact) => {
                step(Self::Active { opened_at: now }, Vec::new())
            }
            (Self::PendingContact { since }, LifeEvent::GiveUp) => {
                not_before(since + UNCONFIRMED_KEPT, now)?;
                let next = Self::Closed { at: now, closure: Closure::Unconfirmed };
                step(next, vec![Effect::RemoveAccount])
            }
            (Self::Active { opened_at }, LifeEvent::RequestClosure) => {
                step(Self::Closing { opened_at, since: now }, vec![Effect::WithdrawApplications])
            }
            (Self::Closing { opened_at, .. }, LifeEvent::KeepOpen) => {
                step(Self::Active { opened_at }, Vec::new())
            }
            (Self::Closing { since, .. }, LifeEvent::Close(Closing { balance_zero, dispute_open })) => {
                not_before(since + rules.cool_off, now)?;
                if !balance_zero {
                    return Err(LifeRefusal::BalanceLeft);
                }
                if dispute_open {
                    return Err(LifeRefusal::DisputeOpen);
                }
                let effects = vec![Effect::EndSessions, Effect::RestrictData, Effect::ShredFaceData];
                step(Self::Closed { at: now, closure: Closure::Requested }, effects)
            }
            _ => Err(LifeRefusal::NotListed),
        }
    }
}

fn not_before(at: Timestamp, now: Timestamp) -> Result<(), LifeRefusal> {
    if now < at { Err(LifeRefusal::TooEarly { at }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;

    const SETTLED: LifeEvent = LifeEvent::Close(Closing { balance_zero: true, dispute_open: false });

    fn at(days: u32) -> Timestamp {
        Timestamp::from_unix_s(1_764_057_600).unwrap() + Span::days(days)
    }

    fn rules() -> LifeRules {
        LifeRules::from(Policy::preset("cn_pboc").unwrap().rules())
    }

    #[test]
    fn every_pair_of_life_and_event() {
        let lives = [
            ("pending_contact", Life::PendingContact { since: at(0) }),
            ("active", Life::Active { opened_at: at(0) }),
            ("closing", Life::Closing { opened_at: at(0), since: at(0) }),
            ("closed", Life::Closed { at: at(0), closure: Closure::Requested }),
        ];
        let events = [
            LifeEvent::ConfirmContact,
            LifeEvent::GiveUp,
            LifeEvent::RequestClosure,
            LifeEvent::KeepOpen,
            SETTLED,
        ];
        let mut lines = Vec::new();
        for (name, life) in lives {
            for event in events {
                let answer = match life.apply(event, rules(), at(7)) {
                    Ok(LifeStep { next, effects }) => {
                        let effects: Vec<String> = effects.iter().map(ToString::to_string).collect();
                        format!("{next:?} [{}]", effects.join(", "))
                    }
                    Err(refusal) => refusal.code().to_owned(),
                };
                lines.push(format!("{name:<16} {event:?}\n    → {answer}"));
            }
        }
        insta::assert_snapshot!(lines.join("\n"));
    }

    #[test]
    fn seven_days_to_confirm_and_seven_to_change_ones_mind() {
        let early = Timestamp::from_unix_us(at(7).unix_us() - 1).unwrap();
        let too_early = Err(LifeRefusal::TooEarly { at: at(7) });
        let pending = Life::PendingContact { since: at(0) };
        assert_eq!(pending.apply(LifeEvent::GiveUp, rules(), early), too_early);
        let closing = Life::Closing { opened_at: at(0), since: at(0) };
        assert_eq!(closing.apply(SETTLED, rules(), early), too_early);
    }

    #[test]
    fn nothing_closes_with_money_or_a_dispute() {
        let closing = Life::Closing { opened_at: at(0), since: at(0) };
        let close = |balance_zero, dispute_open| {
            let event = LifeEvent::Close(Closing { balance_zero, dispute_open });
            closing.apply(event, rules(), at(7)).map_err(LifeRefusal::code).map(|step| step.next)
        };
        assert_eq!(close(false, false), Err("balance_not_zero"));
        assert_eq!(close(true, true), Err("dispute_open"));
        assert!(close(true, false).is_ok());
    }
}
