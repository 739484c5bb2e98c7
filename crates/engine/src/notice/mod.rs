//! Notices: what a person is told, inside the product always, by mail and SMS where the kind says so.
//!
//! A notice is written in the transaction of what it tells about, once: the same id twice is one notice. A
//! job sends it, in the language the person reads by then. Each way is marked when it is done, so a job that
//! runs again sends only what is left; between the sending and the mark a crash can send twice, and then the
//! message id is the same.

mod letters;
mod params;
mod reader;
mod texts;

pub(crate) use letters::account_letter;
pub use letters::letter;
pub use params::moment;
pub use reader::Reader;
pub(crate) use texts::AccountLetter;

use crate::outside::ShortMessage;
use crate::outside::outbox::{self, Posted};
use crate::service::{Caller, Error, Job, Service};
use shiming_domain::account::{Contact, ContactKind, Locale};
use shiming_domain::id::{AccountId, EventId, NoticeId};
use shiming_domain::moment::{Span, Timestamp};
use shiming_domain::notice::{Notice, Via};
use shiming_domain::reason::Text;
use shiming_store::Tx;
use shiming_store::notice::{self as stored, Sending, StoredNotice, Way};
use shiming_vault::keys::Purpose;
use std::collections::BTreeMap;

/// A notice still waiting this long after it was due has lost its job to an outage.
const OVERDUE: Span = Span::hours(2);
/// After so long it is no news any more.
const STALE: Span = Span::days(3);
/// Overdue notices given a new job at once.
const OVERDUE_MAX: u32 = 2000;

/// A notice to be written.
pub struct NewNotice {
    /// Its id; see [`id_of`].
    pub id: NoticeId,
    /// Whom it tells.
    pub account: AccountId,
    /// What.
    pub kind: Notice,
    /// What is filled into its title. Values of another shape than their name are dropped.
    pub params: BTreeMap<&'static str, String>,
    /// Shown and sent from then on.
    pub at: Timestamp,
    /// Contacts that are no longer the account's and are told as well.
    pub also_to: Vec<Contact>,
}

/// A notice as its reader sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its id.
    pub id: NoticeId,
    /// What.
    pub kind: Notice,
    /// One line, in both languages.
    pub title: Text,
    /// What to do.
    pub body: Text,
    /// Since when it is shown.
    pub at: Timestamp,
    /// When it was read.
    pub read_at: Option<Timestamp>,
}

/// A page of notices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Newest first.
    pub notices: Vec<Shown>,
    /// Give this to get the next page.
    pub next: Option<NoticeId>,
    /// Not yet read, of all pages.
    pub unread: u64,
}

/// The id of the notice that follows from an event's n-th effect, the same however often the effect runs.
pub const fn id_of(event: EventId, number: u32) -> NoticeId {
    NoticeId::from_bits(event.bits() ^ number as u128)
}

/// Tells an account something from `at` on.
pub async fn tell(
    service: &Service,
    tx: &mut Tx,
    account: AccountId,
    kind: Notice,
    params: BTreeMap<&'static str, String>,
    at: Timestamp,
) -> Result<NoticeId, Error> {
    let id = service.id(NoticeId::at);
    tell_once(service, tx, NewNotice { id, account, kind, params, at, also_to: Vec::new() }).await?;
    Ok(id)
}

/// Tells it unless a notice with this id was told before. Answers whether it was new.
pub async fn tell_once(service: &Service, tx: &mut Tx, new: NewNotice) -> Result<bool, Error> {
    let (mail, sms) = match new.kind.via() {
        Via::InApp => (Sending::None, Sending::None),
        Via::Mail => (Sending::Waiting, Sending::None),
        Via::MailAndSms => (Sending::Waiting, Sending::Waiting),
    };
    let also_to = if new.also_to.is_empty() {
        None
    } else {
        let plain = reader::pack(&new.also_to)?;
        let (subject, place) = (new.account.to_string(), new.id.to_string());
        Some(service.seal(tx, &subject, Purpose::Contact, "notice", &place, &plain).await?)
    };
    let notice = StoredNotice {
        id: new.id,
        account: new.account,
        kind: new.kind,
        params: params::kept(new.params, &texts::texts().words),
        also_to,
        due: new.at,
        created: service.now(),
        read: None,
        mail,
        sms,
    };
    if !stored::insert(tx, &notice).await? {
        return Ok(false);
    }
    if new.kind.via() != Via::InApp {
        service.push(tx, &Job::SendNotice { notice: new.id }, new.at).await?;
    }
    Ok(true)
}

/// Sends what of a notice still waits.
pub(crate) async fn send(service: &Service, notice: NoticeId) -> Result<(), Error> {
    let mut tx = service.store().read().await?;
    let Some(notice) = stored::load(&mut tx, notice).await? else { return Ok(()) };
    let Some(reader) = Reader::of(service, &mut tx, notice.account).await? else { return Ok(()) };
    drop(tx);
    deliver(service, notice.id, &reader).await
}

