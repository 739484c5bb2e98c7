//! Tickets: a person and support write to each other.

use crate::notice;
use crate::review::{self, staff, standing};
use crate::service::{Caller, Error, Job, Kind, Pending, Refused, Service};
use shiming_domain::case::{Priority, Role};
use shiming_domain::id::{AccountId, ApplicationId, StaffId, TicketId};
use shiming_domain::moment::Timestamp;
use shiming_domain::notice::Notice;
use shiming_domain::reason::Code;
use shiming_domain::ticket::{Author, Event, State, closes_at};
use shiming_store::Tx;
use shiming_store::application as applications;
use shiming_store::audit::{Actor, Audit};
pub use shiming_store::ticket::Ticket;
use shiming_store::ticket::{self as stored, Message};
use shiming_vault::keys::Purpose;
use std::collections::BTreeMap;

/// Characters of a message.
const TEXT_CHARS_MAX: usize = 4000;
/// Reasons a ticket is opened from.
const REASONS_MAX: usize = 20;

/// A ticket as it is opened.
#[derive(Clone, Debug, Default)]
pub struct NewTicket {
    /// The application it is about.
    pub application: Option<ApplicationId>,
    /// Reasons that were on the screen.
    pub reasons: Vec<Code>,
    /// Frozen account, reported compromise, missing money, accessibility, repeated selfie lock.
    pub urgent: bool,
    /// The first message.
    pub text: String,
}

/// A message in clear, for the two who write.
#[derive(Clone, PartialEq, Eq)]
pub struct Written {
    /// Its place, from 1.
    pub seq: i64,
    /// Who wrote.
    pub author: Author,
    /// Which member of staff; only staff see it.
    pub staff: Option<StaffId>,
    /// The text.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// Messages stay out of logs.
impl std::fmt::Debug for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Written({}, {:?}, {} bytes)", self.seq, self.author, self.text.len())
    }
}

/// Who writes or reads.
enum Side {
    Owner(AccountId),
    Support(StaffId),
}

/// The owner of an account, or support; for everybody else there are no tickets.
fn side(caller: &Caller) -> Result<Side, Error> {
    if let Some(account) = caller.account() {
        return Ok(Side::Owner(account));
    }
    let by = staff(caller)?;
    if matches!(by.role, Role::Support | Role::Supervisor) {
        return Ok(Side::Support(by.id));
    }
    let detail = "Tickets are answered by support.";
    Err(Refused::new(Kind::Forbidden, "ticket_role", detail).into())
}

/// The owner of an account opens a ticket.
pub async fn open(service: &Service, caller: &Caller, new: NewTicket) -> Result<Pending<Ticket>, Error> {
    let account = caller.account().ok_or_else(Error::not_found)?;
    if new.reasons.len() > REASONS_MAX {
        let detail = format!("At most {REASONS_MAX} reasons.");
        return Err(Refused::new(Kind::Unacceptable, "ticket_reasons", detail).into());
    }
    let now = service.now();
    let mut tx = service.store().change().await?;
    if let Some(id) = new.application {
        let found = applications::load(&mut tx, id).await?;
        // Nobody asks about somebody else's.
        found.filter(|found| found.application.account == account).ok_or_else(Error::not_found)?;
    }
    let person = standing(&mut tx, account).await?;
    let priority = Priority::of(person.level, person.frozen || new.urgent);
    let due_us = service
        .work_calendar()
        .due_at(now.unix_us(), priority.first_reply())
        .map_err(|_| Error::Internal("ticket_clock"))?;
    let mut ticket = Ticket {
        id: service.id(TicketId::at),
        version: 1,
        account,
        application: new.application,
        reasons: new.reasons,
        state: State::Open,
        priority,
        opened_at: now,
        due_at: Timestamp::from_unix_us(due_us).map_err(|_| Error::Internal("ticket_clock"))?,
        replied_at: None,
        resolved_at: None,
        messages: 0,
    };
    stored::insert(&mut tx, &ticket).await?;
    write(service, &mut tx, &mut ticket, None, &new.text).await?;
    stored::save(&mut tx, &mut ticket).await?;
    service.push(&mut tx, &Job::TicketClock { ticket: ticket.id }, ticket.due_at).await?;
    let reasons: Vec<_> = ticket.reasons.iter().map(|code| code.as_str()).collect();
    let row = Audit::new(&caller.actor(), "ticket.open", "ticket", ticket.id)
        .with("application", ticket.application.map(|id| id.to_string()))
        .with("reasons", reasons)
        .with("priority", priority.number());
    tx.audit(&row, now).await?;
    Ok(Pending::new(service, tx, ticket))
}

