//! What follows from transitions, one arm each.

use crate::review;
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
    let _ = (event, number);
    let mut tx = service.store().change().await?;
    match effect {
        Effect::OpenCase { case, opens, proposed, barred } => {
            let new = review::NewCase {
                id: *case,
                kind: *opens,
                account: subject.account,
                application: subject.application,
                proposed: proposed.clone(),
                barred: barred.clone(),
            };
            review::open_case(service, &mut tx, new).await?;
        }
        Effect::CloseCase(case) => review::close_case(service, &mut tx, *case).await?,
        Effect::CancelCase(case) => review::cancel_case(service, &mut tx, *case).await?,
        _ => return Ok(()),
    }
    match tx.commit().await {
        // Done before: nothing was written.
        Err(shiming_store::Error::Unaudited) => Ok(()),
        other => Ok(other?),
    }
}
