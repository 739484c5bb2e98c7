//! Support conversations. What is written in them is sealed.

use crate::case::{from_word, json, moment, word};
use crate::{Broken, Error, Tx};
use shiming_domain::case::Priority;
use shiming_domain::id::{AccountId, ApplicationId, StaffId, TicketId};
use shiming_domain::moment::Timestamp;
use shiming_domain::reason::Code;
use shiming_domain::ticket::{Author, State};
use shiming_vault::seal::Sealed;

/// Messages a ticket may have.
pub const MESSAGES_MAX: i64 = 500;

/// A ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Its id.
    pub id: TicketId,
    /// Version of the row.
    pub version: i64,
    /// Whose.
    pub account: AccountId,
    /// About which application.
    pub application: Option<ApplicationId>,
    /// The reasons it was opened from.
    pub reasons: Vec<Code>,
    /// Where it stands.
    pub state: State,
    /// The person's priority.
    pub priority: Priority,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When the first reply is due.
    pub due_at: Timestamp,
    /// When support first replied.
    pub replied_at: Option<Timestamp>,
    /// When it was last resolved.
    pub resolved_at: Option<Timestamp>,
    /// Messages in it.
    pub messages: i64,
}

/// One message.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its place, from 1.
    pub seq: i64,
    /// Who wrote.
    pub author: Author,
    /// Which member of staff, if one did.
    pub staff: Option<StaffId>,
    /// Sealed for the account.
    pub text: Sealed,
    /// When.
    pub at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    version: i64,
    account: String,
    application: Option<String>,
    reasons: String,
    state: String,
    priority: i64,
    opened_us: i64,
    due_us: i64,
    replied_us: Option<i64>,
    resolved_us: Option<i64>,
    messages: i64,
}

#[derive(sqlx::FromRow)]
struct MessageRow {
    seq: i64,
    author: String,
    staff: Option<String>,
    text: Vec<u8>,
    at_us: i64,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, version, account, application, reasons, state, priority, opened_us, due_us, replied_us, \
             resolved_us, messages FROM ticket WHERE ",
            $rest
        )
    };
}

impl Row {
    fn read(self) -> Result<Ticket, Error> {
        let broken = |column| Broken::new("ticket", column, self.id.clone());
        let at = |us: Option<i64>, column| us.map(|us| moment(us, broken(column))).transpose();
        let priority = u8::try_from(self.priority).ok().and_then(Priority::from_number);
        let application = self.application.as_deref().map(str::parse).transpose();
        Ok(Ticket {
            id: self.id.parse().map_err(|_| broken("id"))?,
            version: self.version,
            account: self.account.parse().map_err(|_| broken("account"))?,
            application: application.map_err(|_| broken("application"))?,
            reasons: serde_json::from_str(&self.reasons).map_err(|_| broken("reasons"))?,
            state: from_word(&self.state).ok_or_else(|| broken("state"))?,
            priority: priority.ok_or_else(|| broken("priority"))?,
            opened_at: moment(self.opened_us, broken("opened_us"))?,
            due_at: moment(self.due_us, broken("due_us"))?,
            replied_at: at(self.replied_us, "replied_us")?,
            resolved_at: at(self.resolved_us, "resolved_us")?,
            messages: self.messages,
        })
    }
}

/// Stores a new ticket.
pub async fn insert(tx: &mut Tx, ticket: &Ticket) -> Result<(), Error> {
    exec_one!(
        tx,
        "ticket",
        "INSERT INTO ticket (id, version, account, application, reasons, state, priority, opened_us, due_us, \
         replied_us, resolved_us, messages) VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, NULL, NULL, $9)",
        ticket.id.to_string(),
        ticket.account.to_string(),
        ticket.application.map(|id| id.to_string()),
        json(&ticket.reasons, Broken::new("ticket", "reasons", ticket.id.to_string()))?,
        word(&ticket.state),
        i64::from(ticket.priority.number()),
        ticket.opened_at.unix_us(),
        ticket.due_at.unix_us(),
        ticket.messages,
    )
}

