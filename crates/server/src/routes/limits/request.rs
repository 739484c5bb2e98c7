//! What a machine asks of limits.

use crate::problem::ApiError;
use crate::state::AppState;
use axum::http::StatusCode;
use serde::Deserialize;
use shiming_domain::amount::Amount;
use shiming_domain::id::{AccountId, PersonId};
use shiming_domain::limit::{Funding, Operation};
use shiming_domain::policy::Factor;
use shiming_engine::service::Caller;
use shiming_engine::wallet::{self, Request};

/// An amount: whole minor units as a text, because some readers make floats of numbers.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
pub(crate) struct Money {
    /// Minor units.
    #[schema(example = "1234", pattern = "^-?[0-9]{1,19}$")]
    pub(super) amount: String,
    /// ISO 4217.
    #[schema(example = "CNY")]
    pub(super) currency: String,
}

impl From<Amount> for Money {
    fn from(amount: Amount) -> Self {
        Self { amount: amount.minor().to_string(), currency: amount.currency().code().to_owned() }
    }
}

/// Who uses how much of their limits, and for what.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LimitAsk {
    /// Whose; or `person`.
    #[schema(value_type = Option<String>, example = "acc_00000000000000000000000001")]
    account: Option<AccountId>,
    /// Whose: the account with the highest level counts.
    #[schema(value_type = Option<String>, example = "per_00000000000000000000000001")]
    person: Option<PersonId>,
    /// `pay_merchant`, `pay_bill`, `transfer_friend`, `withdraw_own_bank`, …
    #[schema(value_type = String, example = "pay_merchant")]
    operation: Operation,
    /// `balance` or `bank_card`.
    #[serde(default = "balance")]
    #[schema(value_type = String, default = "balance")]
    funding: Funding,
    /// How much.
    #[schema(value_type = Money)]
    amount: Amount,
    /// Factors shown for this transaction.
    #[serde(default)]
    #[schema(value_type = Vec<String>, example = json!(["password", "totp"]), max_items = 9)]
    factors: Vec<Factor>,
    /// A printed code is paid.
    #[serde(default)]
    static_qr: bool,
    /// What this operation may be at most: a card's own cap.
    #[schema(value_type = Option<Money>)]
    operation_max: Option<Amount>,
}

const fn balance() -> Funding {
    Funding::Balance
}

impl LimitAsk {
    pub(super) async fn read(self, state: &AppState, caller: &Caller) -> Result<Request, ApiError> {
        let unfit = |detail: &str| ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "body_fields", detail);
        let account = match (self.account, self.person) {
            (Some(account), None) => account,
            (None, Some(person)) => wallet::account_of(&state.service, caller, person).await?,
            _ => return Err(unfit("Name either `account` or `person`.")),
        };
        if self.operation_max.is_some_and(|max| max.currency() != self.amount.currency()) {
            return Err(unfit("`operation_max` is in the currency of `amount`."));
        }
        Ok(Request {
            account,
            operation: self.operation,
            funding: self.funding,
            amount: self.amount,
            factors: self.factors,
            static_qr: self.static_qr,
            operation_max_minor: self.operation_max.map(Amount::minor),
        })
    }
}
