//! The clock of an account: verification date, dormancy, review of a hold, end of a proof.
//!
//! It is a job that reads everything anew when it runs, does what is due, and waits for the next moment. What
//! it has done stands in the store, so running it twice reminds nobody twice.

use super::{gate, level, restrict, stored};
use crate::service::{Error, Job, Service};
use shiming_domain::account::{Activity, Deadline, DeadlineRules, DormancyRules, Life, Restriction, SetBy};
use shiming_domain::id::AccountId;
use shiming_domain::moment::Timestamp;
use shiming_domain::notice::Notice;
use shiming_store::Tx;
use shiming_store::account::{self, StoredAccount};
use shiming_store::audit::{Actor, Audit};
use shiming_store::wallet::StoredClock;

/// Something that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    /// Remind of the verification date.
    Remind { reminder: Timestamp, date: Timestamp },
    /// The verification date has passed.
    Miss,
    /// Warn of dormancy.
    Warn { dormant_at: Timestamp },
    /// The account is dormant.
    Sleep,
    /// The review of a hold has passed.
    Escalate,
    /// The level may have changed by time alone.
    Derive,
}

/// What is due, and when to look again.
#[derive(Debug, Default)]
struct Look {
    due: Vec<Due>,
    next: Option<Timestamp>,
}

impl Look {
    fn wait(&mut self, until: Timestamp) {
        self.next = Some(self.next.map_or(until, |next| next.min(until)));
    }
}

/// Does what is due.
pub(crate) async fn clock(service: &Service, account: AccountId) -> Result<(), Error> {
    let now = service.now();
    let mut tx = service.store().change().await?;
    let Some(account) = account::load(&mut tx, account).await? else { return Ok(()) };
    let clock = stored::load_clock(&mut tx, account.id).await?;
    let look = look(service, &mut tx, &account, &clock).await?;
    if look.due.is_empty() {
        drop(tx);
        let mut tx = service.store().housekeep().await?;
        let account = gate::load(&mut tx, account.id).await?;
        wind(service, &mut tx, &account).await?;
        return Ok(tx.commit().await?);
    }
    for due in look.due {
        act(service, &mut tx, &account, due, now).await?;
    }
    let account = gate::load(&mut tx, account.id).await?;
    wind(service, &mut tx, &account).await?;
    Ok(tx.commit().await?)
}

async fn act(
    service: &Service,
    tx: &mut Tx,
    account: &StoredAccount,
    due: Due,
    now: Timestamp,
) -> Result<(), Error> {
    let day = |at| ("date", service.calendar().day(at).to_string());
    let clock = stored::load_clock(tx, account.id).await?;
    match due {
        Due::Remind { reminder, date } => {
            stored::save_clock(tx, &StoredClock { reminded: reminder, ..clock }).await?;
            let params = [day(date)].into();
            crate::notice::tell(service, tx, account.id, Notice::DeadlineReminder, params, now).await?;
            let audit = Audit::new(&Actor::system(), "deadline.remind", "account", account.id);
            tx.audit(&audit.with("date_us", date.unix_us()), now).await?;
        }
        Due::Warn { dormant_at } => {
            stored::save_clock(tx, &StoredClock { warned: dormant_at, ..clock }).await?;
            let params = [day(dormant_at)].into();
            crate::notice::tell(service, tx, account.id, Notice::DormantWarning, params, now).await?;
            let audit = Audit::new(&Actor::system(), "dormancy.warn", "account", account.id);
            tx.audit(&audit.with("date_us", dormant_at.unix_us()), now).await?;
        }
        Due::Miss => {
            restrict::restrict(service, tx, account.id, Restriction::DeadlineMissed, SetBy::System).await?;
        }
        Due::Sleep => {
            restrict::restrict(service, tx, account.id, Restriction::Dormant, SetBy::System).await?;
        }
        Due::Escalate => {
            stored::escalate_hold(tx, account.id, now).await?;
            let audit = Audit::new(&Actor::system(), "hold.overdue", "account", account.id);
            tx.audit(&audit, now).await?;
        }
        Due::Derive => {
            level::recompute_level(service, tx, account.id).await?;
        }
    }
    Ok(())
}

