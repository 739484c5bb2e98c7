//! What is asked of limits, and what is answered.

use crate::service::{Error, Kind, Refused};
use serde::{Deserialize, Serialize};
use shiming_domain::amount::Amount;
use shiming_domain::id::AccountId;
use shiming_domain::limit::{Answer, Ask, Funding, Left, Operation, Permit, Strength, Transfers, Verdict};
use shiming_domain::moment::Span;
use shiming_domain::policy::Factor;

/// A reference longer than this is refused.
const REFERENCE_MAX: usize = 64;
/// Factors one transaction may name.
const FACTORS_MAX: usize = 9;
/// How long an amount may be held.
const HOLD_MIN: Span = Span::minutes(1);
const HOLD_MAX: Span = Span::days(30);

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Who uses their limits.
    pub account: AccountId,
    /// What for.
    pub operation: Operation,
    /// From where.
    pub funding: Funding,
    /// How much.
    pub amount: Amount,
    /// Factors shown for this transaction.
    pub factors: Vec<Factor>,
    /// A printed code is paid.
    pub static_qr: bool,
    /// What this one operation may be at most: a card's own cap.
    pub operation_max_minor: Option<i64>,
}

/// What is to be counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consume {
    /// What is asked.
    pub request: Request,
    /// The caller's name for it, used once: a repetition is answered as the first time and counts nothing.
    pub reference: String,
    /// Held for so long and then captured or given back; counted for good at once if `None`.
    pub hold: Option<Span>,
}

/// The answer, as it is given and kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quote {
    /// Whether.
    pub verdict: Verdict,
    /// The refusal's stable code; none if it is allowed.
    pub code: Option<String>,
    /// What restrictions leave of it: money that comes in may have to stay.
    pub permit: Permit,
    /// The strength it counts as.
    pub strength: Option<Strength>,
    /// The level it was asked at.
    pub level: u8,
    /// The rule with the least left: the one that refused, or the one that would refuse next.
    pub binding: Option<Left>,
    /// Every rule that applies, before this operation.
    pub left: Vec<Left>,
    /// Transfers of the day, if it is one.
    pub transfers: Option<Transfers>,
}

impl Request {
    pub(super) fn validate(&self) -> Result<(), Error> {
        let wrong = |code, detail: &str| Err(Refused::new(Kind::Unacceptable, code, detail).into());
        if self.operation.is_of_account() {
            return wrong("operation_without_money", "This operation moves no money; no limit is about it.");
        }
        if self.factors.len() > FACTORS_MAX {
            return wrong("too_many_factors", "A transaction names each factor once.");
        }
        Ok(())
    }

    pub(super) fn ask(&self, level: u8, standing: super::gate::Standing) -> Ask<'_> {
        Ask {
            operation: self.operation,
            funding: self.funding,
            amount: self.amount,
            factors: &self.factors,
            static_qr: self.static_qr,
            operation_max_minor: self.operation_max_minor,
            // Nothing can be agreed with a person yet, so the strongest tier counts as the next weaker one.
            agreed_day_minor: None,
            level,
            verified: standing.verified,
            effect: standing.effect,
        }
    }
}

impl Consume {
    pub(super) fn validate(&self) -> Result<(), Error> {
        self.request.validate()?;
        let reference = &self.reference;
        let plain =
            (1..=REFERENCE_MAX).contains(&reference.len()) && reference.bytes().all(|b| b.is_ascii_graphic());
        if !plain {
            let detail = "A reference has 1 to 64 visible ASCII characters.";
            return Err(Refused::new(Kind::Unacceptable, "reference_malformed", detail).into());
        }
        if self.hold.is_some_and(|hold| !(HOLD_MIN..=HOLD_MAX).contains(&hold)) {
            let detail = "An amount is held for a minute at least and for 30 days at most.";
            return Err(Refused::new(Kind::Unacceptable, "hold_out_of_range", detail).into());
        }
        Ok(())
    }

    /// As it is kept, to tell a repetition from another request.
    pub(super) fn text(&self) -> Result<String, Error> {
        serde_json::to_string(self).map_err(|_| Error::Internal("limit_ask"))
    }
}

impl Quote {
    pub(super) fn of(request: &Request, level: u8, answer: &Answer) -> Self {
        let code = match &answer.verdict {
            Verdict::Allowed => None,
            Verdict::StepUp(_) => Some("W_STEP_UP"),
            // Whoever sends learns only that the other side cannot receive.
            Verdict::Refused(_)
                if answer.permit.refuses() && request.operation == Operation::ReceiveTransfer =>
            {
                Some("W_PAYEE_CANNOT_RECEIVE")
            }
            Verdict::Refused(refusal) => Some(refusal.code()),
        };
        Self {
            verdict: answer.verdict.clone(),
            code: code.map(str::to_owned),
            permit: answer.permit,
            strength: answer.strength,
            level,
            binding: answer.binding,
            left: answer.left.clone(),
            transfers: answer.transfers,
        }
    }

    /// Whether it is allowed.
    pub fn is_allowed(&self) -> bool {
        self.verdict == Verdict::Allowed
    }
}
