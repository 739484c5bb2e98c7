//! Handing the pictures of an application to a phone.
//!
//! A link is worth something once and for ten minutes; asking what it is for does not use it up, because chat
//! programs and scanners look at links before people do. Whoever takes it may send pictures for this one
//! application for half an hour, and read nothing but which of them are still missing.

use super::moves::open;
use super::view::{self, ApplicationView, StepState, StepView};
use crate::account;
use crate::service::{Caller, Error, Kind, Pending, Principal, Refused, Service, Strength};
use shiming_domain::application::{Purpose, StateName};
use shiming_domain::id::{ApplicationId, HandoffId};
use shiming_domain::moment::{Span, Timestamp};
use shiming_domain::reason::Step;
use shiming_store::Tx;
use shiming_store::application::{self as stored, NewHandoff, StoredHandoff};
use shiming_store::audit::Audit;
use shiming_vault::token::Token;

/// A link is worth something so long.
const LINK_LASTS: Span = Span::minutes(10);
/// A phone that took it may send pictures so long.
const PHONE_LASTS: Span = Span::minutes(30);
/// What a phone can do.
pub(super) const PICTURES: [Step; 3] = [Step::PortraitSide, Step::EmblemSide, Step::Selfie];

/// How far a hand-off is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Nobody has looked at the link yet.
    Waiting,
    /// Somebody has looked at it.
    Opened,
    /// A phone has taken it.
    Claimed,
    /// All pictures are there.
    Done,
    /// It took too long.
    Expired,
    /// Taken back, or replaced by a newer one.
    Ended,
}

impl Progress {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Opened => "opened",
            Self::Claimed => "claimed",
            Self::Done => "done",
            Self::Expired => "expired",
            Self::Ended => "ended",
        }
    }
}

/// A hand-off, as both sides of it see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandoffView {
    /// Its id.
    pub id: HandoffId,
    /// The application whose steps are handed over.
    pub application: ApplicationId,
    /// How far it is.
    pub progress: Progress,
    /// The pictures that are asked for, and how each stands.
    pub steps: Vec<StepView>,
    /// Until when the link, or the phone that took it, is worth something.
    pub expires_at: Timestamp,
}

/// A new hand-off with its link, which nobody can read again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    /// The hand-off.
    pub view: HandoffView,
    /// What to open on the phone. Its token stands behind `#`, which browsers send to nobody.
    pub link: String,
}

/// What a link is for, told before anybody takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Landing {
    /// Whom the pictures are for.
    pub operator: String,
    /// What the application is for.
    pub purpose: Purpose,
    /// A contact of the account, masked: a link can be passed on to a victim, who would not know it.
    pub account: Option<String>,
    /// The pictures that are asked for.
    pub steps: Vec<Step>,
    /// The link is worth nothing from then on.
    pub expires_at: Timestamp,
}

/// A phone has taken it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// The phone's own token, for a cookie. Nobody can read it again.
    pub token: String,
    /// The hand-off.
    pub view: HandoffView,
}

/// Hands the pictures that are still missing to a phone. An older link, or a phone that took one, is worth nothing
/// any more.
pub async fn offer(service: &Service, caller: &Caller, id: ApplicationId) -> Result<Pending<Offered>, Error> {
    again!(try_offer(service, caller, id))
}

async fn try_offer(service: &Service, caller: &Caller, id: ApplicationId) -> Result<Pending<Offered>, Error> {
    let now = service.now();
    let mut tx = service.store().change().await?;
    let found = open(&mut tx, caller, id).await?;
    let application = view::of(service, &mut tx, caller, &found.application, found.version).await?;
    if !has_form(&application) || !has_missing(&application) {
        let detail = "There is no picture to take: the form comes first, or all pictures are there.";
        return Err(Refused::new(Kind::Conflict, "handoff_not_needed", detail).into());
    }
    let replaced = stored::end_handoffs(&mut tx, id, now).await?;
    let token = Token::generate(&mut service.draw());
    let new = NewHandoff {
        id: service.id(HandoffId::at),
        application: id,
        account: found.application.account,
        link: token.hash(),
        expires_at: now + LINK_LASTS,
    };
    match stored::insert_handoff(&mut tx, &new, now).await {
        // Two at once: the index lets one of them through.
        Err(error) if error.is_unique_violation() => {
            let detail = "Another link was made in the same moment.";
            return Err(Refused::new(Kind::Conflict, "handoff_twice", detail).into());
        }
        done => done?,
    }
    let audit = Audit::new(&caller.actor(), "handoff.offer", "application", id);
    tx.audit(&audit.with("handoff", new.id.to_string()).with("replaced", replaced), now).await?;
    let stored = stored::handoff(&mut tx, new.id).await?.ok_or_else(Error::not_found)?;
    let view = shown(&stored, &application, now);
    let link = format!("{}/handoff#{}", service.settings().public_url, token.reveal());
    Ok(Pending::new(service, tx, Offered { view, link }))
}

