//! One call to one source, written down before and after.

use super::{Answered, Asker, Identity, answered};
use crate::outside::{Finding, OutsideError, Source, SourceAnswer, SourceQuestion};
use crate::service::{Caller, Error, Service};
use shiming_domain::counters::{Counter, Rule, Standing, Tally};
use shiming_domain::id::{ChannelProofId, EventId, PersonId};
use shiming_domain::level::Proof;
use shiming_domain::moment::{Span, Timestamp};
use shiming_domain::policy::ChannelKind;
use shiming_store::Tx;
use shiming_store::audit::Audit;
use shiming_store::source::{self as stored, Outcome, StoredCall, StoredProof};
use std::sync::Arc;

/// What came of trying one source.
pub(super) enum Tried {
    /// It answered, now or before.
    Answered(Answered),
    /// It did not.
    Silent,
    /// No more calls until then.
    UsedUp(Option<Timestamp>),
}

/// Whether a source can say something about this.
pub(super) fn suits(service: &Service, source: &dyn Source, identity: &Identity) -> bool {
    let known = match source.kind() {
        ChannelKind::BankCard => identity.bank_card.is_some(),
        ChannelKind::MobileOperator => identity.phone.is_some(),
        _ => true,
    };
    known && may_be_asked(service, source)
}

/// Whether a source may be asked at all, given what it asks for. A portal is asked by staff, by hand.
pub(super) fn may_be_asked(service: &Service, source: &dyn Source) -> bool {
    let real = !(source.simulated() && service.settings().live);
    let by_hand = source.kind() == ChannelKind::ManualPortal;
    real && !by_hand && service.policy().channels.kinds.contains(&source.kind())
}

/// Uses a source's earlier answer, or asks it.
pub(super) async fn attempt(
    service: &Service,
    caller: &Caller,
    asker: Asker,
    round: u32,
    source: &Arc<dyn Source>,
    identity: &Identity,
) -> Result<Tried, Error> {
    let subject = subject(service, source.as_ref(), identity)?;
    let now = service.now();
    let mut tx = service.store().change().await?;
    let mut call = StoredCall {
        id: service.id(EventId::at),
        asker,
        source: source.name().to_owned(),
        round,
        subject,
        outcome: Outcome::Asked,
        reference: None,
        reused_from: None,
        asked: now,
        answered: None,
    };
    let reusable = now - Span::hours(service.policy().channels.answer_reused_h);
    if let Some(earlier) = stored::known(&mut tx, source.name(), &subject, reusable).await? {
        call.outcome = earlier.outcome;
        call.reference = earlier.reference;
        call.reused_from = Some(earlier.id);
        call.answered = earlier.answered;
        stored::insert(&mut tx, &call).await?;
        tx.audit(&row(caller, "source.reuse", &call).with("outcome", call.outcome.as_str()), now).await?;
        tx.commit().await?;
        return answered(&call).map(Tried::Answered).ok_or(Error::Internal("source_answer"));
    }
    if let Standing::Full { until, .. } = standing(service, &mut tx, asker, now).await? {
        return Ok(Tried::UsedUp(until));
    }
    stored::insert(&mut tx, &call).await?;
    tx.audit(&row(caller, "source.ask", &call), now).await?;
    tx.commit().await?;

    let question = SourceQuestion {
        name: identity.name.clone(),
        number: identity.number.clone(),
        phone: identity.phone.clone().filter(|_| source.kind() == ChannelKind::MobileOperator),
        bank_card: identity.bank_card.clone().filter(|_| source.kind() == ChannelKind::BankCard),
        reference: reference(&call),
    };
    let said = source.ask(question).await;

    let now = service.now();
    let (outcome, reference) = match &said {
        Ok(SourceAnswer { finding, reference }) => (outcome(*finding), Some(reference.as_str())),
        Err(OutsideError::Unavailable | OutsideError::NotSetUp) => (Outcome::Unavailable, None),
        Err(OutsideError::Unusable) => (Outcome::Unusable, None),
        Err(OutsideError::Refused) => (Outcome::Refused, None),
    };
    let mut tx = service.store().change().await?;
    stored::settle(&mut tx, call.id, outcome, reference, now).await?;
    tx.audit(&row(caller, "source.answer", &call).with("outcome", outcome.as_str()), now).await?;
    tx.commit().await?;
    Ok(match said {
        Ok(SourceAnswer { finding, reference }) => {
            let source = call.source;
            Tried::Answered(Answered { source, finding, reference, at: now, reused: false })
        }
        Err(_) => Tried::Silent,
    })
}

