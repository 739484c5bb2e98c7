//! The events an application remembers, so that a repeated one does nothing.

use crate::id::EventId;
use serde::{Deserialize, Serialize};

/// Events remembered. Ids sort by time, so what is older than all of them is refused, not applied twice.
const REMEMBERED_MAX: usize = 32;

/// The last events that were applied, in the order of their ids. Refused ones are not among them: what was
/// too early once may be right later.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Recent(Vec<EventId>);

/// What is known about an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Recall {
    /// It was not applied.
    New,
    /// It was.
    Repeated,
    /// It may have been: it is older than everything remembered.
    TooOld,
}

impl Recent {
    pub(super) fn recall(&self, id: EventId) -> Recall {
        match self.0.binary_search(&id) {
            Ok(_) => Recall::Repeated,
            Err(0) if self.0.len() >= REMEMBERED_MAX => Recall::TooOld,
            Err(_) => Recall::New,
        }
    }

    pub(super) fn remember(&mut self, id: EventId) {
        if let Err(place) = self.0.binary_search(&id) {
            self.0.insert(place, id);
        }
        let over = self.0.len().saturating_sub(REMEMBERED_MAX);
        self.0.drain(..over);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_applied_twice_however_old() {
        let mut recent = Recent::default();
        let ids = || (1..=100_u128).map(EventId::from_bits);
        for id in ids() {
            assert_eq!(recent.recall(id), Recall::New);
            recent.remember(id);
        }
        assert_eq!(recent.0.len(), REMEMBERED_MAX);
        assert!(ids().all(|id| recent.recall(id) != Recall::New));
        assert_eq!(recent.recall(EventId::from_bits(68)), Recall::TooOld);
        assert_eq!(recent.recall(EventId::from_bits(69)), Recall::Repeated);
    }
}
