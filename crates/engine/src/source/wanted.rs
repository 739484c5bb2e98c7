//! The job that asks a source for a channel a person wants.

use super::call::{self, Tried};
use super::channel::DETAIL;
use super::{Answered, Asker, Identity, seam};
use crate::outside::{Finding, Source};
use crate::service::{Caller, Error, Job, Service};
use shiming_domain::id::{ChannelRequestId, PersonId};
use shiming_domain::moment::Span;
use shiming_domain::personal::Personal;
use shiming_domain::policy::ChannelKind;
use shiming_store::audit::Audit;
use shiming_store::channel::{self as requests, Ended, RequestState, StoredRequest};
use shiming_vault::keys::Purpose;
use std::sync::Arc;

/// Asks, and ends the request or asks again later. An answer that is there already costs nothing, so a job that
/// runs twice asks once.
pub(crate) async fn ask_channel(service: &Service, id: ChannelRequestId, round: u32) -> Result<(), Error> {
    let mut tx = service.store().read().await?;
    let Some(request) = requests::load(&mut tx, id).await? else { return Ok(()) };
    if request.state != RequestState::Asking {
        return Ok(());
    }
    let named = |source: &&Arc<dyn Source>| source.name() == request.source;
    let source = service.ports().sources.iter().find(named);
    let owner = seam::verified(service, &mut tx, request.account).await?;
    let may_ask = seam::may_ask(service, &mut tx, request.account).await?;
    let detail = match &request.detail {
        Some(sealed) => {
            let (owner, place) = (request.account.to_string(), id.to_string());
            let plain = service.unseal(&mut tx, &owner, Purpose::Wallet, DETAIL, &place, sealed).await?;
            let text =
                std::str::from_utf8(plain.as_bytes()).map_err(|_| Error::Internal("channel_detail"))?;
            Some(Personal::new(text))
        }
        None => None,
    };
    drop(tx);
    // What it was asked for is gone since: the verification, the consent, or the source from the settings.
    let Some((person, name, number)) = owner else {
        return end(service, &request, RequestState::Unavailable, "not_verified").await;
    };
    if !may_ask {
        return end(service, &request, RequestState::Unavailable, "consent_missing").await;
    }
    let of = |kind| detail.clone().filter(|_| request.kind == kind);
    let identity = Identity {
        name,
        number,
        phone: of(ChannelKind::MobileOperator),
        bank_card: of(ChannelKind::BankCard),
    };
    let Some(source) = source.filter(|source| call::suits(service, source.as_ref(), &identity)) else {
        return end(service, &request, RequestState::Unavailable, "channel_not_set_up").await;
    };
    let asker = Asker { account: request.account, attempt: None };
    match call::attempt(service, &Caller::system(), asker, round, source, &identity).await? {
        Tried::Answered(answered) => settle(service, &request, person, source, &answered).await,
        Tried::UsedUp(_) => end(service, &request, RequestState::Unavailable, "channel_tries").await,
        Tried::Silent => again(service, &request, round).await,
    }
}

async fn settle(
    service: &Service,
    request: &StoredRequest,
    person: PersonId,
    source: &Arc<dyn Source>,
    answered: &Answered,
) -> Result<(), Error> {
    let code = match answered.finding {
        Finding::Confirmed => return keep(service, request, person, source, answered).await,
        Finding::Mismatch => "SRC_MISMATCH",
        Finding::NoRecord => "SRC_NO_RECORD",
        Finding::DocumentInvalid => "SRC_DOC_INVALID",
    };
    end(service, request, RequestState::Refused, code).await
}

/// Keeps the confirmation and derives the level again.
async fn keep(
    service: &Service,
    request: &StoredRequest,
    person: PersonId,
    source: &Arc<dyn Source>,
    answered: &Answered,
) -> Result<(), Error> {
    let now = service.now();
    let mut tx = service.store().change().await?;
    let asker = Asker { account: request.account, attempt: None };
    let kept = call::keep_proof(service, &mut tx, asker, Some(person), source.as_ref(), answered).await?;
    let proof = kept.ok_or(Error::Internal("channel_proof"))?;
    let ended = Ended { state: RequestState::Confirmed, code: None, proof: Some(proof) };
    requests::end(&mut tx, request.id, ended, now).await?;
    let row = Audit::new(&Caller::system().actor(), "channel.add", "channel_proof", proof)
        .with("account", request.account.to_string())
        .with("source", answered.source.as_str())
        .with("request", request.id.to_string());
    tx.audit(&row, now).await?;
    seam::recompute_level(service, &mut tx, request.account).await?;
    Ok(tx.commit().await?)
}

/// Asks again after the policy's pause, until it has been asked for too long.
async fn again(service: &Service, request: &StoredRequest, round: u32) -> Result<(), Error> {
    let rules = &service.policy().channels;
    let now = service.now();
    if now >= request.asked_at + Span::hours(rules.give_up_after_h) {
        return end(service, request, RequestState::Unavailable, "SRC_UNAVAILABLE").await;
    }
    let place = usize::try_from(round.saturating_sub(1)).unwrap_or(usize::MAX);
    let pause = rules.query_retry_min.get(place).copied().unwrap_or(60);
    let next = Job::AskChannel { request: request.id, round: round.saturating_add(1) };
    let mut tx = service.store().housekeep().await?;
    service.push(&mut tx, &next, now + Span::minutes(pause)).await?;
    Ok(tx.commit().await?)
}

async fn end(
    service: &Service,
    request: &StoredRequest,
    state: RequestState,
    code: &'static str,
) -> Result<(), Error> {
    let now = service.now();
    let mut tx = service.store().change().await?;
    requests::end(&mut tx, request.id, Ended { state, code: Some(code), proof: None }, now).await?;
    let row = Audit::new(&Caller::system().actor(), "channel.end", "channel_request", request.id)
        .with("account", request.account.to_string())
        .with("source", request.source.as_str());
    tx.audit(&row.refused(code), now).await?;
    Ok(tx.commit().await?)
}