/// Keeps a confirmation. An attempt has one of each source.
pub(super) async fn keep_proof(
    service: &Service,
    tx: &mut Tx,
    asker: Asker,
    person: Option<PersonId>,
    source: &dyn Source,
    answered: &Answered,
) -> Result<Option<ChannelProofId>, Error> {
    if answered.finding != Finding::Confirmed {
        return Ok(None);
    }
    let id = service.id(ChannelProofId::at);
    let proof = StoredProof {
        id,
        account: asker.account,
        attempt: asker.attempt.map(|(_, attempt)| attempt),
        person,
        source: answered.source.clone(),
        reference: answered.reference.clone(),
        proof: Proof {
            kind: source.kind(),
            organisation: source.organisation().to_owned(),
            simulated: source.simulated(),
            confirmed_us: answered.at.unix_us(),
            valid_until_us: None,
        },
    };
    Ok(stored::insert_proof(tx, &proof).await?.then_some(id))
}

/// Whether there is room for one more paid call today.
pub(super) async fn standing(
    service: &Service,
    tx: &mut Tx,
    asker: Asker,
    now: Timestamp,
) -> Result<Standing, Error> {
    let calendar = service.calendar();
    let paid = stored::paid(tx, asker, calendar.start_of(calendar.day(now))).await?;
    let tally = match (paid.first(), paid.last()) {
        (Some(first), Some(last)) => {
            let count = u32::try_from(paid.len()).unwrap_or(u32::MAX);
            Some(Tally { count, first_at: *first, last_at: *last })
        }
        _ => None,
    };
    Ok(Rule::of(Counter::SourceCalls, service.policy().rules()).standing(tally, calendar, now))
}

/// Equal questions have equal bytes, whoever asks.
fn subject(service: &Service, source: &dyn Source, identity: &Identity) -> Result<[u8; 32], Error> {
    let of = |kind, value: &Option<shiming_domain::personal::Personal>| match value {
        Some(value) if source.kind() == kind => value.reveal().to_owned(),
        _ => String::new(),
    };
    let phone = of(ChannelKind::MobileOperator, &identity.phone);
    let card = of(ChannelKind::BankCard, &identity.bank_card);
    let question = [identity.name.reveal().trim(), identity.number.reveal(), &phone, &card].join("\n");
    service.blind_index("source_question", &question)
}

/// Names the question to the source, the same each time.
fn reference(call: &StoredCall) -> String {
    if let Some((_, attempt)) = call.asker.attempt {
        return format!("{attempt}:{}", call.source);
    }
    let start = call.subject.iter().take(8).fold(String::new(), |text, b| text + &format!("{b:02x}"));
    format!("{}:{}:{start}", call.asker.account, call.source)
}

fn row(caller: &Caller, action: &'static str, call: &StoredCall) -> Audit {
    let row = Audit::new(&caller.actor(), action, "account", call.asker.account)
        .with("source", call.source.as_str())
        .with("call", call.id.to_string());
    match call.asker.attempt {
        Some((application, attempt)) => row
            .with("application", application.to_string())
            .with("attempt", attempt.to_string())
            .with("round", call.round),
        None => row,
    }
}

const fn outcome(finding: Finding) -> Outcome {
    match finding {
        Finding::Confirmed => Outcome::Confirmed,
        Finding::Mismatch => Outcome::Mismatch,
        Finding::NoRecord => Outcome::NoRecord,
        Finding::DocumentInvalid => Outcome::DocumentInvalid,
    }
}
