//! Submitting, asking for a person, taking back.

use super::counting::Counters;
use super::moves::{Happens, apply, event, number, open};
use super::view::{self, ApplicationView};
use crate::service::{At, Caller, Error, Pending, Service};
use serde_json::json;
use shiming_domain::application::{Application, AskHuman, AskReason, EventKind, StateName, WithdrawReason};
use shiming_domain::counters::{Counter, Standing};
use shiming_domain::id::{AccountId, ApplicationId, AttemptId, CaseId};
use shiming_domain::reason::Step;
use shiming_store::Tx;
use shiming_store::application::{self as stored, StoredApplication};

/// Why somebody wants a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// It does not work.
    TriesFailed,
    /// The usual way is no way for them.
    Accessibility,
    /// They refuse the use of their face.
    FaceRefused,
}

/// Submits (transitions 3 and 4). Again while it is being looked at changes nothing.
pub async fn submit(
    service: &Service,
    caller: &Caller,
    at: impl Into<At<ApplicationId>>,
) -> Result<Pending<ApplicationView>, Error> {
    let at = at.into();
    again!(try_submit(service, caller, at))
}

async fn try_submit(
    service: &Service,
    caller: &Caller,
    at: At<ApplicationId>,
) -> Result<Pending<ApplicationView>, Error> {
    let (tx, found) = match begun(service, caller, at.id, StateName::waits_for_us).await? {
        Begun::Open(tx, found) => (tx, found),
        Begun::Already(answer) => return Ok(answer),
    };
    at.check(found.version)?;
    let kind = EventKind::Submit { attempt: service.id(AttemptId::at) };
    happen(service, tx, caller, found, kind).await
}

/// Asks for a person (transition 11).
pub async fn ask_human(
    service: &Service,
    caller: &Caller,
    at: impl Into<At<ApplicationId>>,
    wish: Wish,
) -> Result<Pending<ApplicationView>, Error> {
    let at = at.into();
    again!(try_ask(service, caller, at, wish))
}

async fn try_ask(
    service: &Service,
    caller: &Caller,
    at: At<ApplicationId>,
    wish: Wish,
) -> Result<Pending<ApplicationView>, Error> {
    let (mut tx, found) = match begun(service, caller, at.id, |name| name == StateName::ManualReview).await? {
        Begun::Open(tx, found) => (tx, found),
        Begun::Already(answer) => return Ok(answer),
    };
    at.check(found.version)?;
    let reason = match wish {
        Wish::Accessibility => AskReason::Accessibility,
        Wish::FaceRefused => AskReason::FaceRefused,
        Wish::TriesFailed => match full(service, &mut tx, &found.application).await? {
            Some(standing) => AskReason::StepLocked(standing),
            None => AskReason::TriesFailed,
        },
    };
    if wish == Wish::FaceRefused {
        super::consent::face_is_refused(service, &mut tx, &found.application).await?;
    }
    let ask = AskHuman { attempt: service.id(AttemptId::at), case: service.id(CaseId::at), reason };
    happen(service, tx, caller, found, EventKind::AskHuman(ask)).await
}

/// A counter that is full.
async fn full(service: &Service, tx: &mut Tx, application: &Application) -> Result<Option<Standing>, Error> {
    let number = number(tx, application.id).await?;
    let counters = Counters { service, application, number };
    let submits = counters.submits(tx).await?;
    if submits.is_full() {
        return Ok(Some(submits));
    }
    for step in [Step::Form, Step::PortraitSide, Step::EmblemSide, Step::Selfie] {
        let standings: std::collections::BTreeMap<Counter, Standing> = counters.of_step(tx, step).await?;
        if let Some(standing) = standings.into_values().find(|standing| standing.is_full()) {
            return Ok(Some(standing));
        }
    }
    Ok(None)
}

/// Takes an application back (transition 16). Again changes nothing.
pub async fn withdraw(
    service: &Service,
    caller: &Caller,
    at: impl Into<At<ApplicationId>>,
) -> Result<Pending<ApplicationView>, Error> {
    let at = at.into();
    again!(try_withdraw(service, caller, at))
}

async fn try_withdraw(
    service: &Service,
    caller: &Caller,
    at: At<ApplicationId>,
) -> Result<Pending<ApplicationView>, Error> {
    let (tx, found) = match begun(service, caller, at.id, |name| name == StateName::Withdrawn).await? {
        Begun::Open(tx, found) => (tx, found),
        Begun::Already(answer) => return Ok(answer),
    };
    at.check(found.version)?;
    happen(service, tx, caller, found, EventKind::Withdraw(WithdrawReason::Wish)).await
}

/// Takes back the open application of an account, because the account closes or a consent is gone.
pub(crate) async fn withdraw_all(
    service: &Service,
    account: AccountId,
    why: WithdrawReason,
) -> Result<(), Error> {
    again!(try_withdraw_all(service, account, why))
}

async fn try_withdraw_all(service: &Service, account: AccountId, why: WithdrawReason) -> Result<(), Error> {
    let mut tx = service.store().change().await?;
    let Some(found) = stored::open_of(&mut tx, account).await? else { return Ok(()) };
    let system = Caller::system();
    let event = event(service, &system, EventKind::Withdraw(why))?;
    let facts = vec![("why", json!(why))];
    apply(service, &mut tx, found, Happens { by: &system.actor(), event, facts }).await?;
    Ok(tx.commit().await?)
}

/// An application in the transaction that will change it, or that it is where it should go.
enum Begun {
    /// Something may happen to it.
    Open(Tx, StoredApplication),
    /// A repetition: the application as it is, and nothing changes.
    Already(Pending<ApplicationView>),
}

async fn begun(
    service: &Service,
    caller: &Caller,
    id: ApplicationId,
    already: impl Fn(StateName) -> bool,
) -> Result<Begun, Error> {
    let mut tx = service.store().change().await?;
    let found = open(&mut tx, caller, id).await?;
    if !already(found.application.state().name()) {
        return Ok(Begun::Open(tx, found));
    }
    // A change commits only with an audit row, and here is nothing to tell.
    drop(tx);
    let mut tx = service.store().housekeep().await?;
    let found = open(&mut tx, caller, id).await?;
    let view = view::of(service, &mut tx, caller, &found.application, found.version).await?;
    Ok(Begun::Already(Pending::new(service, tx, view)))
}

async fn happen(
    service: &Service,
    mut tx: Tx,
    caller: &Caller,
    found: StoredApplication,
    kind: EventKind,
) -> Result<Pending<ApplicationView>, Error> {
    let happens = Happens { by: &caller.actor(), event: event(service, caller, kind)?, facts: Vec::new() };
    let moved = apply(service, &mut tx, found, happens).await?;
    let view = view::of(service, &mut tx, caller, &moved.application, moved.version).await?;
    Ok(Pending::new(service, tx, view))
}
