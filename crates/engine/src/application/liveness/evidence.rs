//! What challenges say about a selfie.

use super::STILL_WITHIN;
use super::record::{frames, opened};
use crate::application::moves::load;
use crate::service::{Error, Service};
use shiming_domain::application::Application;
use shiming_domain::evidence::LivenessEvidence;
use shiming_domain::id::{ApplicationId, AttemptId};
use shiming_domain::moment::Timestamp;
use shiming_domain::policy::Challenge;
use shiming_domain::reason::Step;
use shiming_store::application::{self as stored_application, StoredAttempt};
use shiming_store::liveness::{self as stored, Ended};

/// Whether a selfie counts as taken live: as the client says where the policy believes it, else only if a
/// challenge asked for exactly these bytes a moment ago.
pub(in crate::application) async fn counts_as_live(
    service: &Service,
    application: ApplicationId,
    sha256: &[u8; 32],
    claimed: bool,
) -> Result<bool, Error> {
    let believed = match service.policy().liveness.challenge {
        Challenge::Off => return Ok(claimed),
        Challenge::Offered => claimed,
        Challenge::Required => false,
    };
    if believed {
        return Ok(true);
    }
    let mut tx = service.store().read().await?;
    let since = service.now() - STILL_WITHIN;
    Ok(stored::of_still(&mut tx, application, sha256, since).await?.is_some())
}

/// What the challenges of an attempt showed, before the still is compared.
pub(in crate::application) struct Shown {
    /// Without the distance.
    pub(in crate::application) evidence: LivenessEvidence,
    /// The frame the challenge began with, if it is still there.
    pub(in crate::application) frame: Option<Vec<u8>>,
}

/// What the challenges of an attempt showed; `None` if there were none that matter.
pub(in crate::application) async fn of_attempt(
    service: &Service,
    application: &Application,
    attempt: &StoredAttempt,
) -> Result<Option<Shown>, Error> {
    if service.policy().liveness.challenge == Challenge::Off {
        return Ok(None);
    }
    let Found { still, suspected } = found(service, application, attempt).await?;
    let Some(shown) = still.as_ref().or(suspected.as_ref()) else { return Ok(None) };
    let evidence = LivenessEvidence {
        outcome: suspected.as_ref().map_or(shown.outcome, |suspected| suspected.outcome),
        steps: shown.steps.clone(),
        still: still.is_some(),
        still_distance: None,
    };
    let frame = match &still {
        Some(still) => {
            let owner = application.account.to_string();
            frames(service, &owner, still.id, still.record).await?.into_iter().next()
        }
        None => None,
    };
    Ok(Some(Shown { evidence, frame }))
}

/// The challenges of an attempt that matter.
struct Found {
    /// The one that asked for its selfie.
    still: Option<Ended>,
    /// One that showed what a person must look at.
    suspected: Option<Ended>,
}

async fn found(
    service: &Service,
    application: &Application,
    attempt: &StoredAttempt,
) -> Result<Found, Error> {
    let mut tx = service.store().read().await?;
    let mut still = None;
    if let Some(used) = attempt.files.get(&Step::Selfie)
        && let Some(file) = stored_application::file(&mut tx, used.id).await?
    {
        still = stored::of_still(&mut tx, application.id, &file.sha256, Timestamp::MIN).await?;
    }
    // What was suspected before an earlier attempt was looked at with that one.
    let earlier = stored_application::attempts(&mut tx, application.id).await?;
    let before = earlier.iter().filter(|other| other.attempt.number < attempt.attempt.number);
    let since = before.map(|other| other.attempt.submitted_at).max().unwrap_or(Timestamp::MIN);
    let suspected = stored::suspected(&mut tx, application.id, since).await?;
    Ok(Found { still, suspected })
}

/// The record of the challenge before a submitted selfie, for whoever reviews it, as JSON: steps, bounds, versions and
/// frames. One that showed something to look at goes first. The look is the caller's to audit.
pub(crate) async fn submitted_challenge(
    service: &Service,
    id: ApplicationId,
    attempt: AttemptId,
) -> Result<Option<Vec<u8>>, Error> {
    let mut tx = service.store().read().await?;
    let application = load(&mut tx, id).await?.application;
    let Some(attempt) = stored_application::attempt(&mut tx, attempt).await? else { return Ok(None) };
    drop(tx);
    let Found { still, suspected } = found(service, &application, &attempt).await?;
    let Some(challenge) = suspected.or(still) else { return Ok(None) };
    let opened = opened(service, &application.account.to_string(), challenge.id, challenge.record).await?;
    Ok(opened.map(|plain| plain.as_bytes().to_vec()))
}