/// Sends what of a notice still waits to a reader. Each way is marked on its own: one that fails does not
/// make another go twice.
pub async fn deliver(service: &Service, id: NoticeId, reader: &Reader) -> Result<(), Error> {
    let mut tx = service.store().read().await?;
    let Some(notice) = stored::load(&mut tx, id).await? else { return Ok(()) };
    let mut contacts = reader.contacts.clone();
    if let Some(sealed) = &notice.also_to {
        let (subject, place) = (notice.account.to_string(), id.to_string());
        let plain = service.unseal(&mut tx, &subject, Purpose::Contact, "notice", &place, sealed).await?;
        contacts.extend(reader::unpack(plain.as_bytes())?);
    }
    drop(tx);
    let shown = show(service, &notice);
    // Both are tried before either's failure is reported: an outage of one way is not one of the other.
    let mut outcome = Ok(());
    for (way, waits) in [(Way::Mail, notice.mail), (Way::Sms, notice.sms)] {
        if waits != Sending::Waiting {
            continue;
        }
        match go(service, &notice, &shown, reader.locale, way, &contacts).await {
            Ok(state) => {
                let mut tx = service.store().housekeep().await?;
                stored::settle(&mut tx, id, way, state, service.now()).await?;
                tx.commit().await?;
            }
            Err(error) => outcome = Err(error),
        }
    }
    outcome
}

/// Sends to every contact of a way. The message id counts the contacts, so a repetition is recognised.
async fn go(
    service: &Service,
    notice: &StoredNotice,
    shown: &Shown,
    locale: Locale,
    way: Way,
    contacts: &[Contact],
) -> Result<Sending, Error> {
    let kind = match way {
        Way::Mail => ContactKind::Email,
        Way::Sms => ContactKind::Phone,
    };
    let mut state = Sending::Nobody;
    for (n, contact) in contacts.iter().filter(|contact| contact.kind() == kind).enumerate() {
        let to = contact.value().clone();
        let message_id = format!("{}.{n}", notice.id);
        let posted = match way {
            Way::Mail => {
                let text = letters::letter_text(service, texts::pick(&shown.body, locale), locale);
                letters::letter(service, to, texts::pick(&shown.title, locale), &text, message_id).await?
            }
            Way::Sms => {
                let text = letters::message_text(service, texts::pick(&shown.title, locale), locale);
                outbox::sms(service, ShortMessage { to, text, message_id }).await?
            }
        };
        state = match (posted, state) {
            (Posted::Sent, _) | (_, Sending::Sent) => Sending::Sent,
            (Posted::Refused, _) | (_, Sending::Refused) => Sending::Refused,
            (Posted::NoWay, other) => other,
        };
    }
    Ok(state)
}

/// Gives notices whose job died in an outage a new one, as long as they are news.
pub(crate) async fn resend(service: &Service) -> Result<(), Error> {
    let now = service.now();
    let mut tx = service.store().housekeep().await?;
    for notice in stored::waiting(&mut tx, now - STALE, now - OVERDUE, OVERDUE_MAX).await? {
        service.push(&mut tx, &Job::SendNotice { notice }, now).await?;
    }
    Ok(tx.commit().await?)
}

fn show(service: &Service, notice: &StoredNotice) -> Shown {
    let texts = texts::texts();
    let fill = |text: &Text, locale| {
        let value =
            |name: &str| params::shown(name, &notice.params, &texts.words, locale, service.calendar());
        texts::fill(texts::pick(text, locale), value)
    };
    let both = |text: &Text| Text { zh_cn: fill(text, Locale::ZhCn), en: fill(text, Locale::En) };
    // A test holds that every kind has its texts.
    let (title, body) = texts
        .notice(notice.kind)
        .map_or_else(Default::default, |entry| (both(&entry.title), both(&entry.body)));
    Shown { id: notice.id, kind: notice.kind, title, body, at: notice.due, read_at: notice.read }
}

/// A notice as its reader would see it, title and text.
pub(crate) fn preview(kind: Notice, value: impl Fn(&str) -> Option<String>) -> Text {
    let read = |locale| {
        let entry = texts::texts().notice(kind);
        let part = |text: &Text| texts::fill(texts::pick(text, locale), &value);
        entry.map_or_else(String::new, |entry| format!("{}\n{}", part(&entry.title), part(&entry.body)))
    };
    Text { zh_cn: read(Locale::ZhCn), en: read(Locale::En) }
}

/// What fills `{steps}` for one step.
pub(crate) fn step_word(step: &str) -> Option<Text> {
    texts::texts().words.steps.get(step).cloned()
}

/// The notices of the account that asks, newest first, those after `cursor` if it is given.
pub async fn list(
    service: &Service,
    caller: &Caller,
    cursor: Option<NoticeId>,
    limit: u32,
) -> Result<Page, Error> {
    let account = caller.account().ok_or_else(Error::not_found)?;
    let (now, limit) = (service.now(), limit.clamp(1, stored::PAGE_MAX));
    let mut tx = service.store().read().await?;
    let before = match cursor {
        None => None,
        Some(id) => {
            let last = stored::load(&mut tx, id).await?.filter(|notice| notice.account == account);
            Some(last.map(|notice| (notice.due, notice.id)).ok_or_else(Error::not_found)?)
        }
    };
    let mut found = stored::list(&mut tx, account, before, limit, now).await?;
    // A full page may be the last; then the next one is empty and says so.
    let full = u32::try_from(found.len()).unwrap_or(u32::MAX) == limit;
    let next = found.last().filter(|_| full).map(|notice| notice.id);
    let unread = u64::try_from(stored::unread(&mut tx, account, now).await?).unwrap_or(0);
    let notices = found.drain(..).map(|notice| show(service, &notice)).collect();
    Ok(Page { notices, next, unread })
}

/// The account that asks has read one of its notices. Reading twice is reading once.
pub async fn mark_read(service: &Service, caller: &Caller, notice: NoticeId) -> Result<(), Error> {
    let account = caller.account().ok_or_else(Error::not_found)?;
    let mut tx = service.store().housekeep().await?;
    if !stored::mark_read(&mut tx, account, notice, service.now()).await? {
        return Err(Error::not_found());
    }
    Ok(tx.commit().await?)
}
