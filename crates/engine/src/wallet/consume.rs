//! Asking without effect, and counting.

use super::ask::{Consume, Quote, Request};
use super::retry::Tries;
use super::{gate, may_use, stored};
use crate::service::{Caller, Error, Job, Kind, Pending, Refused, Service};
use shiming_domain::id::LimitUseId;
use shiming_domain::limit::{Answer, Hold, Post, Verdict};
use shiming_domain::moment::{Span, Timestamp};
use shiming_domain::policy::ReserveAt;
use shiming_store::audit::Audit;
use shiming_store::wallet::{LimitUse, Share, UseState};
use shiming_store::{self as store, Tx};

/// What came of counting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consumed {
    /// The answer.
    pub quote: Quote,
    /// The use as it stands; none if better authentication is asked for, which leaves the reference free.
    pub limit_use: Option<LimitUse>,
    /// It was asked before, and nothing was counted again.
    pub repeated: bool,
}

/// What would be answered. No effect.
pub async fn check(service: &Service, caller: &Caller, request: &Request) -> Result<Quote, Error> {
    may_use(caller)?;
    request.validate()?;
    let mut tx = service.store().read().await?;
    let account = gate::load(&mut tx, request.account).await?;
    let standing = gate::standing(service, &mut tx, &account).await?;
    let (level, answer) = gate::answer(service, &mut tx, request, standing, service.now()).await?;
    Ok(Quote::of(request, level, &answer))
}

/// Counts, at once or held. The same reference of the same caller counts once.
pub async fn consume(
    service: &Service,
    caller: &Caller,
    consume: &Consume,
) -> Result<Pending<Consumed>, Error> {
    may_use(caller)?;
    consume.validate()?;
    let mut tries = Tries::default();
    loop {
        match once(service, caller, consume).await {
            Err(error) => tries.again(service, error).await?,
            done => return done,
        }
    }
}

async fn once(service: &Service, caller: &Caller, consume: &Consume) -> Result<Pending<Consumed>, Error> {
    let Consume { request, reference, hold } = consume;
    let (actor, now) = (caller.actor(), service.now());
    let mut tx = service.store().change().await?;
    if let Some(known) = stored::find_use(&mut tx, &actor.id, reference).await? {
        return repeat(service, tx, caller, consume, known).await;
    }
    let account = gate::locked(&mut tx, request.account).await?;
    let standing = gate::standing(service, &mut tx, &account).await?;
    let (level, answer) = gate::answer(service, &mut tx, request, standing, now).await?;
    let quote = Quote::of(request, level, &answer);

    let id = service.id(LimitUseId::at);
    let audit = Audit::new(&actor, "limit.consume", "limit_use", id)
        .with("account", request.account.to_string())
        .with("operation", request.operation.as_str())
        .with("level", level);
    let audit = match &quote.code {
        Some(code) => audit.refused(code),
        None => audit.with("held", hold.is_some()),
    };
    if matches!(answer.verdict, Verdict::StepUp(_)) {
        tx.audit(&audit, now).await?;
        return Ok(Pending::new(service, tx, Consumed { quote, limit_use: None, repeated: false }));
    }

    let reserve_at = service.policy().rules().counting.reserve_at;
    let (state, posts) = begin(&answer, reserve_at, *hold, now)?;
    let mut new = LimitUse {
        id,
        version: 1,
        owner: standing.owner,
        account: request.account,
        principal: actor.id.clone(),
        reference: reference.clone(),
        ask: consume.text()?,
        answer: serde_json::to_string(&quote).map_err(|_| Error::Internal("limit_answer"))?,
        operation: request.operation,
        amount: request.amount,
        strength: answer.strength,
        level,
        state: UseState::Refused,
        shares: posts.iter().map(share).collect(),
        captured_minor: 0,
        refunded_minor: 0,
        created_at: now,
        expires_at: None,
    };
    if let Some(state) = &state {
        new.follow(state);
    }
    if !stored::insert_use(&mut tx, &new).await? {
        let known = stored::find_use(&mut tx, &actor.id, reference).await?;
        let known = known.ok_or(store::Error::Conflict { table: "limit_use" })?;
        return repeat(service, tx, caller, consume, known).await;
    }
    count(&mut tx, &new, &posts).await?;
    if let Some(at) = new.expires_at {
        service.push(&mut tx, &Job::HoldExpiry { limit_use: id }, at).await?;
    }
    tx.audit(&audit, now).await?;
    Ok(Pending::new(service, tx, Consumed { quote, limit_use: Some(new), repeated: false }))
}

/// Where a use begins, and what is counted for it now.
fn begin(
    answer: &Answer,
    reserve_at: ReserveAt,
    hold: Option<Span>,
    now: Timestamp,
) -> Result<(Option<Hold>, Vec<Post>), Error> {
    if answer.verdict != Verdict::Allowed {
        return Ok((None, Vec::new()));
    }
    let wrong = |_| Error::Internal("hold_begins");
    // What is counted for good at once is captured now, whenever the policy reserves.
    let at = if hold.is_some() { reserve_at } else { ReserveAt::Authorisation };
    let until = now + hold.unwrap_or(Span::minutes(1));
    let reserved = Hold::reserve(answer, at, until.unix_us()).map_err(wrong)?;
    let posts = match at {
        ReserveAt::Authorisation => answer.posts.clone(),
        ReserveAt::Capture => Vec::new(),
    };
    let state = match hold {
        Some(_) => reserved,
        None => reserved.capture(answer.amount, now.unix_us()).map_err(wrong)?.0,
    };
    Ok((Some(state), posts))
}

pub(super) fn share(post: &Post) -> Share {
    Share { key: post.key, minor: post.minor, own_bank: post.own_bank }
}

/// Counts the posts. Under the owner's lock they always fit; if one does not, the transaction is dropped and
/// the question asked anew.
pub(super) async fn count(tx: &mut Tx, of: &LimitUse, posts: &[Post]) -> Result<(), Error> {
    match stored::post(tx, of.owner, posts).await? {
        None => Ok(()),
        Some(_) => Err(store::Error::Conflict { table: "limit_counter" }.into()),
    }
}

/// The same again gets the same answer; another request under a used reference is refused.
async fn repeat(
    service: &Service,
    mut tx: Tx,
    caller: &Caller,
    consume: &Consume,
    known: LimitUse,
) -> Result<Pending<Consumed>, Error> {
    if known.ask != consume.text()? {
        let detail = "This reference was used for another request.";
        return Err(Refused::new(Kind::Unacceptable, "reference_used", detail).into());
    }
    let quote = serde_json::from_str(&known.answer)
        .map_err(|_| store::Broken::new("limit_use", "answer", known.id.to_string()))
        .map_err(store::Error::from)?;
    tx.audit(&Audit::new(&caller.actor(), "limit.repeat", "limit_use", known.id), service.now()).await?;
    Ok(Pending::new(service, tx, Consumed { quote, limit_use: Some(known), repeated: true }))
}