/// Somebody writes.
pub async fn post(
    service: &Service,
    caller: &Caller,
    id: TicketId,
    text: &str,
) -> Result<Pending<Ticket>, Error> {
    let side = side(caller)?;
    let now = service.now();
    let mut tx = service.store().change().await?;
    let mut ticket = load(&mut tx, &side, id).await?;
    let (author, by) = match side {
        Side::Owner(_) => (Author::Applicant, None),
        Side::Support(staff) => (Author::Staff, Some(staff)),
    };
    step(service, &mut ticket, Event::Message(author))?;
    if author == Author::Staff {
        ticket.replied_at = ticket.replied_at.or(Some(now));
    }
    write(service, &mut tx, &mut ticket, by, text).await?;
    save(&mut tx, &mut ticket).await?;
    match (author, ticket.application) {
        (Author::Staff, _) => {
            notice::tell(service, &mut tx, ticket.account, Notice::TicketReply, BTreeMap::new(), now).await?;
        }
        // What a case waited for may be in it.
        (Author::Applicant, Some(application)) => {
            review::answered(service, &mut tx, ticket.account, application).await?;
        }
        (Author::Applicant, None) => {}
    }
    audit(service, &mut tx, &caller.actor(), "ticket.post", &ticket).await?;
    Ok(Pending::new(service, tx, ticket))
}

/// It is answered: by support, or the owner needs no answer any more.
pub async fn resolve(service: &Service, caller: &Caller, id: TicketId) -> Result<Pending<Ticket>, Error> {
    let side = side(caller)?;
    let mut tx = service.store().change().await?;
    let mut ticket = load(&mut tx, &side, id).await?;
    step(service, &mut ticket, Event::Resolve)?;
    let now = service.now();
    ticket.resolved_at = Some(now);
    save(&mut tx, &mut ticket).await?;
    service.push(&mut tx, &Job::TicketClock { ticket: id }, closes_at(now)).await?;
    audit(service, &mut tx, &caller.actor(), "ticket.resolve", &ticket).await?;
    Ok(Pending::new(service, tx, ticket))
}

/// The tickets of the caller's account, newest first; for support those that wait, most urgent first.
pub async fn list(
    service: &Service,
    caller: &Caller,
    after: Option<TicketId>,
    limit: u32,
) -> Result<Vec<Ticket>, Error> {
    let side = side(caller)?;
    let mut tx = service.store().read().await?;
    match side {
        Side::Owner(account) => Ok(stored::of_account(&mut tx, account, after, limit).await?),
        Side::Support(_) => {
            let place = match after {
                Some(id) => stored::load(&mut tx, id).await?,
                None => None,
            };
            Ok(stored::waiting(&mut tx, place.as_ref(), limit).await?)
        }
    }
}

/// A ticket with its messages. The person does not learn who of support wrote; what support reads of a person
/// leaves a row, and is not answered without it.
pub async fn view(service: &Service, caller: &Caller, id: TicketId) -> Result<(Ticket, Vec<Written>), Error> {
    let side = side(caller)?;
    let reads = matches!(side, Side::Support(_));
    let mut tx = if reads { service.store().change().await? } else { service.store().read().await? };
    let ticket = load(&mut tx, &side, id).await?;
    let mut written = Vec::new();
    for message in stored::messages(&mut tx, id).await? {
        let (owner, place) = (ticket.account.to_string(), place(id, message.seq));
        let plain =
            service.unseal(&mut tx, &owner, Purpose::Contact, "ticket", &place, &message.text).await?;
        let text =
            String::from_utf8(plain.as_bytes().to_vec()).map_err(|_| Error::Internal("ticket_text"))?;
        let staff = message.staff.filter(|_| matches!(side, Side::Support(_)));
        written.push(Written { seq: message.seq, author: message.author, staff, text, at: message.at });
    }
    if reads {
        let row = Audit::new(&caller.actor(), "ticket.read", "ticket", id)
            .with("account", ticket.account.to_string())
            .with("purpose", "support")
            .with("messages", written.len());
        tx.audit(&row, service.now()).await?;
        tx.commit().await?;
    }
    Ok((ticket, written))
}

