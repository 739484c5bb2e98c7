//! Restrictions: why an account is limited, how much, and who may lift it.

use crate::effect::Effect;
use crate::id::StaffId;
use crate::moment::{Span, Timestamp};
use crate::notice::Notice;
use crate::policy::{self, OnGraceEnd, OnVerifyMissed};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A hold of the staff is reviewed so long after its beginning at the latest; beyond it needs four eyes.
const STAFF_HOLD_MAX: Span = Span::days(7);

macro_rules! restrictions {
    ($($(#[$doc:meta])* $variant:ident = $text:literal,)+) => {
        /// The reasons for which an account may be restricted.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Restriction {
            $(
                $(#[$doc])*
                #[serde(rename = $text)]
                $variant,
            )+
        }

        impl Restriction {
            /// Every restriction.
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

restrictions! {
    /// Not verified by the date.
    DeadlineMissed = "deadline_missed",
    /// The document ended, and its grace period with it.
    DocumentExpired = "document_expired",
    /// A supervisor took the verification back.
    IdentityRevoked = "identity_revoked",
    /// Not used for long.
    Dormant = "dormant",
    /// On a watch list.
    ScreeningHit = "screening_hit",
    /// The phone belongs to another verified person.
    PhoneConflict = "phone_conflict",
    /// The person has another account.
    DuplicatePerson = "duplicate_person",
    /// The person withdrew a consent.
    ConsentWithdrawn = "consent_withdrawn",
    /// The person reported the account as lost or taken over.
    CompromiseReported = "compromise_reported",
    /// A supervisor holds it.
    StaffHold = "staff_hold",
}

/// How much an account is limited; stronger is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RestrictionEffect {
    /// Paying and transferring stops; money may come in and go to the person's own bank.
    Restricted,
    /// Money stays where it is.
    Frozen,
    /// So does what would come in.
    FrozenFull,
}

impl Restriction {
    /// What an approved application lifts.
    pub const LIFTED_BY_APPROVAL: &'static [Self] =
        &[Self::DeadlineMissed, Self::DocumentExpired, Self::IdentityRevoked, Self::Dormant];

    /// How much it limits; none for a hold of the staff, who say it themselves.
    pub fn effect(self, rules: &policy::Rules) -> Option<RestrictionEffect> {
        Some(match self {
            Self::DeadlineMissed => match rules.account.on_verify_missed {
                OnVerifyMissed::Freeze => RestrictionEffect::Frozen,
                OnVerifyMissed::Restrict => RestrictionEffect::Restricted,
            },
            Self::DocumentExpired => match rules.document.on_grace_end {
                OnGraceEnd::Restrict => RestrictionEffect::Restricted,
                OnGraceEnd::Freeze => RestrictionEffect::Frozen,
            },
            Self::IdentityRevoked | Self::Dormant | Self::CompromiseReported => RestrictionEffect::Frozen,
            Self::ScreeningHit => RestrictionEffect::FrozenFull,
            Self::PhoneConflict | Self::DuplicatePerson | Self::ConsentWithdrawn => {
                RestrictionEffect::Restricted
            }
            Self::StaffHold => return None,
        })
    }

    /// Whether it may be lifted so.
    fn may_be_lifted(self, by: LiftedBy) -> bool {
        // An objection that was upheld lifts any restriction but a hit, which only compliance may release.
        if by == LiftedBy::Appeal {
            return self != Self::ScreeningHit;
        }
        match self {
            Self::DeadlineMissed | Self::DocumentExpired | Self::IdentityRevoked => by == LiftedBy::Approval,
            Self::Dormant => {
                matches!(by, LiftedBy::Approval | LiftedBy::SelfieMatched | LiftedBy::Staff(_))
            }
            Self::ScreeningHit => matches!(by, LiftedBy::Compliance { .. }),
            Self::PhoneConflict | Self::DuplicatePerson => by == LiftedBy::CaseClosed,
            Self::ConsentWithdrawn => by == LiftedBy::ConsentGiven,
            Self::CompromiseReported => matches!(by, LiftedBy::StrongSignInAndSelfie | LiftedBy::Staff(_)),
            Self::StaffHold => matches!(by, LiftedBy::Supervisor(_)),
        }
    }
}

/// Who sets a restriction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SetBy {
    /// Clock, checks and jobs.
    System,
    /// The person.
    Person,
    /// Support.
    Staff(StaffId),
    /// A supervisor; a hold also says how much and until when it is reviewed.
    Supervisor {
        /// Who.
        by: StaffId,
        /// The second person, if there was one.
        second: Option<StaffId>,
        /// How much a hold limits.
        effect: RestrictionEffect,
        /// When a hold is reviewed.
        review_at: Timestamp,
    },
}

/// What lifts a restriction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LiftedBy {
    /// An application was approved.
    Approval,
    /// An appeal was upheld.
    Appeal,
    /// The person showed with a selfie that it is still theirs.
    SelfieMatched,
    /// Support or a reviewer.
    Staff(StaffId),
    /// Compliance, with four eyes.
    Compliance {
        /// One.
        first: StaffId,
        /// The other.
        second: StaffId,
    },
    /// The support case was closed.
    CaseClosed,
    /// The consent was given again.
    ConsentGiven,
    /// A strong sign-in and a selfie.
    StrongSignInAndSelfie,
    /// A supervisor.
    Supervisor(StaffId),
}

/// A restriction in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// How much it limits.
    pub effect: RestrictionEffect,
    /// Since when.
    pub since: Timestamp,
    /// When a hold of the staff is reviewed.
    pub review_at: Option<Timestamp>,
}

/// Why a restriction could not be set or lifted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum RestrictionRefusal {
    /// Somebody else sets this.
    #[error("this restriction is set by somebody else")]
    NotYours,
    /// Something else lifts this.
    #[error("this restriction is lifted by something else")]
    NotLiftedSo,
    /// It is not in force.
    #[error("this restriction is not in force")]
    NotHeld,
    /// Two people are needed, and they must be two.
    #[error("a second person is needed")]
    SecondNeeded,
}

