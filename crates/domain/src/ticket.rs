//! The life of a support conversation.

use crate::moment::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// After it is resolved, the person may open it again for so long.
const REOPEN: Span = Span::days(14);

/// Where a ticket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// New, nobody has replied.
    Open,
    /// The person is to answer.
    WaitingUser,
    /// Support is to answer.
    WaitingStaff,
    /// Answered; a message of the person opens it again.
    Resolved,
    /// Over.
    Closed,
}

/// Who writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// The person.
    Applicant,
    /// Support.
    Staff,
}

/// What may happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Somebody writes.
    Message(Author),
    /// It is answered.
    Resolve,
    /// The clock looks whether it may still be opened again.
    Close,
}

/// It cannot happen to a ticket that stands so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this cannot happen to the ticket as it stands")]
pub struct NotPossible;

impl State {
    /// Every state.
    pub const ALL: [Self; 5] =
        [Self::Open, Self::WaitingUser, Self::WaitingStaff, Self::Resolved, Self::Closed];

    /// The state after an event. `resolved` is when it was last resolved.
    pub fn after(
        self,
        event: Event,
        resolved: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Self, NotPossible> {
        let over = resolved.is_none_or(|at| now >= closes_at(at));
        match (self, event) {
            (Self::Resolved, Event::Message(Author::Applicant)) if over => Err(NotPossible),
            (Self::Resolved, Event::Close) if over => Ok(Self::Closed),
            (Self::Closed, _) | (Self::Resolved, Event::Resolve) | (_, Event::Close) => Err(NotPossible),
            // A question is added to one that nobody has read: it stays new.
            (Self::Open, Event::Message(Author::Applicant)) => Ok(Self::Open),
            (_, Event::Message(Author::Applicant)) => Ok(Self::WaitingStaff),
            // An afterthought of support does not open what is answered.
            (Self::Resolved, Event::Message(Author::Staff)) | (_, Event::Resolve) => Ok(Self::Resolved),
            (_, Event::Message(Author::Staff)) => Ok(Self::WaitingUser),
        }
    }
}

/// When a ticket resolved at a moment is over.
pub fn closes_at(resolved: Timestamp) -> Timestamp {
    resolved + REOPEN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_table() {
        let resolved = Timestamp::from_unix_s(1_000_000).unwrap();
        let events =
            [Event::Message(Author::Applicant), Event::Message(Author::Staff), Event::Resolve, Event::Close];
        let at = |now| {
            let row = |state: State| events.map(|event| state.after(event, Some(resolved), now).ok());
            State::ALL.map(row)
        };
        let (user, staff, done) =
            (Some(State::WaitingUser), Some(State::WaitingStaff), Some(State::Resolved));
        let live =
            [[Some(State::Open), user, done, None], [staff, user, done, None], [staff, user, done, None]];
        let [open, waiting_user, waiting_staff, early, closed] = at(closes_at(resolved) - Span::seconds(1));
        assert_eq!([open, waiting_user, waiting_staff], live);
        assert_eq!((early, closed), ([staff, done, None, None], [None; 4]));
        let [.., late, closed] = at(closes_at(resolved));
        assert_eq!((late, closed), ([None, done, None, Some(State::Closed)], [None; 4]));
    }
}
