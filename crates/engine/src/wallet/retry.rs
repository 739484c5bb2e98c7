//! Trying again when somebody else was in the way.

use crate::service::{Error, Service};
use shiming_store as store;
use std::time::Duration;

/// Times a change is tried again.
const RETRIES: u32 = 3;
/// The longest pause before the first of them; it doubles with each.
const PAUSE_MS_MAX: u64 = 20;

/// Counts the tries of one change.
#[derive(Debug, Default)]
pub(super) struct Tries(u32);

impl Tries {
    /// Waits a moment of chance, so that two that met do not meet again; or gives the error back, if another
    /// try would not help or there were enough.
    pub(super) async fn again(&mut self, service: &Service, error: Error) -> Result<(), Error> {
        let helps = match &error {
            Error::Store(store::Error::Conflict { .. }) => true,
            Error::Store(store) => store.is_passing(),
            _ => false,
        };
        if !helps || self.0 == RETRIES {
            return Err(error);
        }
        let longest = PAUSE_MS_MAX << self.0;
        self.0 += 1;
        let chance = service.ports().randomness.u128() % u128::from(longest);
        tokio::time::sleep(Duration::from_millis(u64::try_from(chance).unwrap_or(longest))).await;
        Ok(())
    }
}