impl RestrictionRefusal {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotYours => "restriction_not_yours",
            Self::NotLiftedSo => "restriction_not_lifted_so",
            Self::NotHeld => "restriction_not_held",
            Self::SecondNeeded => "second_person_needed",
        }
    }
}

/// The restrictions in force.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Restrictions(BTreeMap<Restriction, Held>);

impl Restrictions {
    /// Sets one and says what must follow. One that is in force keeps its beginning, and the person is not
    /// told again; a hold takes its new effect and date.
    pub fn set(
        &mut self,
        restriction: Restriction,
        by: SetBy,
        rules: &policy::Rules,
        now: Timestamp,
    ) -> Result<Vec<Effect>, RestrictionRefusal> {
        let before = self.0.get(&restriction).copied();
        let since = before.map_or(now, |held| held.since);
        let (effect, review_at) = effect_of(restriction, by, rules, before, since)?;
        self.0.insert(restriction, Held { effect, since, review_at });
        Ok(if before.is_none() { vec![Effect::Notify(Notice::AccountPaused)] } else { Vec::new() })
    }

    /// Lifts one and no other, and says what must follow: with the last one the account is restored.
    pub fn lift(
        &mut self,
        restriction: Restriction,
        by: LiftedBy,
    ) -> Result<Vec<Effect>, RestrictionRefusal> {
        if !self.0.contains_key(&restriction) {
            return Err(RestrictionRefusal::NotHeld);
        }
        if !restriction.may_be_lifted(by) {
            return Err(RestrictionRefusal::NotLiftedSo);
        }
        if matches!(by, LiftedBy::Compliance { first, second } if first == second) {
            return Err(RestrictionRefusal::SecondNeeded);
        }
        self.0.remove(&restriction);
        Ok(if self.0.is_empty() { vec![Effect::Notify(Notice::AccountRestored)] } else { Vec::new() })
    }

    /// The strongest effect; it is the one that counts.
    pub fn strongest(&self) -> Option<RestrictionEffect> {
        self.0.values().map(|held| held.effect).max()
    }

    /// Whether one is in force.
    pub fn get(&self, restriction: Restriction) -> Option<Held> {
        self.0.get(&restriction).copied()
    }

    /// All in force.
    pub fn iter(&self) -> impl Iterator<Item = (Restriction, Held)> {
        self.0.iter().map(|(restriction, held)| (*restriction, *held))
    }

    /// Whether a hold of the staff is past its review and goes to a supervisor by itself.
    pub fn hold_is_overdue(&self, now: Timestamp) -> bool {
        let review = self.get(Restriction::StaffHold).and_then(|held| held.review_at);
        review.is_some_and(|at| at <= now)
    }
}

fn effect_of(
    restriction: Restriction,
    by: SetBy,
    rules: &policy::Rules,
    before: Option<Held>,
    since: Timestamp,
) -> Result<(RestrictionEffect, Option<Timestamp>), RestrictionRefusal> {
    use Restriction as R;
    let allowed = match restriction {
        R::DeadlineMissed | R::DocumentExpired | R::Dormant | R::ScreeningHit => by == SetBy::System,
        // The revocation of a verification has its own four eyes; the effect of it comes from a job.
        R::IdentityRevoked => matches!(by, SetBy::System | SetBy::Supervisor { .. }),
        R::PhoneConflict | R::DuplicatePerson => !matches!(by, SetBy::Person),
        R::ConsentWithdrawn => matches!(by, SetBy::Person | SetBy::System),
        R::CompromiseReported => !matches!(by, SetBy::System),
        R::StaffHold => matches!(by, SetBy::Supervisor { .. }),
    };
    if !allowed {
        return Err(RestrictionRefusal::NotYours);
    }
    match (restriction.effect(rules), by) {
        (Some(effect), _) => Ok((effect, None)),
        (None, SetBy::Supervisor { by, second, effect, review_at }) => {
            let two = second.is_some_and(|second| second != by);
            // What is in force already may be made milder or shorter by anybody who may hold.
            let is_milder = before.is_some_and(|held| {
                effect <= held.effect && held.review_at.is_some_and(|before| review_at <= before)
            });
            if review_at > since + STAFF_HOLD_MAX && !two && !is_milder {
                return Err(RestrictionRefusal::SecondNeeded);
            }
            Ok((effect, Some(review_at)))
        }
        (None, _) => Err(RestrictionRefusal::NotYours),
    }
}

#[cfg(test)]
mod tests;
