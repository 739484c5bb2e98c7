//! The rows of the table of transitions.

use serde::{Deserialize, Serialize};

macro_rules! rows {
    ($($(#[$doc:meta])* $variant:ident = $number:literal,)+) => {
        /// A row of the table of transitions, for the audit row.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Row {
            $($(#[$doc])* $variant,)+
        }

        impl Row {
            /// Every row.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its number in the table.
            pub const fn number(self) -> u8 {
                match self {
                    $(Self::$variant => $number,)+
                }
            }
        }
    };
}

rows! {
    /// Begun.
    Create = 1,
    /// A step saved or a try refused.
    SaveStep = 2,
    /// Submitted for the first time.
    Submit = 3,
    /// Submitted again.
    SubmitAgain = 4,
    /// The checks passed.
    ChecksPassed = 5,
    /// The checks found something to fix.
    ChecksRetry = 6,
    /// The checks hand over to a person.
    ChecksReview = 7,
    /// A source is awaited.
    SourcePending = 8,
    /// The source answered.
    SourceAnswered = 9,
    /// The source did not answer for too long.
    SourceGaveUp = 10,
    /// The applicant wants a person.
    AskHuman = 11,
    /// Approved by a person.
    ReviewApprove = 12,
    /// Sent back by a person.
    ReviewResubmit = 13,
    /// Rejected by two people.
    ReviewReject = 14,
    /// Opened again.
    Reopen = 15,
    /// Taken back.
    Withdraw = 16,
    /// Timed out.
    TimeOut = 17,
}
