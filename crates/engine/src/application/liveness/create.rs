//! Drawing a challenge.

use super::{PER_HOUR_MAX, TICKET_LASTS};
use crate::application::counting::Counters;
use crate::application::moves::{event, number, open, rules};
use crate::application::refusal::refused;
use crate::service::{Caller, Error, Kind, Pending, Refused, Service};
use shiming_domain::application::EventKind;
use shiming_domain::id::{ApplicationId, FileId, LivenessId};
use shiming_domain::liveness::draw;
use shiming_domain::moment::{Span, Timestamp};
use shiming_domain::policy;
use shiming_domain::reason::Step;
use shiming_domain::steps::{Content, Verdict};
use shiming_store::audit::Audit;
use shiming_store::liveness::{self as stored, NewChallenge};
use shiming_store::rate;
use shiming_vault::token::Token;

/// A challenge that waits for its owner. What there is to do is told step by step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// Its id.
    pub id: LivenessId,
    /// Opens it, once.
    pub ticket: String,
    /// Until when it does.
    pub expires_at: Timestamp,
}

/// Draws a challenge before the selfie of an application. It takes the place of any other.
pub async fn create(
    service: &Service,
    caller: &Caller,
    application: ApplicationId,
) -> Result<Pending<Challenge>, Error> {
    if service.policy().liveness.challenge == policy::Challenge::Off {
        let detail = "The policy asks for no challenge. Send the selfie.";
        return Err(Refused::new(Kind::Conflict, "liveness_off", detail).into());
    }
    // Said before anything is used up: nobody should turn their head for nothing.
    drop(service.live_place()?);
    again!(try_create(service, caller, application))
}

async fn try_create(
    service: &Service,
    caller: &Caller,
    id: ApplicationId,
) -> Result<Pending<Challenge>, Error> {
    let now = service.now();
    let mut tx = service.store().change().await?;
    let found = open(&mut tx, caller, id).await?;
    let application = &found.application;
    // Whatever refuses the selfie refuses the challenge before it: consents, counters, a closed step.
    let counters = Counters { service, application, number: number(&mut tx, id).await? };
    let kind = EventKind::SaveStep {
        content: Content::Selfie { file: FileId::from_bits(0), live: true },
        verdict: Verdict::Accepted,
        counters: counters.of_step(&mut tx, Step::Selfie).await?,
    };
    let trial = application.clone().apply(event(service, caller, kind)?, &rules(service), now);
    trial.map_err(|illegal| refused(&illegal))?;
    let bucket = service.bucket("liveness", &id.to_string())?;
    let (used, ends) = rate::hit(&mut tx, &bucket, Span::hours(1), now).await?;
    if used > PER_HOUR_MAX {
        let detail = "Too many challenges were begun. Wait, or ask for a person.";
        return Err(Refused::new(Kind::TooMany, "too_many_tries", detail).until(Some(ends)).into());
    }
    let replaced = stored::replace(&mut tx, id).await?;
    let ticket = Token::generate(&mut service.draw());
    let new = NewChallenge {
        id: service.id(LivenessId::at),
        application: id,
        account: application.account,
        ticket: ticket.hash(),
        steps: draw(service.ports().randomness.u128() as u64),
        expires_at: now + TICKET_LASTS,
    };
    stored::insert(&mut tx, &new, now).await?;
    let audit = Audit::new(&caller.actor(), "liveness.create", "liveness", new.id)
        .with("application", id.to_string())
        .with("replaced", replaced);
    tx.audit(&audit, now).await?;
    let challenge = Challenge { id: new.id, ticket: ticket.reveal(), expires_at: new.expires_at };
    Ok(Pending::new(service, tx, challenge))
}
