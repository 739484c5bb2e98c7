//! What becomes of a use: captured, voided, given back, expired.

use super::ask::Consume;
use super::retry::Tries;
use super::{consume, gate, may_use, stored};
use crate::service::{Caller, Error, Kind, Pending, Principal, Refused, Service};
use shiming_domain::amount::Amount;
use shiming_domain::id::LimitUseId;
use shiming_domain::limit::{Hold, HoldError, Return, Verdict};
use shiming_domain::policy::ReserveAt;
use shiming_store::audit::Audit;
use shiming_store::wallet::{LimitUse, Share, UseState};
use shiming_store::{self as store, Tx};

/// What happens to a use.
#[derive(Clone, Copy, Debug)]
enum Step {
    Capture(Option<Amount>),
    Void,
    Refund(Amount),
    Expire,
}

/// Pays what was held, or a part of it; the rest is released.
pub async fn capture(
    service: &Service,
    caller: &Caller,
    id: LimitUseId,
    amount: Option<Amount>,
) -> Result<Pending<LimitUse>, Error> {
    step(service, caller, id, Step::Capture(amount)).await
}

/// Takes back what was held.
pub async fn void(service: &Service, caller: &Caller, id: LimitUseId) -> Result<Pending<LimitUse>, Error> {
    step(service, caller, id, Step::Void).await
}

/// Gives back what was paid, or a part, to the windows it was counted in and that still run.
pub async fn refund(
    service: &Service,
    caller: &Caller,
    id: LimitUseId,
    amount: Amount,
) -> Result<Pending<LimitUse>, Error> {
    step(service, caller, id, Step::Refund(amount)).await
}

/// A use, for whoever made it.
pub async fn limit_use(service: &Service, caller: &Caller, id: LimitUseId) -> Result<LimitUse, Error> {
    may_use(caller)?;
    let mut tx = service.store().read().await?;
    own(&mut tx, caller, id).await
}

/// The clock looks whether a hold is over. One that was captured or voided meanwhile stays as it is.
pub(crate) async fn expire(service: &Service, limit_use: LimitUseId) -> Result<(), Error> {
    let mut tx = service.store().read().await?;
    let known = stored::load_use(&mut tx, limit_use).await?;
    drop(tx);
    if known.is_none_or(|known| known.state != UseState::Held) {
        return Ok(());
    }
    match step(service, &Caller::system(), limit_use, Step::Expire).await {
        Ok(pending) => pending.commit().await.map(|_| ()),
        Err(Error::Refused(refused)) if matches!(refused.code, "hold_not_open" | "hold_not_over") => Ok(()),
        Err(error) => Err(error),
    }
}

async fn step(
    service: &Service,
    caller: &Caller,
    id: LimitUseId,
    step: Step,
) -> Result<Pending<LimitUse>, Error> {
    may_use(caller)?;
    let mut tries = Tries::default();
    loop {
        match once(service, caller, id, step).await {
            Err(error) => tries.again(service, error).await?,
            done => return done,
        }
    }
}

/// Whoever made it, and ourselves; for others there is nothing.
async fn own(tx: &mut Tx, caller: &Caller, id: LimitUseId) -> Result<LimitUse, Error> {
    let known = stored::load_use(tx, id).await?.ok_or_else(Error::not_found)?;
    let ours = matches!(caller.principal, Principal::System) || known.principal == caller.actor().id;
    if ours { Ok(known) } else { Err(Error::not_found()) }
}

