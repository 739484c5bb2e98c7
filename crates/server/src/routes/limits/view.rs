//! Rules, answers and uses on the wire.

use super::request::Money;
use crate::state::AppState;
use crate::when::When;
use serde::Serialize;
use shiming_domain::amount::Amount;
use shiming_domain::limit::{self, Rule, Source, StepUp, Transfers, Verdict};
use shiming_domain::moment::Timestamp;
use shiming_domain::policy::money::Currency;
use shiming_engine::wallet::{LimitUse, Quote};

/// A word of a closed vocabulary, as it is stored and documented.
pub(super) fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        _ => String::new(),
    }
}

pub(super) fn words<T: Serialize>(values: &[T]) -> Vec<String> {
    values.iter().map(word).collect()
}

/// Microseconds as a moment; nothing for what never comes.
pub(super) fn moment(us: Option<i64>) -> Option<When> {
    us.and_then(|us| Timestamp::from_unix_us(us).ok()).map(When)
}

/// A cap.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct CapView {
    /// `level`, `strength` or `operation`.
    source: &'static str,
    /// How the transaction was authenticated, if that is the source: `a`, `b`, `c` or `static_qr`.
    #[serde(skip_serializing_if = "Option::is_none")]
    strength: Option<String>,
    /// `operation`, `day`, `year` or `lifetime`.
    window: String,
    /// At most.
    max: Money,
    /// Withdrawals to the person's own bank count.
    own_bank_counts: bool,
}

impl CapView {
    pub(super) fn of(rule: Rule, currency: Currency) -> Self {
        let (source, strength) = match rule.source {
            Source::Level => ("level", None),
            Source::Strength(strength) => ("strength", Some(strength.as_str().to_owned())),
            Source::Operation => ("operation", None),
        };
        Self {
            source,
            strength,
            window: word(&rule.window),
            max: Amount::new(rule.cap.max_minor, currency).into(),
            own_bank_counts: rule.cap.own_bank_counts,
        }
    }
}

/// A cap and what is left of it.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct LeftView {
    /// The cap.
    #[serde(flatten)]
    cap: CapView,
    /// Used.
    used: Money,
    /// Left.
    left: Money,
    /// When it starts anew; missing if never.
    #[serde(skip_serializing_if = "Option::is_none")]
    resets_at: Option<When>,
}

impl LeftView {
    pub(super) fn of(left: limit::Left, currency: Currency) -> Self {
        Self {
            cap: CapView::of(left.rule, currency),
            used: Amount::new(left.used_minor, currency).into(),
            left: Amount::new(left.left_minor, currency).into(),
            resets_at: moment(left.resets_us),
        }
    }
}

/// What would be strong enough.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct StepUpView {
    /// The weakest strength that suffices.
    to: String,
    /// Independent classes of factors it needs.
    factors_min: u32,
    /// One of these at least, if it names any.
    needs_any: Vec<String>,
}

impl From<&StepUp> for StepUpView {
    fn from(up: &StepUp) -> Self {
        let to = up.to.as_str().to_owned();
        Self { to, factors_min: up.factors_min, needs_any: words(&up.needs_any) }
    }
}

/// Transfers of the day, as numbers.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct TransfersView {
    /// How many a day may have.
    max: u32,
    /// How many there were.
    used: i64,
    /// How many more there may be.
    left: i64,
    /// When it starts anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    resets_at: Option<When>,
}

impl From<Transfers> for TransfersView {
    fn from(of: Transfers) -> Self {
        Self { max: of.max, used: of.used, left: of.left, resets_at: moment(of.resets_us) }
    }
}

/// Whether it is allowed, which rule binds, and what is left.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct LimitAnswer {
    /// Always `limit_answer`.
    object: &'static str,
    /// `allowed`, `step_up` or `refused`.
    verdict: &'static str,
    /// The stable code of what is not allowed, such as `W_LIMIT_DAY`.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// What would be strong enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    step_up: Option<StepUpView>,
    /// What restrictions leave of it: `yes`, `into_balance`, `held`, `cannot_receive` or `no`.
    permit: String,
    /// The strength it counts as.
    #[serde(skip_serializing_if = "Option::is_none")]
    strength: Option<String>,
    /// The level it was asked at.
    level: u8,
    /// The rule with the least left: the one that refused, or the one that would refuse next.
    #[serde(skip_serializing_if = "Option::is_none")]
    binding: Option<LeftView>,
    /// Every rule that applies, before this operation.
    left: Vec<LeftView>,
    /// Transfers of the day, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    transfers: Option<TransfersView>,
}

impl LimitAnswer {
    pub(super) fn of(quote: &Quote, currency: Currency) -> Self {
        let (verdict, step_up) = match &quote.verdict {
            Verdict::Allowed => ("allowed", None),
            Verdict::StepUp(up) => ("step_up", Some(up.into())),
            Verdict::Refused(_) => ("refused", None),
        };
        Self {
            object: "limit_answer",
            verdict,
            code: quote.code.clone(),
            step_up,
            permit: word(&quote.permit),
            strength: quote.strength.map(|strength| strength.as_str().to_owned()),
            level: quote.level,
            binding: quote.binding.map(|left| LeftView::of(left, currency)),
            left: quote.left.iter().map(|left| LeftView::of(*left, currency)).collect(),
            transfers: quote.transfers.map(Into::into),
        }
    }
}

/// A use of limits.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct LimitUseView {
    /// Always `limit_use`.
    object: &'static str,
    /// Its id.
    id: String,
    /// Counts its changes.
    version: i64,
    /// Real people.
    livemode: bool,
    /// The caller's name for it.
    reference: String,
    /// Whose.
    account: String,
    /// What for.
    operation: &'static str,
    /// How much was asked for.
    amount: Money,
    /// `held`, `captured`, `voided`, `expired` or `refused`.
    state: &'static str,
    /// How much was paid.
    captured: Money,
    /// How much of it came back.
    refunded: Money,
    /// Until when it is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<When>,
    /// When it was asked.
    created_at: When,
}

impl LimitUseView {
    pub(super) fn of(state: &AppState, of: &LimitUse) -> Self {
        let money = |minor| Amount::new(minor, of.amount.currency()).into();
        Self {
            object: "limit_use",
            id: of.id.to_string(),
            version: of.version,
            livemode: state.service.settings().live,
            reference: of.reference.clone(),
            account: of.account.to_string(),
            operation: of.operation.as_str(),
            amount: of.amount.into(),
            state: of.state.as_str(),
            captured: money(of.captured_minor),
            refunded: money(of.refunded_minor),
            expires_at: of.expires_at.map(When),
            created_at: When(of.created_at),
        }
    }
}
