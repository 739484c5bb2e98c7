//! One operation's share of the counters: reserved at authorisation, final at capture, released otherwise.
#![deny(clippy::float_arithmetic)]

use super::answer::{Answer, Verdict};
use super::window::{Key, Windows};
use crate::amount::Amount;
use crate::policy::{RefundGivesBack, ReserveAt};
use serde::{Deserialize, Serialize};

/// What was counted for one operation, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// How much was reserved.
    pub amount: Amount,
    /// The counters it stands in; empty if it does not count.
    pub keys: Vec<Key>,
    /// It is a withdrawal to one's own bank.
    pub own_bank: bool,
    /// Where it stands.
    pub state: HoldState,
}

/// Where a hold stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldState {
    /// Authorised.
    Reserved {
        /// Until when, microseconds UTC.
        expires_us: i64,
    },
    /// Paid, and perhaps given back in parts.
    Captured {
        /// How much was paid.
        captured_minor: i64,
        /// How much of it came back.
        refunded_minor: i64,
    },
    /// Taken back before it was paid.
    Voided,
    /// Never paid.
    Expired,
}

/// Something comes back to one counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Return {
    /// Which.
    pub key: Key,
    /// How much; more than zero. One for a key that holds a number.
    pub minor: i64,
    /// To which part of it.
    pub own_bank: bool,
}

/// Why a hold cannot move. Nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoldError {
    /// The answer was no.
    #[error("only what is allowed can be reserved")]
    NotAllowed,
    /// It is captured, void or expired.
    #[error("this hold is not open any more")]
    NotReserved,
    /// Nothing was captured.
    #[error("nothing was captured")]
    NotCaptured,
    /// Too late.
    #[error("this hold is over")]
    Over,
    /// Too early.
    #[error("this hold is not over")]
    NotOver,
    /// Nothing, more than is there, or another currency.
    #[error("the amount is not positive, more than is left, or of another currency")]
    Amount,
}

impl Hold {
    /// Reserves what was allowed. Where money is reserved at authorisation, the posts of the answer are
    /// counted in the same transaction; where at capture, nothing is counted yet and nothing can come back.
    pub fn reserve(answer: &Answer, at: ReserveAt, expires_us: i64) -> Result<Self, HoldError> {
        let state = HoldState::Reserved { expires_us };
        let hold = Self { amount: answer.amount, keys: Vec::new(), own_bank: false, state };
        match at {
            ReserveAt::Authorisation => hold.counted(answer),
            ReserveAt::Capture if answer.verdict == Verdict::Allowed => Ok(hold),
            ReserveAt::Capture => Err(HoldError::NotAllowed),
        }
    }

    /// The posts of this answer were counted for a hold that stands in no counter yet: at capture, the
    /// question is asked once more for what is captured, because the caps may be used up meanwhile.
    pub fn counted(&self, answer: &Answer) -> Result<Self, HoldError> {
        if answer.verdict != Verdict::Allowed {
            return Err(HoldError::NotAllowed);
        }
        if !matches!(self.state, HoldState::Reserved { .. }) || !self.keys.is_empty() {
            return Err(HoldError::NotReserved);
        }
        let amount = self.part(answer.amount, self.amount.minor())?;
        Ok(Self {
            amount: Amount::new(amount, self.amount.currency()),
            keys: answer.posts.iter().map(|post| post.key).collect(),
            own_bank: answer.posts.iter().any(|post| post.own_bank),
            state: self.state,
        })
    }

    /// Pays all of it or a part; the rest is released.
    pub fn capture(&self, amount: Amount, now_us: i64) -> Result<(Self, Vec<Return>), HoldError> {
        let HoldState::Reserved { expires_us } = self.state else { return Err(HoldError::NotReserved) };
        if now_us >= expires_us {
            return Err(HoldError::Over);
        }
        let captured_minor = self.part(amount, self.amount.minor())?;
        let rest = self.amount.minor().saturating_sub(captured_minor);
        let state = HoldState::Captured { captured_minor, refunded_minor: 0 };
        Ok((self.becomes(state), self.returns(rest, |_| true)))
    }

    /// Takes it back before it was paid.
    pub fn void(&self) -> Result<(Self, Vec<Return>), HoldError> {
        let HoldState::Reserved { .. } = self.state else { return Err(HoldError::NotReserved) };
        Ok((self.becomes(HoldState::Voided), self.all_back()))
    }

    /// The clock looks whether it is over.
    pub fn expire(&self, now_us: i64) -> Result<(Self, Vec<Return>), HoldError> {
        let HoldState::Reserved { expires_us } = self.state else { return Err(HoldError::NotReserved) };
        if now_us < expires_us {
            return Err(HoldError::NotOver);
        }
        Ok((self.becomes(HoldState::Expired), self.all_back()))
    }

    /// Gives back what was paid, or a part. It returns to the windows in which the payment was counted, and
    /// only to those that still run: yesterday's payment gives back to the year, not to today.
    pub fn refund(
        &self,
        amount: Amount,
        gives_back: RefundGivesBack,
        windows: &Windows,
        now_us: i64,
    ) -> Result<(Self, Vec<Return>), HoldError> {
        let HoldState::Captured { captured_minor, refunded_minor } = self.state else {
            return Err(HoldError::NotCaptured);
        };
        let minor = self.part(amount, captured_minor.saturating_sub(refunded_minor))?;
        let refunded_minor = refunded_minor.saturating_add(minor);
        let state = HoldState::Captured { captured_minor, refunded_minor };
        let returns = match gives_back {
            RefundGivesBack::SameOpenWindow => self.returns(minor, |key| windows.is_open(key, now_us)),
            RefundGivesBack::Never => Vec::new(),
        };
        Ok((self.becomes(state), returns))
    }

    fn part(&self, amount: Amount, max_minor: i64) -> Result<i64, HoldError> {
        let fits = amount.currency() == self.amount.currency() && (1..=max_minor).contains(&amount.minor());
        if fits { Ok(amount.minor()) } else { Err(HoldError::Amount) }
    }

    fn becomes(&self, state: HoldState) -> Self {
        Self { state, ..self.clone() }
    }

    /// What was never paid was no transfer either; what came back after it was paid still was one.
    fn all_back(&self) -> Vec<Return> {
        let counts = self.keys.iter().copied().filter(|key| key.is_count());
        let mut all = self.returns(self.amount.minor(), |_| true);
        all.extend(counts.map(|key| Return { key, minor: 1, own_bank: false }));
        all
    }

    fn returns(&self, minor: i64, to: impl Fn(Key) -> bool) -> Vec<Return> {
        if minor <= 0 {
            return Vec::new();
        }
        let keys = self.keys.iter().copied().filter(|key| !key.is_count() && to(*key));
        keys.map(|key| Return { key, minor, own_bank: self.own_bank }).collect()
    }
}