/// Does what is due: a resolved ticket is over after a while; a late first reply is counted.
pub(crate) async fn clock(service: &Service, id: TicketId) -> Result<(), Error> {
    let now = service.now();
    let mut tx = service.store().change().await?;
    let Some(mut ticket) = stored::load(&mut tx, id).await? else { return Ok(()) };
    if let Ok(state) = ticket.state.after(Event::Close, ticket.resolved_at, now) {
        ticket.state = state;
        save(&mut tx, &mut ticket).await?;
        audit(service, &mut tx, &Actor::system(), "ticket.close", &ticket).await?;
        return Ok(tx.commit().await?);
    }
    let waits = matches!(ticket.state, State::Open | State::WaitingStaff);
    if waits && ticket.replied_at.is_none() && now >= ticket.due_at {
        metrics::counter!("shiming_tickets_late_total", "priority" => ticket.priority.number().to_string())
            .increment(1);
    }
    Ok(())
}

fn step(service: &Service, ticket: &mut Ticket, event: Event) -> Result<(), Error> {
    let next = ticket.state.after(event, ticket.resolved_at, service.now());
    ticket.state = next.map_err(|why| Refused::new(Kind::Conflict, "ticket_state", why.to_string()))?;
    Ok(())
}

async fn load(tx: &mut Tx, side: &Side, id: TicketId) -> Result<Ticket, Error> {
    let ticket = stored::load(tx, id).await?.ok_or_else(Error::not_found)?;
    match side {
        Side::Owner(account) if *account != ticket.account => Err(Error::not_found()),
        _ => Ok(ticket),
    }
}

async fn save(tx: &mut Tx, ticket: &mut Ticket) -> Result<(), Error> {
    match stored::save(tx, ticket).await {
        Err(shiming_store::Error::Conflict { .. }) => {
            let detail = "The ticket has changed; nothing was saved. Try again.";
            Err(Refused::new(Kind::Conflict, "ticket_changed", detail).into())
        }
        other => Ok(other?),
    }
}

/// Seals a message for its place and counts it.
async fn write(
    service: &Service,
    tx: &mut Tx,
    ticket: &mut Ticket,
    by: Option<StaffId>,
    text: &str,
) -> Result<(), Error> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > TEXT_CHARS_MAX {
        let detail = format!("A message has 1 to {TEXT_CHARS_MAX} characters.");
        return Err(Refused::new(Kind::Unacceptable, "ticket_text", detail).into());
    }
    if ticket.messages >= stored::MESSAGES_MAX {
        let detail = "This conversation is full. Open a new ticket.";
        return Err(Refused::new(Kind::Conflict, "ticket_full", detail).into());
    }
    ticket.messages += 1;
    let seq = ticket.messages;
    let owner = ticket.account.to_string();
    let sealed =
        service.seal(tx, &owner, Purpose::Contact, "ticket", &place(ticket.id, seq), text.as_bytes()).await?;
    let author = if by.is_some() { Author::Staff } else { Author::Applicant };
    let message = Message { seq, author, staff: by, text: sealed, at: service.now() };
    // The place is taken if somebody else wrote at the same moment.
    stored::insert_message(tx, ticket.id, &message).await.map_err(|error| {
        if error.is_unique_violation() {
            return shiming_store::Error::Conflict { table: "ticket" }.into();
        }
        Error::from(error)
    })
}

fn place(ticket: TicketId, seq: i64) -> String {
    format!("{ticket}/{seq}")
}

async fn audit(
    service: &Service,
    tx: &mut Tx,
    actor: &Actor,
    action: &'static str,
    ticket: &Ticket,
) -> Result<(), Error> {
    let state = serde_json::to_value(ticket.state).map_err(|_| Error::Internal("ticket_state"))?;
    let row =
        Audit::new(actor, action, "ticket", ticket.id).with("state", state).with("messages", ticket.messages);
    Ok(tx.audit(&row, service.now()).await?)
}
