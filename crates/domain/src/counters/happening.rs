//! What counts on which counter, and what does not.

use super::Counter;
use crate::reason::Code;
use crate::steps::Side;

/// What may happen to a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening<'a> {
    /// The instant gate refused a photo of a side.
    SideRefused(Side, &'a [Code]),
    /// It accepted one.
    SideAccepted(Side),
    /// A finished selfie challenge failed; one that was cut off is nobody's fault.
    SelfieFailed(&'a [Code]),
    /// One passed.
    SelfiePassed,
    /// The applicant gave up an upload, the connection was lost, the camera failed, or we did.
    NobodysFault,
    /// The field itself caught a slip of typing.
    TypingCaught,
    /// After submitting, name or number turned out wrong.
    FormWrong(&'a [Code]),
    /// An attempt was submitted.
    Submitted,
    /// Checks ran again without the applicant.
    RanAgain,
    /// An application ended rejected or expired.
    EndedBadly,
    /// An application was withdrawn or opened again.
    EndedOtherwise,
    /// A source was asked for money.
    SourceAsked,
    /// An answer younger than a day was used again.
    AnswerReused,
}

impl Happening<'_> {
    /// The counters on which it counts once.
    pub fn counts(self) -> Vec<Counter> {
        match self {
            Self::SideRefused(side, codes) => {
                let (tries, soft) = side_counters(side);
                // A refusal for something hard says nothing about the light.
                if is_soft(codes) { vec![tries, soft] } else { vec![tries] }
            }
            Self::SelfieFailed(_) => vec![Counter::SelfieTries, Counter::SelfieTriesPerId],
            Self::FormWrong(codes) => {
                let wrong = codes.iter().any(|c| matches!(c, Code::SrcMismatch | Code::IdnoInvalid));
                if wrong { vec![Counter::FormTries, Counter::FormTriesPerId] } else { Vec::new() }
            }
            Self::Submitted => vec![Counter::Submits],
            Self::EndedBadly => vec![Counter::Applications],
            Self::SourceAsked => vec![Counter::SourceCalls],
            Self::SideAccepted(_)
            | Self::SelfiePassed
            | Self::NobodysFault
            | Self::TypingCaught
            | Self::RanAgain
            | Self::EndedOtherwise
            | Self::AnswerReused => Vec::new(),
        }
    }

    /// The counters whose row of failures it ends.
    pub fn ends_rows(self) -> Vec<Counter> {
        match self {
            Self::SideAccepted(side) => vec![side_counters(side).1],
            // Consecutive means consecutive: a hard refusal in between ends the row of soft ones.
            Self::SideRefused(side, codes) if !is_soft(codes) => vec![side_counters(side).1],
            Self::SelfiePassed => vec![Counter::SelfieTries],
            _ => Vec::new(),
        }
    }
}

const fn side_counters(side: Side) -> (Counter, Counter) {
    match side {
        Side::Portrait => (Counter::PortraitSideTries, Counter::PortraitSideSoft),
        Side::Emblem => (Counter::EmblemSideTries, Counter::EmblemSideSoft),
    }
}

/// Soft faults and nothing else.
fn is_soft(codes: &[Code]) -> bool {
    !codes.is_empty() && codes.iter().all(|code| code.is_soft())
}
