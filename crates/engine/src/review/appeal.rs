//! Objections: against a rejection, a restriction (of a verification taken back too) or a locked step, decided
//! by people who had no part in it.

use super::act;
use super::neighbours::restricted_since;
use super::open::{Further, NewCase, open_with};
use super::publish::{Decided, is_about_application, to_compliance};
use super::rights::staff;
use crate::application::review as applications;
use crate::service::{Caller, Error, Kind, Pending, Refused, Service};
use crate::{notice, wallet};
use shiming_domain::account::{LiftedBy, Restriction};
use shiming_domain::application::ReopenCause;
use shiming_domain::case::{CaseType, Decision, End, Role, State, Verdict};
use shiming_domain::effect::DeadlineChange;
use shiming_domain::id::{AccountId, AppealId, ApplicationId, CaseId, StaffId};
use shiming_domain::moment::{Span, Timestamp};
use shiming_domain::notice::Notice;
use shiming_domain::personal::Personal;
use shiming_domain::reason::{AppliedKind, Code, Reason};
use shiming_domain::verification::FourEyes;
use shiming_store::Tx;
use shiming_store::audit::{Actor, Audit};
use shiming_store::case::{self as stored, Appeal, StoredCase};
pub use shiming_store::case::{AppealState, Subject};
use shiming_vault::keys::Purpose;
use std::collections::{BTreeMap, BTreeSet};

/// Characters of an objection.
const TEXT_CHARS_MAX: usize = 4000;

/// An appeal as its author and staff see it.
#[derive(Clone, Debug, PartialEq)]
pub struct AppealLine {
    /// Its id.
    pub id: AppealId,
    /// Whose.
    pub account: AccountId,
    /// Against what.
    pub subject: Subject,
    /// Where it stands.
    pub state: AppealState,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When an answer is due.
    pub due_at: Timestamp,
    /// When it was answered.
    pub answered_at: Option<Timestamp>,
    /// Why it was answered so, as its author may know.
    pub reasons: Vec<Reason>,
    /// What whoever answered wrote for its author.
    pub remark: Option<Personal>,
}

impl AppealLine {
    /// With what was answered.
    async fn of(service: &Service, tx: &mut Tx, appeal: &Appeal) -> Result<Self, Error> {
        let remark = super::remark::read(service, tx, appeal.account, appeal.remark).await?;
        Ok(Self { remark, ..Self::from(appeal) })
    }
}

impl From<&Appeal> for AppealLine {
    fn from(appeal: &Appeal) -> Self {
        let named = appeal.reasons.iter().filter(|code| may_be_named(**code));
        Self {
            id: appeal.id,
            account: appeal.account,
            subject: appeal.subject,
            state: appeal.state,
            opened_at: appeal.opened_at,
            due_at: appeal.due_at,
            answered_at: appeal.answered_at,
            reasons: named.map(|code| Reason::given(*code, AppliedKind::Final, Vec::new())).collect(),
            remark: None,
        }
    }
}

/// A suspicion is never told, and the neutral text in its place says that somebody still looks, which is over.
fn may_be_named(code: Code) -> bool {
    Reason::given(code, AppliedKind::Final, Vec::new()).public_code == code
}

/// An answer that is not wholly what was asked for says why: by a reason that can be named, or in words.
pub(super) fn answers(decision: &Decision, remark: Option<&str>) -> Result<(), Error> {
    let said = decision.reasons.iter().any(|code| may_be_named(*code))
        || remark.is_some_and(|text| !text.trim().is_empty());
    if said || !matches!(decision.verdict, Verdict::UpholdPartly | Verdict::Refuse) {
        return Ok(());
    }
    let detail = "Say why, by a reason that may be told or in a remark: the person has a right to it.";
    Err(Refused::new(Kind::Unacceptable, "appeal_answer_without_reason", detail).into())
}

/// What can be objected to: since when it stands, and who had a part in it.
struct Ground {
    since: Timestamp,
    application: Option<ApplicationId>,
    barred: BTreeSet<StaffId>,
}