/// How far a hand-off of the caller's is.
pub async fn follow(service: &Service, caller: &Caller, id: HandoffId) -> Result<HandoffView, Error> {
    let mut tx = service.store().read().await?;
    let found = own(&mut tx, caller, id).await?;
    seen(service, &mut tx, caller, &found).await
}

/// Takes a hand-off back. Again changes nothing.
pub async fn cancel(service: &Service, caller: &Caller, id: HandoffId) -> Result<Pending<()>, Error> {
    let now = service.now();
    let mut tx = service.store().change().await?;
    let found = own(&mut tx, caller, id).await?;
    if found.ended_at.is_none() {
        stored::end_handoffs(&mut tx, found.application, now).await?;
    }
    let audit = Audit::new(&caller.actor(), "handoff.cancel", "application", found.application);
    tx.audit(&audit.with("handoff", id.to_string()), now).await?;
    Ok(Pending::new(service, tx, ()))
}

/// What a link is for. Looking does not use it up.
pub async fn look(service: &Service, caller: &Caller, token: &str) -> Result<Pending<Landing>, Error> {
    let now = service.now();
    let mut tx = service.store().change().await?;
    let found = usable(service, &mut tx, token).await?;
    let first = stored::open_handoff(&mut tx, found.id, now).await?;
    let application = applied(service, &mut tx, &found).await?;
    let contacts = account::contacts(service, &mut tx, found.account).await?;
    let audit = Audit::new(&caller.actor(), "handoff.look", "application", found.application);
    tx.audit(&audit.with("handoff", found.id.to_string()).with("first", first), now).await?;
    let landing = Landing {
        operator: service.settings().product_name.clone(),
        purpose: application.purpose,
        account: contacts.first().map(shiming_domain::account::Contact::masked),
        steps: pictures(&application).map(|step| step.name).collect(),
        expires_at: found.expires_at,
    };
    Ok(Pending::new(service, tx, landing))
}

/// Takes a link, once.
pub async fn claim(service: &Service, caller: &Caller, token: &str) -> Result<Pending<Claimed>, Error> {
    let now = service.now();
    let mut tx = service.store().change().await?;
    let found = usable(service, &mut tx, token).await?;
    let phone = Token::generate(&mut service.draw());
    if !stored::claim_handoff(&mut tx, found.id, &phone.hash(), now + PHONE_LASTS, now).await? {
        return Err(over());
    }
    let audit = Audit::new(&caller.actor(), "handoff.claim", "application", found.application);
    tx.audit(&audit.with("handoff", found.id.to_string()), now).await?;
    let taken = stored::handoff(&mut tx, found.id).await?.ok_or_else(Error::not_found)?;
    let application = applied(service, &mut tx, &taken).await?;
    let view = shown(&taken, &application, now);
    Ok(Pending::new(service, tx, Claimed { token: phone.reveal(), view }))
}

/// Who has this token of a phone; nobody if it is unknown or over.
pub async fn authenticate(
    service: &Service,
    token: &str,
    request_id: Option<String>,
    network: Option<String>,
) -> Result<Option<Caller>, Error> {
    let Ok(token) = Token::parse(token) else { return Ok(None) };
    let mut tx = service.store().read().await?;
    let found = stored::handoff_by_phone(&mut tx, &token.hash(), service.now()).await?;
    let Some(StoredHandoff { id: handoff, application, account, .. }) = found else { return Ok(None) };
    if !account::is_active(&mut tx, account).await? {
        return Ok(None);
    }
    let principal = Principal::Phone { account, application, handoff };
    Ok(Some(Caller { principal, strength: Strength::None, verified_at: None, request_id, network }))
}