/// Lets a job wait for the next moment at which something of the account is due.
pub(super) async fn wind(service: &Service, tx: &mut Tx, account: &StoredAccount) -> Result<(), Error> {
    let now = service.now();
    let clock = stored::load_clock(tx, account.id).await?;
    let look = look(service, tx, account, &clock).await?;
    // What is due already is for a job of its own: this transaction is about something else.
    let next = if look.due.is_empty() { look.next } else { Some(now) };
    let waits = clock.next.filter(|at| *at > now);
    if waits == next {
        return Ok(());
    }
    if let Some(at) = next {
        service.push(tx, &Job::AccountClock { account: account.id }, at).await?;
    }
    Ok(stored::save_clock(tx, &StoredClock { next, ..clock }).await?)
}

async fn look(
    service: &Service,
    tx: &mut Tx,
    account: &StoredAccount,
    clock: &StoredClock,
) -> Result<Look, Error> {
    let mut look = Look::default();
    if !matches!(account.life, Life::Active { .. }) {
        return Ok(look);
    }
    let now = service.now();
    verification_date(&mut look, service, account, clock, now);

    if account.restrictions.get(Restriction::Dormant).is_none() {
        // A use is not written to the account each time: the uses themselves know.
        let last_transaction_at = stored::last_use_at(tx, account.id).await?;
        let activity = Activity { last_transaction_at, ..account.activity };
        dormancy(&mut look, service, activity, clock, now);
    }
    let review = account.restrictions.get(Restriction::StaffHold).and_then(|held| held.review_at);
    match review {
        Some(at) if at > now => look.wait(at),
        Some(_) => {
            let waits = stored::load_hold(tx, account.id).await?.is_some_and(|h| h.escalated_at.is_none());
            look.due.extend(waits.then_some(Due::Escalate));
        }
        None => {}
    }
    let level = stored::load_level(tx, account.id).await?;
    match level.and_then(|level| level.recompute_at) {
        Some(at) if at > now => look.wait(at),
        Some(_) => look.due.push(Due::Derive),
        None => {}
    }
    Ok(look)
}

fn verification_date(
    look: &mut Look,
    service: &Service,
    account: &StoredAccount,
    clock: &StoredClock,
    now: Timestamp,
) {
    let Some(deadline @ Deadline::Running { at }) = &account.deadline else { return };
    if deadline.is_missed(now) {
        if account.restrictions.get(Restriction::DeadlineMissed).is_none() {
            look.due.push(Due::Miss);
        }
        return;
    }
    look.wait(*at);
    let reminders = deadline.reminders(&DeadlineRules::from(service.policy().rules()));
    if let Some(next) = reminders.iter().find(|reminder| **reminder > now) {
        look.wait(*next);
    }
    // Of several that passed while nobody looked, one is enough.
    let last = reminders.iter().rev().find(|reminder| **reminder <= now);
    if let Some(reminder) = last.filter(|reminder| **reminder > clock.reminded) {
        look.due.push(Due::Remind { reminder: *reminder, date: *at });
    }
}

fn dormancy(look: &mut Look, service: &Service, activity: Activity, clock: &StoredClock, now: Timestamp) {
    let rules = DormancyRules::from(service.policy().rules());
    let Some(dormancy) = rules.dormancy(activity, service.calendar()) else { return };
    if now >= dormancy.at {
        look.due.extend(dormancy.suspends.then_some(Due::Sleep));
    } else if now < dormancy.warn_at {
        look.wait(dormancy.warn_at);
    } else {
        look.wait(dormancy.at);
        let warned = clock.warned == dormancy.at;
        look.due.extend((!warned).then_some(Due::Warn { dormant_at: dormancy.at }));
    }
}
