//! Holds of the staff: a supervisor limits an account for a stated reason until a stated review. Seven days from its
//! beginning need one supervisor; whoever holds it for longer is another one than held it last.

use super::{gate, restrict, stored};
use crate::review::remember_refusal;
use crate::service::{Caller, Error, Kind, Pending, Refused, Service};
use shiming_domain::account::{LiftedBy, Restriction, RestrictionEffect, SetBy};
use shiming_domain::case::Role;
use shiming_domain::id::{AccountId, StaffId};
use shiming_domain::moment::{Span, Timestamp};
use shiming_domain::personal::Personal;
use shiming_store::Tx;
use shiming_store::audit::Audit;
use shiming_store::wallet::StoredHold;
use shiming_vault::keys::Purpose;

/// The longest reason of a hold, characters.
const REASON_MAX: usize = 500;
/// No review is further away, even with two people: a hold is looked at, or it becomes a closed account.
const REVIEW_MAX: Span = Span::days(90);
/// Holds of one answer.
const LINES_MAX: u32 = 100;

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
    /// Who had set it before, if it went on beyond seven days.
    pub second: Option<StaffId>,
    /// When it is reviewed.
    pub review_at: Timestamp,
    /// Whether that is over: a supervisor lifts it, or another one sets it again.
    pub overdue: bool,
    /// Why.
    pub reason: Personal,
}

/// A supervisor holds an account. A second hold takes the place of the first, and its beginning.
///
/// # Errors
/// `role_missing`; `hold_malformed` for a reason or review out of bounds; `second_person_needed` when one person
/// alone would hold for more than seven days.
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
    let before = stored::load_hold(&mut tx, account).await?;
    let second = before.map(|before| before.set_by).filter(|other| *other != by);
    let set_by = SetBy::Supervisor { by, second, effect, review_at };
    restrict::restrict(service, &mut tx, account, Restriction::StaffHold, set_by).await?;
    let audit = Audit::new(&caller.actor(), "hold.set", "account", account)
        .with("review_us", review_at.unix_us())
        .with("second", second.map(|staff| staff.to_string()));
    tx.audit(&audit, now).await?;
    let id = account.to_string();
    let reason = service.seal(&mut tx, &id, Purpose::Wallet, "staff_hold", &id, reason.as_bytes()).await?;
    let stored = StoredHold { account, set_by: by, second, set_at: now, review_at, escalated_at: None };
    stored::save_hold(&mut tx, &stored, &reason).await?;
    Ok(Pending::new(service, tx, ()))
}

/// A supervisor lifts a hold.
///
/// # Errors
/// `role_missing`; `restriction_not_held` if there is none.
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

/// All holds in force, at most a hundred, the most urgent review first. The look leaves a row.
///
/// # Errors
/// `role_missing`.
pub async fn holds(service: &Service, caller: &Caller) -> Result<Vec<HoldLine>, Error> {
    supervisor(caller)?;
    let now = service.now();
    let mut tx = service.store().change().await?;
    let mut lines = Vec::new();
    for hold in stored::holds(&mut tx, LINES_MAX).await? {
        lines.extend(line(service, &mut tx, hold, now).await?);
    }
    let row = Audit::new(&caller.actor(), "hold.list", "installation", "main")
        .with("accounts", lines.iter().map(|line| line.account.to_string()).collect::<Vec<_>>());
    tx.audit(&row, now).await?;
    tx.commit().await?;
    Ok(lines)
}

async fn line(
    service: &Service,
    tx: &mut Tx,
    hold: StoredHold,
    now: Timestamp,
) -> Result<Option<HoldLine>, Error> {
    let account = gate::load(tx, hold.account).await?;
    let Some(held) = account.restrictions.get(Restriction::StaffHold) else { return Ok(None) };
    let id = hold.account.to_string();
    let sealed =
        stored::hold_reason(tx, hold.account).await?.ok_or(Error::Internal("hold_without_reason"))?;
    let plain = service.unseal(tx, &id, Purpose::Wallet, "staff_hold", &id, &sealed).await?;
    let reason = std::str::from_utf8(plain.as_bytes()).map_err(|_| Error::Internal("hold_reason"))?;
    Ok(Some(HoldLine {
        account: hold.account,
        effect: held.effect,
        since: held.since,
        set_by: hold.set_by,
        second: hold.second,
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