/// The hand-off that the calling phone took.
pub async fn current(service: &Service, caller: &Caller) -> Result<HandoffView, Error> {
    let Principal::Phone { handoff: id, .. } = caller.principal else { return Err(Error::not_found()) };
    let mut tx = service.store().read().await?;
    let found = stored::handoff(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    seen(service, &mut tx, caller, &found).await
}

/// A hand-off of an application that is the caller's.
async fn own(tx: &mut Tx, caller: &Caller, id: HandoffId) -> Result<StoredHandoff, Error> {
    let found = stored::handoff(tx, id).await?.ok_or_else(Error::not_found)?;
    open(tx, caller, found.application).await?;
    Ok(found)
}

/// The hand-off of a link that can still be taken.
async fn usable(service: &Service, tx: &mut Tx, token: &str) -> Result<StoredHandoff, Error> {
    let token = Token::parse(token).map_err(|_| Error::not_found())?;
    let found = stored::handoff_by_link(tx, &token.hash()).await?.ok_or_else(Error::not_found)?;
    let unused = found.ended_at.is_none() && found.phone_until.is_none();
    if unused && service.now() < found.expires_at { Ok(found) } else { Err(over()) }
}

fn over() -> Error {
    let detail = "This link was used, replaced or taken back, or it took too long. Make a new one.";
    Refused::new(Kind::Conflict, "handoff_over", detail).into()
}

async fn seen(
    service: &Service,
    tx: &mut Tx,
    caller: &Caller,
    found: &StoredHandoff,
) -> Result<HandoffView, Error> {
    let held = open(tx, caller, found.application).await?;
    let application = view::of(service, tx, caller, &held.application, held.version).await?;
    Ok(shown(found, &application, service.now()))
}

/// The application of a hand-off, for whoever holds its link.
async fn applied(service: &Service, tx: &mut Tx, found: &StoredHandoff) -> Result<ApplicationView, Error> {
    let phone =
        Principal::Phone { account: found.account, application: found.application, handoff: found.id };
    let caller = Caller { principal: phone, ..Caller::system() };
    let held = open(tx, &caller, found.application).await?;
    view::of(service, tx, &caller, &held.application, held.version).await
}

fn shown(found: &StoredHandoff, application: &ApplicationView, now: Timestamp) -> HandoffView {
    let expires_at = found.phone_until.unwrap_or(found.expires_at);
    let progress = if found.ended_at.is_some() {
        Progress::Ended
    } else if found.phone_until.is_some() && !has_missing(application) {
        Progress::Done
    } else if now >= expires_at {
        Progress::Expired
    } else if found.phone_until.is_some() {
        Progress::Claimed
    } else if found.opened_at.is_some() {
        Progress::Opened
    } else {
        Progress::Waiting
    };
    let (id, steps) = (found.id, pictures(application).cloned().collect());
    HandoffView { id, application: application.id, progress, steps, expires_at }
}

/// What a phone sees of the application: which pictures are missing.
pub(super) fn for_phone(mut view: ApplicationView) -> ApplicationView {
    view.steps.retain(|step| PICTURES.contains(&step.name));
    ApplicationView {
        latest_decision: None,
        due_at: None,
        review_due_at: None,
        person_offered: false,
        ..view
    }
}

fn pictures(application: &ApplicationView) -> impl Iterator<Item = &StepView> {
    application.steps.iter().filter(|step| PICTURES.contains(&step.name))
}

/// The applicant is at work on it, and a picture is not there.
fn has_missing(application: &ApplicationView) -> bool {
    let editable = matches!(application.status, StateName::Draft | StateName::Resubmit);
    editable && pictures(application).any(|step| step.state != StepState::Done)
}

/// Pictures come after the form.
fn has_form(application: &ApplicationView) -> bool {
    application.steps.iter().any(|step| step.name == Step::Form && step.state == StepState::Done)
}