/// The owner of an account objects. One appeal against the same at a time, within the window.
pub async fn open(
    service: &Service,
    caller: &Caller,
    subject: Subject,
    text: &str,
) -> Result<Pending<AppealLine>, Error> {
    let account = caller.account().ok_or_else(Error::not_found)?;
    let text = text.trim();
    if text.is_empty() || text.chars().count() > TEXT_CHARS_MAX {
        let detail = format!("Say in 1 to {TEXT_CHARS_MAX} characters why you object.");
        return Err(Refused::new(Kind::Unacceptable, "appeal_text", detail).into());
    }
    let (now, rules) = (service.now(), &service.policy().rules().review);
    let mut tx = service.store().change().await?;
    let ground = ground(service, &mut tx, account, subject).await?.ok_or_else(Error::not_found)?;
    if now >= ground.since + Span::days(rules.appeal_window_days) {
        let detail = "The time to object is over. Support can still help you.";
        return Err(Refused::new(Kind::Conflict, "appeal_window_over", detail).into());
    }
    let (id, case) = (service.id(AppealId::at), service.id(CaseId::at));
    let new = NewCase {
        id: case,
        kind: CaseType::Appeal,
        account,
        application: ground.application,
        proposed: Vec::new(),
        barred: ground.barred.into_iter().collect(),
    };
    let opened = open_with(service, &mut tx, &caller.actor(), new, Further::default()).await?;
    let due_at = opened.ok_or(Error::Internal("case_id_twice"))?.due_at;
    let (owner, place) = (account.to_string(), id.to_string());
    let sealed = service.seal(&mut tx, &owner, Purpose::Document, "appeal", &place, text.as_bytes()).await?;
    let state = AppealState::Open;
    let appeal = Appeal {
        id,
        version: 1,
        account,
        subject,
        state,
        text: sealed,
        case,
        opened_at: now,
        due_at,
        answered_at: None,
        reasons: Vec::new(),
        remark: None,
    };
    if !stored::insert_appeal(&mut tx, &appeal).await? {
        let detail = "You have objected to this already; we are on it.";
        return Err(Refused::new(Kind::Conflict, "appeal_open", detail).into());
    }
    let due = BTreeMap::from([("due", due_at.to_string())]);
    notice::tell(service, &mut tx, account, Notice::AppealReceived, due, now).await?;
    // Nobody's date to be verified by passes while they wait for an answer.
    wallet::deadline(service, &mut tx, account, DeadlineChange::Pause, None).await?;
    let row = Audit::new(&caller.actor(), "appeal.open", "appeal", id)
        .with("subject_kind", subject.kind())
        .with("subject", subject.name())
        .with("case", case.to_string())
        .with("due_us", due_at.unix_us());
    tx.audit(&row, now).await?;
    Ok(Pending::new(service, tx, AppealLine::from(&appeal)))
}

/// The appeals of the caller's account.
pub async fn list(service: &Service, caller: &Caller) -> Result<Vec<AppealLine>, Error> {
    let account = caller.account().ok_or_else(Error::not_found)?;
    let mut tx = service.store().read().await?;
    let appeals = stored::appeals(&mut tx, account).await?;
    let mut lines = Vec::with_capacity(appeals.len());
    for appeal in &appeals {
        lines.push(AppealLine::of(service, &mut tx, appeal).await?);
    }
    Ok(lines)
}

/// What a person wrote, for whoever holds the case that answers it. The look leaves a row.
pub async fn read(service: &Service, caller: &Caller, case: CaseId) -> Result<(AppealLine, String), Error> {
    let by = staff(caller)?;
    let mut tx = service.store().change().await?;
    let stored_case = super::hand::load(&mut tx, case, by).await?;
    let lease = stored_case.case.live_lease(service.now().unix_us());
    if lease.is_none_or(|lease| lease.holder != by.id) {
        return Err(Error::not_found());
    }
    let appeal = stored::appeal_of_case(&mut tx, case).await?.ok_or_else(Error::not_found)?;
    let (owner, place) = (appeal.account.to_string(), appeal.id.to_string());
    let plain = service.unseal(&mut tx, &owner, Purpose::Document, "appeal", &place, &appeal.text).await?;
    let text = String::from_utf8(plain.as_bytes().to_vec()).map_err(|_| Error::Internal("appeal_text"))?;
    let row = Audit::new(&caller.actor(), "appeal.read", "appeal", appeal.id)
        .with("account", appeal.account.to_string())
        .with("case", case.to_string())
        .with("purpose", "decide");
    tx.audit(&row, service.now()).await?;
    tx.commit().await?;
    Ok((AppealLine::from(&appeal), text))
}

