//! The world outside, as the configuration names it.

use super::clock::SystemClock;
use crate::config::Config;
use crate::exit::Failure;
use shiming_engine::outside::{Letter, Mail, OutsideError, ShortMessage, Sms};
use shiming_engine::service::{Ports, SystemRandomness};
use std::pin::Pin;
use std::sync::Arc;

type Sent<'a> = Pin<Box<dyn Future<Output = Result<(), OutsideError>> + Send + 'a>>;

/// Nobody carries anything.
struct Nowhere;

impl Mail for Nowhere {
    fn send(&self, _: Letter) -> Sent<'_> {
        Box::pin(async { Err(OutsideError::NotSetUp) })
    }
}

impl Sms for Nowhere {
    fn send(&self, _: ShortMessage) -> Sent<'_> {
        Box::pin(async { Err(OutsideError::NotSetUp) })
    }
}

/// All ports.
pub(super) fn ports(_config: &Config) -> Result<Ports, Failure> {
    Ok(Ports {
        clock: Arc::new(SystemClock),
        randomness: Arc::new(SystemRandomness),
        mail: Arc::new(Nowhere),
        sms: Arc::new(Nowhere),
        sources: Vec::new(),
    })
}