async fn once(
    service: &Service,
    caller: &Caller,
    id: LimitUseId,
    step: Step,
) -> Result<Pending<LimitUse>, Error> {
    let now = service.now();
    let mut tx = service.store().change().await?;
    let owner = own(&mut tx, caller, id).await?.owner;
    stored::lock(&mut tx, owner).await?;
    let mut known = own(&mut tx, caller, id).await?;
    if known.owner != owner {
        // The person became known meanwhile, and the counters are elsewhere.
        return Err(store::Error::Conflict { table: "limit_use" }.into());
    }
    let held = known.hold().ok_or_else(|| refused(HoldError::NotReserved))?;
    let (after, returns, action) = match step {
        Step::Capture(amount) => {
            let amount = amount.unwrap_or(held.amount);
            let counted = recounted(service, &mut tx, &mut known, &held, amount).await?;
            let (after, returns) = counted.capture(amount, now.unix_us()).map_err(refused)?;
            (after, returns, "limit.capture")
        }
        Step::Void => {
            let (after, returns) = held.void().map_err(refused)?;
            (after, returns, "limit.void")
        }
        Step::Expire => {
            let (after, returns) = held.expire(now.unix_us()).map_err(refused)?;
            (after, returns, "limit.expire")
        }
        Step::Refund(amount) => {
            let gives_back = service.policy().rules().counting.refund_gives_back;
            let windows = super::windows(service)?;
            let refund = held.refund(amount, gives_back, &windows, now.unix_us());
            let (after, returns) = refund.map_err(refused)?;
            (after, returns, "limit.refund")
        }
    };
    let back = take(&mut known.shares, &returns);
    stored::give_back(&mut tx, owner, &back).await?;
    known.follow(&after);
    stored::update_use(&mut tx, &known).await?;
    known.version += 1;
    let audit = Audit::new(&caller.actor(), action, "limit_use", id).with("state", known.state.as_str());
    tx.audit(&audit, now).await?;
    Ok(Pending::new(service, tx, known))
}

/// Where the policy counts at capture, the question is asked once more for what is captured.
async fn recounted(
    service: &Service,
    tx: &mut Tx,
    known: &mut LimitUse,
    held: &Hold,
    amount: Amount,
) -> Result<Hold, Error> {
    let counts_now =
        service.policy().rules().counting.reserve_at == ReserveAt::Capture && held.keys.is_empty();
    if !counts_now || known.state != UseState::Held {
        return Ok(held.clone());
    }
    let asked: Consume = serde_json::from_str(&known.ask)
        .map_err(|_| store::Broken::new("limit_use", "ask", known.id.to_string()))
        .map_err(store::Error::from)?;
    let request = super::Request { amount, ..asked.request };
    let account = gate::load(tx, known.account).await?;
    let standing = gate::standing(service, tx, &account).await?;
    let (_, answer) = gate::answer(service, tx, &request, standing, service.now()).await?;
    if answer.verdict != Verdict::Allowed {
        let detail = "The limits are used up meanwhile; void this hold.";
        return Err(Refused::new(Kind::Conflict, "limit_used_up", detail).into());
    }
    let counted = held.counted(&answer).map_err(refused)?;
    consume::count(tx, known, &answer.posts).await?;
    known.shares = answer.posts.iter().map(consume::share).collect();
    Ok(counted)
}

/// Takes what comes back out of the shares, never more than there is.
fn take(shares: &mut [Share], returns: &[Return]) -> Vec<Share> {
    let mut taken = Vec::with_capacity(returns.len());
    for back in returns {
        if let Some(share) = shares.iter_mut().find(|share| share.key == back.key) {
            let minor = back.minor.clamp(0, share.minor);
            share.minor -= minor;
            taken.push(Share { minor, ..*share });
        }
    }
    taken
}

fn refused(error: HoldError) -> Error {
    let (kind, code) = match error {
        HoldError::NotAllowed => return Error::Internal("hold_not_allowed"),
        HoldError::NotReserved => (Kind::Conflict, "hold_not_open"),
        HoldError::NotCaptured => (Kind::Conflict, "nothing_captured"),
        HoldError::Over => (Kind::Conflict, "hold_over"),
        HoldError::NotOver => (Kind::Conflict, "hold_not_over"),
        HoldError::Amount => (Kind::Unacceptable, "amount_not_of_hold"),
    };
    Refused::new(kind, code, error.to_string()).into()
}
