//! Holds of the staff: a supervisor limits an account for a stated reason until a stated review. Seven days from its
//! beginning need one supervisor; whoever holds it for longer, or again soon after it was lifted, is another one than
//! held it last.

use super::{gate, restrict, stored};
use crate::review::remember_refusal;
use crate::service::{Caller, Error, Kind, Pending, Refused, Service};
use shiming_domain::account::{Life, LiftedBy, Restriction, RestrictionEffect, SetBy};
use shiming_domain::case::Role;
use shiming_domain::id::{AccountId, StaffId};
use shiming_domain::moment::{Span, Timestamp};
use shiming_domain::personal::Personal;
use shiming_store::audit::Audit;
use shiming_store::wallet::StoredHold;
use shiming_store::{Tx, account as accounts};
use shiming_vault::keys::Purpose;
use shiming_vault::seal::Sealed;

/// The longest reason of a hold, characters.
const REASON_MAX: usize = 500;
/// No review is further away, even with two people: a hold is looked at, or it becomes a closed account.
const REVIEW_MAX: Span = Span::days(90);
/// So long after a lift whoever held last does not hold again.
const PAUSE: Span = Span::days(7);
/// Holds of one answer.
const LINES_MAX: usize = 100;

/// A hold of the staff.
#[derive(Clone, Debug)]
pub struct Hold {
    /// How much it limits.
    pub effect: RestrictionEffect,
    /// When it is reviewed.
    pub review_at: Timestamp,
    /// Why, 1 to 500 characters; sealed.
    pub reason: Personal,
}

/// A hold in force, for supervisors.
#[derive(Clone, Debug)]
pub struct HoldLine {
    /// On this account.
    pub account: AccountId,
    /// How much it limits.
    pub effect: RestrictionEffect,
    /// Since when the account has been held.
    pub since: Timestamp,
    /// Who set it last.
    pub set_by: StaffId,
    /// Who had set it before, if that was somebody else.
    pub set_before_by: Option<StaffId>,
    /// When it is reviewed.
    pub review_at: Timestamp,
    /// Whether that is over: a supervisor lifts it, or another one sets it again.
    pub overdue: bool,
    /// Why.
    pub reason: Personal,
}

/// Holds in force.
#[derive(Clone, Debug)]
pub struct Holds {
    /// At most a hundred, the most urgent review first.
    pub lines: Vec<HoldLine>,
    /// There are more.
    pub partial: bool,
}

/// A supervisor holds an account. Effect, review and reason take the place of those before; the beginning stays.
///
/// # Errors
/// Not found; `role_missing`; `account_not_active` for one that was never confirmed or is closed; `hold_malformed` for
/// a reason or review out of bounds; `second_person_needed` when one person alone would hold for more than seven days,
/// or again within seven days of a lift.
pub async fn hold(
    service: &Service,
    caller: &Caller,
    account: AccountId,
    hold: &Hold,
) -> Result<Pending<()>, Error> {
    match held(service, caller, account, hold).await {
        Ok(pending) => Ok(pending),
        Err(error) => Err(remember_refusal(service, caller, "hold.set", ("account", account), error).await),
    }
}

async fn held(
    service: &Service,
    caller: &Caller,
    account: AccountId,
    hold: &Hold,
) -> Result<Pending<()>, Error> {
    let by = supervisor(caller)?;
    let now = service.now();
    let reason = hold.reason.reveal().trim();
    let is_in_bounds = hold.review_at > now && hold.review_at <= now + REVIEW_MAX;
    if !(1..=REASON_MAX).contains(&reason.chars().count()) || !is_in_bounds {
        let detail = "A hold has a reason of up to 500 characters and a review within 90 days.";
        return Err(Refused::new(Kind::Unacceptable, "hold_malformed", detail).into());
    }
    let Hold { effect, review_at, .. } = *hold;
    let mut tx = service.store().change().await?;
    // Who held last is read by one after the other.
    gate::load(&mut tx, account).await?;
    accounts::hold(&mut tx, account).await?;
    if !matches!(gate::load(&mut tx, account).await?.life, Life::Active { .. } | Life::Closing { .. }) {
        let detail = "Only an account in use is held.";
        return Err(Refused::new(Kind::Conflict, "account_not_active", detail).into());
    }
    let before = stored::load_hold(&mut tx, account).await?;
    let lifted_at = before.as_ref().and_then(|before| before.lifted_at);
    let last = before.map(|before| before.set_by);
    if last == Some(by) && lifted_at.is_some_and(|at| now < at + PAUSE) {
        let detail = "You held this account last; within seven days of its lifting another supervisor may.";
        return Err(Refused::new(Kind::Unacceptable, "second_person_needed", detail).into());
    }
    let second = last.filter(|other| *other != by && lifted_at.is_none());
    let set_by = SetBy::Supervisor { by, second, effect, review_at };
    restrict::restrict(service, &mut tx, account, Restriction::StaffHold, set_by).await?;
    let audit = Audit::new(&caller.actor(), "hold.set", "account", account)
        .with("effect", restrict::word(effect))
        .with("review_us", review_at.unix_us())
        .with("second", second.map(|staff| staff.to_string()));
    tx.audit(&audit, now).await?;
    let id = account.to_string();
    let reason = service.seal(&mut tx, &id, Purpose::Wallet, "staff_hold", &id, reason.as_bytes()).await?;
    let stored = StoredHold {
        account,
        set_by: by,
        second,
        set_at: now,
        review_at,
        escalated_at: None,
        lifted_at: None,
    };
    stored::save_hold(&mut tx, &stored, &reason).await?;
    Ok(Pending::new(service, tx, ()))
}