/// Saves a ticket that nobody else has saved since it was read.
pub async fn save(tx: &mut Tx, ticket: &mut Ticket) -> Result<(), Error> {
    exec_one!(
        tx,
        "ticket",
        "UPDATE ticket SET version = version + 1, state = $3, priority = $4, replied_us = $5, resolved_us = $6, \
         messages = $7 WHERE id = $1 AND version = $2",
        ticket.id.to_string(),
        ticket.version,
        word(&ticket.state),
        i64::from(ticket.priority.number()),
        ticket.replied_at.map(Timestamp::unix_us),
        ticket.resolved_at.map(Timestamp::unix_us),
        ticket.messages,
    )?;
    ticket.version += 1;
    Ok(())
}

/// Reads a ticket.
pub async fn load(tx: &mut Tx, id: TicketId) -> Result<Option<Ticket>, Error> {
    let row: Option<Row> = fetch_optional!(tx, Row, "ticket", select!("id = $1"), id.to_string())?;
    row.map(Row::read).transpose()
}

/// Tickets of an account, newest first, before an id.
pub async fn of_account(
    tx: &mut Tx,
    account: AccountId,
    before: Option<TicketId>,
    limit: u32,
) -> Result<Vec<Ticket>, Error> {
    let rows: Vec<Row> = fetch_all!(
        tx,
        Row,
        "ticket",
        select!("account = $1 AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3"),
        account.to_string(),
        before.map(|id| id.to_string()).unwrap_or_default(),
        i64::from(limit),
    )?;
    rows.into_iter().map(Row::read).collect()
}

/// Tickets that wait for support: priority, then date, after a place.
pub async fn waiting(tx: &mut Tx, after: Option<&Ticket>, limit: u32) -> Result<Vec<Ticket>, Error> {
    let place = after.map(|t| (i64::from(t.priority.number()), t.due_at.unix_us(), t.id.to_string()));
    let (priority, due_us, id) = place.unwrap_or((0, i64::MIN, String::new()));
    let rows: Vec<Row> = fetch_all!(
        tx,
        Row,
        "ticket",
        select!(
            "state IN ('open', 'waiting_staff') AND (priority > $1 OR (priority = $1 AND (due_us > $2 \
             OR (due_us = $2 AND id > $3)))) ORDER BY priority, due_us, id LIMIT $4"
        ),
        priority,
        due_us,
        id,
        i64::from(limit),
    )?;
    rows.into_iter().map(Row::read).collect()
}

/// Writes a message at its place.
pub async fn insert_message(tx: &mut Tx, ticket: TicketId, message: &Message) -> Result<(), Error> {
    exec_one!(
        tx,
        "ticket_message",
        "INSERT INTO ticket_message (ticket_id, seq, author, staff, text, at_us) VALUES ($1, $2, $3, $4, $5, $6)",
        ticket.to_string(),
        message.seq,
        word(&message.author),
        message.staff.map(|id| id.to_string()),
        message.text.as_bytes(),
        message.at.unix_us(),
    )
}

/// The messages of a ticket, oldest first.
pub async fn messages(tx: &mut Tx, ticket: TicketId) -> Result<Vec<Message>, Error> {
    let rows: Vec<MessageRow> = fetch_all!(
        tx,
        MessageRow,
        "ticket_message",
        "SELECT seq, author, staff, text, at_us FROM ticket_message WHERE ticket_id = $1 ORDER BY seq LIMIT $2",
        ticket.to_string(),
        MESSAGES_MAX,
    )?;
    rows.into_iter()
        .map(|row| {
            let broken = |column| Broken::new("ticket_message", column, format!("{ticket} {}", row.seq));
            Ok(Message {
                seq: row.seq,
                author: from_word(&row.author).ok_or_else(|| broken("author"))?,
                staff: row.staff.as_deref().map(str::parse).transpose().map_err(|_| broken("staff"))?,
                text: Sealed::from_bytes(row.text).map_err(|_| broken("text"))?,
                at: moment(row.at_us, broken("at_us"))?,
            })
        })
        .collect()
}
