//! What a restricted account may still do.

use super::RestrictionEffect;
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
    /// A refund comes in.
    RefundIn = "refund_in",
    /// A transfer comes in.
    TransferIn = "transfer_in",
    /// Top up.
    TopUp = "top_up",
    /// Medical, social security, utilities.
    EssentialBill = "essential_bill",
    /// Pay a merchant.
    PayMerchant = "pay_merchant",
    /// Transfer to somebody.
    TransferOut = "transfer_out",
    /// Use a virtual card.
    VirtualCard = "virtual_card",
    /// Withdraw to one's own bank.
    WithdrawOwnBank = "withdraw_own_bank",
}

/// Whether it may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// As far as restrictions go; level and limits have their own say.
    Yes,
    /// The money is credited and stays in the balance.
    IntoBalance,
    /// The money is kept and not released.
    Held,
    /// No; the sender is told only that the account cannot receive.
    CannotReceive,
    /// No.
    No,
}

/// What the strongest effect leaves of an operation. Whoever is restricted can always sign in, be verified,
/// be heard, and take their data along.
pub const fn answer(
    operation: Operation,
    strongest: Option<RestrictionEffect>,
    essential_when_frozen: bool,
) -> Answer {
    use Operation as O;
    use RestrictionEffect::{Frozen, FrozenFull, Restricted};
    let Some(effect) = strongest else { return Answer::Yes };
    match (operation, effect) {
        (
            O::SignIn | O::Verify | O::Support | O::Appeal | O::Notices | O::History | O::ExportData,
            Restricted | Frozen | FrozenFull,
        )
        | (O::RefundIn | O::TransferIn | O::EssentialBill | O::WithdrawOwnBank, Restricted) => Answer::Yes,
        (O::RefundIn, Frozen) => Answer::IntoBalance,
        (O::RefundIn, FrozenFull) => Answer::Held,
        (O::TransferIn, Frozen) => Answer::CannotReceive,
        (O::EssentialBill, Frozen) if essential_when_frozen => Answer::Yes,
        (O::TransferIn, FrozenFull)
        | (O::TopUp | O::PayMerchant | O::TransferOut | O::VirtualCard, _)
        | (O::EssentialBill | O::WithdrawOwnBank, Frozen | FrozenFull) => Answer::No,
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
            let [a, b, c] = effects.map(|effect| format!("{:?}", answer(*operation, Some(effect), true)));
            let strict = answer(*operation, Some(RestrictionEffect::Frozen), false);
            lines.push(format!("{:<18} {a:<16} {b:<16} {c:<16} {strict:?}", operation.as_str()));
        }
        insta::assert_snapshot!(lines.join("\n"));
    }

    #[test]
    fn without_a_restriction_everything_is_open() {
        for operation in Operation::ALL {
            assert_eq!(answer(*operation, None, false), Answer::Yes);
        }
    }
}
