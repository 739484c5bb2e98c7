//! Operations of a wallet: what each needs, whether it counts, and what a restriction leaves of it.
#![deny(clippy::float_arithmetic)]

use crate::policy::Use;
use serde::{Deserialize, Serialize};

/// What is done with money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// To a merchant.
    PayMerchant,
    /// To a biller.
    PayBill,
    /// Medical care, social security, utilities: what the law keeps open longest.
    PayEssentialBill,
    /// To another person.
    TransferFriend,
    /// To one's own bank account.
    WithdrawOwnBank,
    /// From one's own bank account.
    TopUp,
    /// From another person.
    ReceiveTransfer,
    /// Back from a merchant.
    RefundIn,
    /// A virtual card is opened.
    CardIssue,
    /// A virtual card pays.
    CardAuthorise,
    /// Points are used.
    RedeemPoints,
}

/// Where the money comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Funding {
    /// The balance.
    Balance,
    /// A bank card, the balance only looking on.
    BankCard,
}

impl Operation {
    /// All operations.
    pub const ALL: [Self; 11] = [
        Self::PayMerchant,
        Self::PayBill,
        Self::PayEssentialBill,
        Self::TransferFriend,
        Self::WithdrawOwnBank,
        Self::TopUp,
        Self::ReceiveTransfer,
        Self::RefundIn,
        Self::CardIssue,
        Self::CardAuthorise,
        Self::RedeemPoints,
    ];

    /// The use a level must allow; `None` for what every level may.
    pub const fn needs(self) -> Option<Use> {
        match self {
            Self::PayMerchant | Self::PayBill | Self::PayEssentialBill => Some(Use::Consume),
            Self::TransferFriend => Some(Use::Transfer),
            Self::WithdrawOwnBank => Some(Use::WithdrawOwnBank),
            Self::CardIssue | Self::CardAuthorise => Some(Use::VirtualCard),
            Self::TopUp | Self::ReceiveTransfer | Self::RefundIn | Self::RedeemPoints => None,
        }
    }

    /// Whether it puts money into the balance, which a level without any use may not have: nobody keeps an
    /// anonymous balance. What comes back from a merchant goes to where it came from.
    pub const fn fills_balance(self) -> bool {
        matches!(self, Self::TopUp | Self::ReceiveTransfer)
    }

    /// Whether it takes money out, which is what caps are about.
    pub const fn goes_out(self) -> bool {
        matches!(
            self,
            Self::PayMerchant
                | Self::PayBill
                | Self::PayEssentialBill
                | Self::TransferFriend
                | Self::WithdrawOwnBank
                | Self::CardAuthorise
        )
    }
}

/// The strongest effect of a person's restrictions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// None.
    #[default]
    None,
    /// No business; the balance stays the person's.
    Restricted,
    /// Nothing moves.
    Frozen,
    /// Not even what comes back is released.
    FrozenFull,
}

/// What a restriction leaves of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permit {
    /// It goes on.
    Yes,
    /// It comes in and is not released.
    Held,
    /// Not now.
    No,
}

impl Effect {
    /// What is left of an operation. `essential_when_frozen` is the policy's.
    pub const fn permits(self, operation: Operation, essential_when_frozen: bool) -> Permit {
        use Operation::{PayEssentialBill, ReceiveTransfer, RefundIn, WithdrawOwnBank};
        match (self, operation) {
            (Self::None, _)
            | (Self::Restricted, RefundIn | ReceiveTransfer | PayEssentialBill | WithdrawOwnBank)
            | (Self::Frozen, RefundIn) => Permit::Yes,
            (Self::Frozen, PayEssentialBill) if essential_when_frozen => Permit::Yes,
            (Self::FrozenFull, RefundIn) => Permit::Held,
            _ => Permit::No,
        }
    }
}
