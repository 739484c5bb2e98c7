//! Asking for an attempt: the sources in their order until one answers, again later if none does.

use super::call::{self, Tried};
use super::{Answered, Asker, Identity, answered, seam};
use crate::outside::Source;
use crate::service::{Caller, Error, Job, Service};
use shiming_domain::id::{ApplicationId, AttemptId};
use shiming_domain::moment::{Span, Timestamp};
use shiming_store::audit::Audit;
use shiming_store::source::{self as stored, StoredCall};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A question for an attempt.
#[derive(Clone, Debug)]
pub struct Query {
    /// For whom.
    pub asker: Asker,
    /// The n-th time.
    pub round: u32,
    /// About what.
    pub identity: Identity,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Came {
    /// A source answered.
    Answered(Answered),
    /// None did; it makes sense to ask again then.
    Wait(Timestamp),
    /// None did for too long.
    GaveUp,
    /// No source is set up that could.
    NobodyToAsk,
}

/// The job: asks, and tells the application what came of it.
pub(crate) async fn ask(
    service: &Service,
    application: ApplicationId,
    attempt: AttemptId,
    round: u32,
) -> Result<(), Error> {
    // An application that no longer waits has no question.
    let Some((account, identity)) = seam::question(service, application, attempt).await? else {
        return Ok(());
    };
    let asker = Asker { account, attempt: Some((application, attempt)) };
    match query(service, &Query { asker, round, identity }).await? {
        Came::Answered(_) => seam::answered(service, application, attempt).await,
        Came::GaveUp | Came::NobodyToAsk => seam::gave_up(service, application, attempt).await,
        Came::Wait(at) => {
            // Not this round's own text: while this job runs, a job with the same text would not be written.
            let next = Job::AskSource { application, attempt, round: round.saturating_add(1) };
            let mut tx = service.store().housekeep().await?;
            service.push(&mut tx, &next, at).await?;
            Ok(tx.commit().await?)
        }
    }
}

/// Asks the sources that can say something about an attempt. An answer that is there already is given again;
/// before the next query is due nothing is asked, so a job that runs twice costs nothing.
pub async fn query(service: &Service, query: &Query) -> Result<Came, Error> {
    let Query { asker, round, identity } = query;
    let Some((_, attempt)) = asker.attempt else { return Err(Error::Internal("source_without_attempt")) };
    let suitable = |source: &&Arc<dyn Source>| call::suits(service, source.as_ref(), identity);
    let sources: Vec<&Arc<dyn Source>> = service.ports().sources.iter().filter(suitable).collect();
    if sources.is_empty() {
        return Ok(Came::NobodyToAsk);
    }
    let mut tx = service.store().read().await?;
    let calls = stored::of_attempt(&mut tx, attempt).await?;
    drop(tx);
    if let Some(answer) = calls.iter().find_map(answered) {
        conclude(service, *asker, &sources, &answer).await?;
        return Ok(Came::Answered(answer));
    }
    let now = service.now();
    let made = Timestamp::from_unix_s(i64::try_from(attempt.unix_ms() / 1000).unwrap_or(i64::MAX));
    let since = calls.first().map(|call| call.asked).or(made.ok()).unwrap_or(now);
    let end = since + Span::hours(service.policy().channels.give_up_after_h);
    let wait = |at: Timestamp| if now >= end { Came::GaveUp } else { Came::Wait(at.min(end)) };
    if let Some(due) = due(service, &calls).filter(|due| now < *due) {
        return Ok(wait(due));
    }
    let caller = Caller::system();
    let mut used_up = None;
    for source in &sources {
        match call::attempt(service, &caller, *asker, *round, source, identity).await? {
            Tried::Answered(answer) => {
                conclude(service, *asker, &sources, &answer).await?;
                return Ok(Came::Answered(answer));
            }
            Tried::Silent => {}
            Tried::UsedUp(until) => {
                used_up = until;
                break;
            }
        }
    }
    let mut tx = service.store().read().await?;
    let calls = stored::of_attempt(&mut tx, attempt).await?;
    Ok(wait(used_up.or_else(|| due(service, &calls)).unwrap_or(now + Span::hours(1))))
}

/// When the next query is due: the pauses of the policy one after the other, then every hour.
fn due(service: &Service, calls: &[StoredCall]) -> Option<Timestamp> {
    let last = calls.last()?;
    let rounds = calls.iter().map(|call| call.round).collect::<BTreeSet<_>>().len();
    let pauses = &service.policy().channels.query_retry_min;
    let pause = pauses.get(rounds.saturating_sub(1)).copied().unwrap_or(60);
    Some(last.asked + Span::minutes(pause))
}

/// Keeps what the answer proves, once.
async fn conclude(
    service: &Service,
    asker: Asker,
    sources: &[&Arc<dyn Source>],
    answer: &Answered,
) -> Result<(), Error> {
    // A source that was taken out of the configuration since proves nothing more.
    let Some(source) = sources.iter().find(|source| source.name() == answer.source) else { return Ok(()) };
    let mut tx = service.store().change().await?;
    let kept = call::keep_proof(service, &mut tx, asker, None, source.as_ref(), answer).await?;
    let Some(proof) = kept else { return Ok(()) };
    let row = Audit::new(&Caller::system().actor(), "channel.confirm", "channel_proof", proof)
        .with("account", asker.account.to_string())
        .with("source", answer.source.as_str());
    tx.audit(&row, service.now()).await?;
    Ok(tx.commit().await?)
}
