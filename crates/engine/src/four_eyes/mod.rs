//! Acts outside of cases that one person proposes and another confirms.
//!
//! Whoever is asked for such an act first asks `propose`: it answers that the act may be done at once, or
//! writes it down, sealed. Another person reads it and confirms it ([`confirm`]), and only then it is done, in
//! their transaction; the audit rows of both name the proposal.

mod act;
mod confirm;

pub use act::Act;
pub use confirm::{Confirmed, confirm};

use crate::service::{Caller, Error, Kind, Refused, SERVICE_SUBJECT, Service, Strength};
use shiming_domain::case::{self, Role};
use shiming_domain::id::{ProposalId, StaffId};
use shiming_domain::moment::{Span, Timestamp};
use shiming_domain::policy::FourEyes;
use shiming_store::Tx;
use shiming_store::audit::Audit;
use shiming_store::proposal::{self as stored, StoredProposal};
use shiming_vault::keys::Purpose;

/// Whoever was the second of a role until so long ago still keeps the other from acting alone: an operator
/// cannot put the other out and go on.
const ALONE_AFTER: Span = Span::hours(24);
/// What one member of staff may have waiting: whoever confirms must be able to read it all.
const OPEN_MAX: i64 = 20;

/// What came of asking for an act.
#[derive(Debug)]
pub enum Acted<T> {
    /// It is done.
    Done(T),
    /// It waits for a second person.
    Waits(Proposal),
}

impl<T> Acted<T> {
    /// What was done, if it was.
    pub fn done(self) -> Option<T> {
        match self {
            Self::Done(done) => Some(done),
            Self::Waits(_) => None,
        }
    }
}

/// An act that waits for a second person, as those see it who may confirm it.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// Its id.
    pub id: ProposalId,
    /// What is to be done.
    pub act: Act,
    /// The rule that asks for the second person.
    pub rule: FourEyes,
    /// Who proposes.
    pub proposed_by: StaffId,
    /// When.
    pub proposed_at: Timestamp,
    /// Until when another person may confirm it.
    pub until: Timestamp,
}

/// How an act that is done now came to be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Eyes {
    /// The policy asks for nobody else.
    NotAsked,
    /// There is nobody else who could.
    Alone,
    /// Another person had proposed it.
    Two(ProposalId, StaffId),
}

impl Eyes {
    /// Says so in an audit row.
    pub(crate) fn tell(self, row: Audit) -> Audit {
        match self {
            Self::NotAsked => row,
            Self::Alone => row.with("alone", true),
            Self::Two(proposal, first) => {
                row.with("proposal", proposal.to_string()).with("proposed_by", first.to_string())
            }
        }
    }
}

/// Whether an act may be done at once. If not, it is written down and waits.
pub(crate) async fn propose(
    service: &Service,
    tx: &mut Tx,
    caller: &Caller,
    act: Act,
) -> Result<Result<Eyes, Proposal>, Error> {
    let by = part_in(service, caller, &act)?;
    let rule = act.rule();
    if !service.policy().rules().review.four_eyes.contains(&rule) {
        return Ok(Ok(Eyes::NotAsked));
    }
    let now = service.now();
    if act.may_be_alone()
        && !shiming_store::account::another_of_role(tx, Role::Operator, by, now - ALONE_AFTER).await?
    {
        return Ok(Ok(Eyes::Alone));
    }
    if stored::open_of(tx, by, now).await? >= OPEN_MAX {
        let detail =
            format!("{OPEN_MAX} of your proposals wait for a second person; have those confirmed first.");
        return Err(Refused::new(Kind::Conflict, "proposals_open", detail).into());
    }
    let (id, until) = (service.id(ProposalId::at), lasts(now)?);
    let text = serde_json::to_vec(&act).map_err(|_| Error::Internal("proposal_act"))?;
    let sealed =
        service.seal(tx, SERVICE_SUBJECT, Purpose::Contact, "proposal", &id.to_string(), &text).await?;
    let new = StoredProposal {
        id,
        rule,
        kind: act.kind().to_owned(),
        act: sealed,
        proposed_by: by,
        proposed_at: now,
        until,
        confirmed_by: None,
    };
    stored::insert(tx, &new).await?;
    let row = Audit::new(&caller.actor(), "proposal.create", "proposal", id)
        .with("act", act.kind())
        .with("until_us", until.unix_us());
    tx.audit(&row, now).await?;
    Ok(Err(Proposal { id, act, rule, proposed_by: by, proposed_at: now, until }))
}

/// What waits for a second person, as far as the caller's role may have a part in it. Names stand in it, so the
/// look leaves a row.
pub async fn waiting(service: &Service, caller: &Caller) -> Result<Vec<Proposal>, Error> {
    let (_, role) = caller.staff().ok_or_else(Error::not_found)?;
    let mut tx = service.store().change().await?;
    let mut shown = Vec::new();
    for found in stored::waiting(&mut tx, Act::kinds_for(role), service.now()).await? {
        shown.push(opened(service, &mut tx, found).await?);
    }
    if !shown.is_empty() {
        let ids: Vec<_> = shown.iter().map(|proposal| proposal.id.to_string()).collect();
        let row = Audit::new(&caller.actor(), "proposal.read", "installation", "main")
            .with("purpose", "four_eyes")
            .with("proposals", ids);
        tx.audit(&row, service.now()).await?;
        tx.commit().await?;
    }
    Ok(shown)
}

async fn opened(service: &Service, tx: &mut Tx, found: StoredProposal) -> Result<Proposal, Error> {
    let place = found.id.to_string();
    let plain = service.unseal(tx, SERVICE_SUBJECT, Purpose::Contact, "proposal", &place, &found.act).await?;
    let act = serde_json::from_slice(plain.as_bytes()).map_err(|_| Error::Internal("proposal_act"))?;
    Ok(Proposal {
        id: found.id,
        act,
        rule: found.rule,
        proposed_by: found.proposed_by,
        proposed_at: found.proposed_at,
        until: found.until,
    })
}

/// The member of staff who may have a part in the act, with a factor shown a short while ago.
fn part_in(service: &Service, caller: &Caller, act: &Act) -> Result<StaffId, Error> {
    let (by, role) = caller.staff().ok_or_else(Error::not_found)?;
    if !act.roles().contains(&role) {
        let detail = "This is not for your role.";
        return Err(Refused::new(Kind::Forbidden, "act_role", detail).into());
    }
    stepped_up(service, caller)?;
    Ok(by)
}

/// A factor was shown a short while ago, and there were two.
pub(crate) fn stepped_up(service: &Service, caller: &Caller) -> Result<(), Error> {
    let age_max = Span::minutes(service.policy().rules().reveal.step_up_age_max_min);
    let fresh = caller.verified_at.is_some_and(|at| at + age_max >= service.now());
    if caller.strength < Strength::TwoFactors || !fresh {
        let detail = "Show a factor again first: POST /api/v1/sessions/second-factor.";
        return Err(Refused::new(Kind::Forbidden, "step_up_required", detail).into());
    }
    Ok(())
}

/// Whether somebody still works here, in one of these roles: only what such a person said has two authors.
pub(crate) async fn still_works(tx: &mut Tx, staff: StaffId, roles: &[Role]) -> Result<bool, Error> {
    let found = shiming_store::account::staff(tx, staff).await?;
    Ok(found.is_some_and(|found| found.state == "active" && roles.contains(&found.role)))
}

fn lasts(now: Timestamp) -> Result<Timestamp, Error> {
    Timestamp::from_unix_us(now.unix_us().saturating_add(case::PROPOSAL_LASTS_US))
        .map_err(|_| Error::Internal("proposal_time"))
}
