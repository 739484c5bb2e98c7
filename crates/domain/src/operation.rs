//! What a person may want to do: what it needs, whether money moves, and what a restriction leaves of it.

use crate::account::RestrictionEffect;
use crate::policy::Use;
use serde::{Deserialize, Serialize};

macro_rules! operations {
    ($($(#[$doc:meta])* $variant:ident = $text:literal,)+) => {
        /// What a person may want to do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Operation {
            $(
                $(#[$doc])*
                #[serde(rename = $text)]
                $variant,
            )+
        }

        impl Operation {
            /// Every operation.
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

operations! {
    /// Sign in.
    SignIn = "sign_in",
    /// Be verified.
    Verify = "verify",
    /// Write to support.
    Support = "support",
    /// Appeal.
    Appeal = "appeal",
    /// Read notices.
    Notices = "notices",
    /// Read the history.
    History = "history",
    /// Export one's own data.
    ExportData = "export_data",
    /// Pay a merchant.
    PayMerchant = "pay_merchant",
    /// Pay a biller.
    PayBill = "pay_bill",
    /// Pay for medical care, social security, utilities: what the law keeps open longest.
    PayEssentialBill = "pay_essential_bill",
    /// Transfer to another person.
    TransferFriend = "transfer_friend",
    /// Withdraw to one's own bank account.
    WithdrawOwnBank = "withdraw_own_bank",
    /// Top up from one's own bank account.
    TopUp = "top_up",
    /// Receive from another person.
    ReceiveTransfer = "receive_transfer",
    /// Get back from a merchant.
    RefundIn = "refund_in",
    /// Open a virtual card.
    CardIssue = "card_issue",
    /// Pay with a virtual card.
    CardAuthorise = "card_authorise",
    /// Use points.
    RedeemPoints = "redeem_points",
}

/// What a restriction leaves of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permit {
    /// It goes on, as far as restrictions go; level and limits have their own say.
    Yes,
    /// The money is credited and stays in the balance.
    IntoBalance,
    /// The money is kept and not released.
    Held,
    /// No; the sender is told only that the account cannot receive.
    CannotReceive,
    /// No. Where somebody sends, that sender reads the same as for [`Permit::CannotReceive`], or it would
    /// give away that an account is under investigation.
    No,
}

impl Permit {
    /// Whether nothing of it is done.
    pub const fn refuses(self) -> bool {
        matches!(self, Self::CannotReceive | Self::No)
    }
}

impl Operation {
    /// The use a level must allow; `None` for what every level may.
    pub const fn needs(self) -> Option<Use> {
        match self {
            Self::PayMerchant | Self::PayBill | Self::PayEssentialBill => Some(Use::Consume),
            Self::TransferFriend => Some(Use::Transfer),
            Self::WithdrawOwnBank => Some(Use::WithdrawOwnBank),
            Self::CardIssue | Self::CardAuthorise => Some(Use::VirtualCard),
            Self::SignIn
            | Self::Verify
            | Self::Support
            | Self::Appeal
            | Self::Notices
            | Self::History
            | Self::ExportData
            | Self::TopUp
            | Self::ReceiveTransfer
            | Self::RefundIn
            | Self::RedeemPoints => None,
        }
    }

    /// Whether it is about the account and not about money: no restriction ever stops it.
    pub const fn is_of_account(self) -> bool {
        matches!(
            self,
            Self::SignIn
                | Self::Verify
                | Self::Support
                | Self::Appeal
                | Self::Notices
                | Self::History
                | Self::ExportData
        )
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

    /// Whether it brings money in.
    pub const fn comes_in(self) -> bool {
        matches!(self, Self::TopUp | Self::ReceiveTransfer | Self::RefundIn)
    }

    /// What the strongest effect of the restrictions leaves of it. Whoever is restricted can always sign in,
    /// be verified, be heard, and take their data along. `essential_when_frozen` is the policy's.
    pub const fn permit(self, strongest: Option<RestrictionEffect>, essential_when_frozen: bool) -> Permit {
        use RestrictionEffect::{Frozen, FrozenFull, Restricted};
        let Some(effect) = strongest else { return Permit::Yes };
        match (self, effect) {
            (
                Self::SignIn
                | Self::Verify
                | Self::Support
                | Self::Appeal
                | Self::Notices
                | Self::History
                | Self::ExportData,
                Restricted | Frozen | FrozenFull,
            )
            | (
                Self::RefundIn | Self::ReceiveTransfer | Self::PayEssentialBill | Self::WithdrawOwnBank,
                Restricted,
            ) => Permit::Yes,
            (Self::RefundIn, Frozen) => Permit::IntoBalance,
            (Self::RefundIn, FrozenFull) => Permit::Held,
            (Self::ReceiveTransfer, Frozen) => Permit::CannotReceive,
            (Self::PayEssentialBill, Frozen) if essential_when_frozen => Permit::Yes,
            (Self::ReceiveTransfer, FrozenFull)
            | (Self::PayEssentialBill | Self::WithdrawOwnBank, Frozen | FrozenFull)
            | (
                Self::TopUp
                | Self::PayMerchant
                | Self::PayBill
                | Self::TransferFriend
                | Self::CardIssue
                | Self::CardAuthorise
                | Self::RedeemPoints,
                Restricted | Frozen | FrozenFull,
            ) => Permit::No,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_matrix_of_operations() {
        let effects =
            [RestrictionEffect::Restricted, RestrictionEffect::Frozen, RestrictionEffect::FrozenFull];
        let mut lines = vec![format!(
            "{:<18} {:<16} {:<16} {:<16} frozen, no essential bills",
            "", "restricted", "frozen", "frozen_full"
        )];
        for operation in Operation::ALL {
            let [a, b, c] = effects.map(|effect| format!("{:?}", operation.permit(Some(effect), true)));
            let strict = operation.permit(Some(RestrictionEffect::Frozen), false);
            lines.push(format!("{:<18} {a:<16} {b:<16} {c:<16} {strict:?}", operation.as_str()));
        }
        insta::assert_snapshot!(lines.join("\n"));
    }

    #[test]
    fn without_a_restriction_everything_is_open() {
        for operation in Operation::ALL {
            assert_eq!(operation.permit(None, false), Permit::Yes);
        }
    }

    #[test]
    fn money_goes_one_way_at_most_and_what_needs_no_use_takes_none_out() {
        for operation in Operation::ALL {
            assert!(!(operation.goes_out() && operation.comes_in()), "{operation:?}");
            assert!(!operation.goes_out() || operation.needs().is_some(), "{operation:?}");
            assert!(!operation.is_of_account() || !(operation.goes_out() || operation.comes_in()));
            assert!(!operation.fills_balance() || operation.comes_in(), "{operation:?}");
        }
    }
}
