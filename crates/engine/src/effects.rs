//! What follows from transitions, one arm each.

use crate::service::{Error, Service, Subject};
use shiming_domain::effect::Effect;
use shiming_domain::id::EventId;

/// Carries out one effect. May run twice.
pub(crate) async fn run(
    service: &Service,
    event: EventId,
    number: u32,
    subject: Subject,
    effect: &Effect,
) -> Result<(), Error> {
    let _ = (service, event, number, subject, effect);
    Ok(())
}