/// A supervisor lifts a hold.
///
/// # Errors
/// Not found; `role_missing`; `restriction_not_held` if there is none.
pub async fn release(service: &Service, caller: &Caller, account: AccountId) -> Result<Pending<()>, Error> {
    match released(service, caller, account).await {
        Ok(pending) => Ok(pending),
        Err(error) => Err(remember_refusal(service, caller, "hold.lift", ("account", account), error).await),
    }
}

async fn released(service: &Service, caller: &Caller, account: AccountId) -> Result<Pending<()>, Error> {
    let by = supervisor(caller)?;
    let mut tx = service.store().change().await?;
    if gate::load(&mut tx, account).await?.restrictions.get(Restriction::StaffHold).is_none() {
        let detail = "Nobody holds this account.";
        return Err(Refused::new(Kind::Conflict, "restriction_not_held", detail).into());
    }
    tx.audit(&Audit::new(&caller.actor(), "hold.lift", "account", account), service.now()).await?;
    restrict::lift(service, &mut tx, account, Restriction::StaffHold, LiftedBy::Supervisor(by)).await?;
    Ok(Pending::new(service, tx, ()))
}

/// The holds in force. Reading what is there leaves a row.
///
/// # Errors
/// `role_missing`.
pub async fn holds(service: &Service, caller: &Caller) -> Result<Holds, Error> {
    supervisor(caller)?;
    let now = service.now();
    let mut tx = service.store().change().await?;
    let mut found = stored::holds(&mut tx, LINES_MAX as u32 + 1).await?;
    let partial = found.len() > LINES_MAX;
    found.truncate(LINES_MAX);
    let mut lines = Vec::new();
    for (hold, reason) in found {
        lines.extend(line(service, &mut tx, hold, &reason, now).await?);
    }
    if lines.is_empty() {
        // Nothing was read, so there is nothing to tell.
        return Ok(Holds { lines, partial });
    }
    let read: Vec<String> = lines.iter().map(|line: &HoldLine| line.account.to_string()).collect();
    let row = Audit::new(&caller.actor(), "hold.list", "installation", "main").with("accounts", read);
    tx.audit(&row, now).await?;
    tx.commit().await?;
    Ok(Holds { lines, partial })
}

/// `None` for a hold that was lifted while the list was read, and on an account that went or is closed: what was sealed
/// of that one need not be there any more.
async fn line(
    service: &Service,
    tx: &mut Tx,
    hold: StoredHold,
    reason: &Sealed,
    now: Timestamp,
) -> Result<Option<HoldLine>, Error> {
    let Some(account) = accounts::load(tx, hold.account).await? else { return Ok(None) };
    if matches!(account.life, Life::Closed { .. }) {
        return Ok(None);
    }
    let Some(held) = account.restrictions.get(Restriction::StaffHold) else { return Ok(None) };
    let id = hold.account.to_string();
    let plain = service.unseal(tx, &id, Purpose::Wallet, "staff_hold", &id, reason).await?;
    let reason = std::str::from_utf8(plain.as_bytes()).map_err(|_| Error::Internal("hold_reason"))?;
    Ok(Some(HoldLine {
        account: hold.account,
        effect: held.effect,
        since: held.since,
        set_by: hold.set_by,
        set_before_by: hold.second,
        review_at: hold.review_at,
        overdue: account.restrictions.hold_is_overdue(now),
        reason: Personal::new(reason),
    }))
}

fn supervisor(caller: &Caller) -> Result<StaffId, Error> {
    match caller.staff() {
        Some((staff, Role::Supervisor)) => Ok(staff),
        _ => Err(Refused::new(Kind::Forbidden, "role_missing", "A supervisor holds accounts.").into()),
    }
}