async fn ground(
    service: &Service,
    tx: &mut Tx,
    account: AccountId,
    subject: Subject,
) -> Result<Option<Ground>, Error> {
    match subject {
        Subject::Lock(application, step) => {
            let locked = crate::application::locked_since(service, tx, account, application, step).await?;
            let application = Some(application);
            Ok(locked.map(|since| Ground { since, application, barred: BTreeSet::new() }))
        }
        Subject::Restriction(Restriction::IdentityRevoked) => {
            let Some(since) = restricted_since(tx, account, Restriction::IdentityRevoked).await? else {
                return Ok(None);
            };
            // Whoever took it back does not hear the objection.
            let eyes = super::revoke::eyes(tx, account).await?;
            Ok(Some(Ground { since, application: None, barred: eyes }))
        }
        Subject::Restriction(restriction) => {
            let since = restricted_since(tx, account, restriction).await?;
            Ok(since.map(|since| Ground { since, application: None, barred: BTreeSet::new() }))
        }
        Subject::Application(id) => {
            let cases = stored::of_application(tx, id).await?;
            Ok(rejection(&cases, account).map(|since| Ground {
                since,
                application: Some(id),
                // Everybody who ever had a say in it.
                barred: cases.iter().flat_map(|case| &case.case.opinions).map(|o| o.by).collect(),
            }))
        }
    }
}

/// When the last decision that stands rejected the application, if it did.
fn rejection(cases: &[StoredCase], account: AccountId) -> Option<Timestamp> {
    let last = cases
        .iter()
        .rev()
        .find(|case| case.facts.published.is_some() && is_about_application(case.case.kind))?;
    let State::Closed { end: End::Decided { decision, .. }, at_us, .. } = &last.case.state else {
        return None;
    };
    let rejected = last.account == account && decision.verdict == Verdict::Reject;
    Timestamp::from_unix_us(*at_us).ok().filter(|_| rejected)
}

/// The decision on an appeal takes effect: upheld, the application is opened again or the restriction lifted.
pub(super) async fn answer(
    service: &Service,
    tx: &mut Tx,
    case: &StoredCase,
    decision: &Decision,
    by: &[StaffId],
) -> Result<(), Error> {
    let found = stored::appeal_of_case(tx, case.id).await?;
    let mut appeal = found.ok_or(Error::Internal("case_without_appeal"))?;
    let now = service.now();
    appeal.state = match decision.verdict {
        Verdict::Uphold => AppealState::Upheld,
        Verdict::UpholdPartly => AppealState::Partly,
        _ => AppealState::Refused,
    };
    appeal.answered_at = Some(now);
    appeal.reasons.clone_from(&decision.reasons);
    appeal.remark = super::remark::chosen(tx, case, by).await?;
    stored::save_appeal(tx, &mut appeal).await?;
    if appeal.state == AppealState::Upheld {
        remedy(service, tx, case, appeal.subject, by).await?;
    }
    if !stored::has_open_appeal(tx, appeal.account).await? {
        wallet::deadline(service, tx, appeal.account, DeadlineChange::Resume, None).await?;
    }
    notice::tell(service, tx, appeal.account, Notice::AppealAnswered, BTreeMap::new(), now).await?;
    let row = Audit::new(&Actor::system(), "appeal.answer", "appeal", appeal.id)
        .with("state", act::word(&appeal.state))
        .with("case", case.id.to_string());
    tx.audit(&row, now).await?;
    Ok(())
}

async fn remedy(
    service: &Service,
    tx: &mut Tx,
    case: &StoredCase,
    subject: Subject,
    by: &[StaffId],
) -> Result<(), Error> {
    match subject {
        Subject::Application(application) => {
            let Some(last) = by.last() else { return Err(Error::Internal("case_without_decider")) };
            // Whoever upholds an appeal stands in a supervisor's place towards the application.
            let by = Decided::by(*last, Role::Supervisor);
            let (again, cause) = (service.id(CaseId::at), ReopenCause::AppealUpheld);
            applications::reopen(service, tx, application, by.decider(), again, cause).await
        }
        Subject::Lock(application, step) => {
            crate::application::unlock(service, tx, case.account, application, step).await
        }
        Subject::Restriction(Restriction::ScreeningHit) => to_compliance(service, tx, case).await,
        Subject::Restriction(Restriction::IdentityRevoked) => {
            let [first, second, ..] = by else { return Err(Error::Internal("reinstated_by_one")) };
            let eyes = FourEyes { first: *first, second: *second };
            if super::revoke::reinstate(service, tx, case.account, eyes).await? {
                return Ok(());
            }
            // The document has ended meanwhile: nothing stands, and nothing is held against the person.
            wallet::lift(service, tx, case.account, Restriction::IdentityRevoked, LiftedBy::Appeal).await
        }
        Subject::Restriction(restriction) => {
            wallet::lift(service, tx, case.account, restriction, LiftedBy::Appeal).await
        }
    }
}
