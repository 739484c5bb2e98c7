//! A further source that a reviewer asked for: one of the account's own confirmations is named.

use super::moves::{Happens, apply, event, open};
use super::view::{self, ApplicationView};
use crate::service::{Caller, Error, Kind, Pending, Refused, Service};
use crate::source::Owner;
use serde_json::json;
use shiming_domain::application::EventKind;
use shiming_domain::id::{ApplicationId, ChannelProofId};
use shiming_domain::moment::Span;
use shiming_domain::steps::{Content, Verdict};
use std::collections::BTreeMap;

/// Names a confirmation (`POST /channels`) as what the step asks for.
pub async fn save_channel(
    service: &Service,
    caller: &Caller,
    id: ApplicationId,
    proof: ChannelProofId,
) -> Result<Pending<ApplicationView>, Error> {
    again!(try_save(service, caller, id, proof))
}

async fn try_save(
    service: &Service,
    caller: &Caller,
    id: ApplicationId,
    proof: ChannelProofId,
) -> Result<Pending<ApplicationView>, Error> {
    let mut tx = service.store().change().await?;
    let found = open(&mut tx, caller, id).await?;
    let oldest = service.now() - Span::days(service.policy().channels.proof_valid_days);
    let proofs = shiming_store::source::proofs(&mut tx, Owner::Account(found.application.account)).await?;
    let counts = |stored: &shiming_store::source::StoredProof| {
        stored.id == proof && stored.proof.confirmed_us > oldest.unix_us()
    };
    if !proofs.iter().any(counts) {
        let detail = "Name a confirmation of this account that still counts: GET /api/v1/channels.";
        return Err(Refused::new(Kind::Unacceptable, "channel_proof_unknown", detail).into());
    }
    let kind = EventKind::SaveStep {
        content: Content::Channel(proof),
        verdict: Verdict::Accepted,
        counters: BTreeMap::new(),
    };
    let facts = vec![("step", json!("channel")), ("proof", json!(proof))];
    let happens = Happens { by: &caller.actor(), event: event(service, caller, kind)?, facts };
    let moved = apply(service, &mut tx, found, happens).await?;
    let view = view::of(service, &mut tx, caller, &moved.application, moved.version).await?;
    Ok(Pending::new(service, tx, view))
}
