//! A decision takes effect.

use super::open::{Further, NewCase, open_with};
use super::{act, appeal, quality, remark, sample};
use crate::application::review::{self as applications, Basis, Decider};
use crate::service::{Error, Service};
use crate::wallet;
use shiming_domain::account::{LiftedBy, Restriction};
use shiming_domain::application::{self, DocumentProof, FaceProof, Review, Second, asks};
use shiming_domain::case::{CaseType, Decision, End, Role, State, Verdict};
use shiming_domain::id::{CaseId, EventId, StaffId};
use shiming_domain::moment::Span;
use shiming_store::Tx;
use shiming_store::audit::{Actor, Audit};
use shiming_store::case::{self as stored, StoredCase};

/// Lets a decision take effect, unless it was taken back. Running twice does it once.
pub(crate) async fn publish(service: &Service, id: CaseId, version: u64) -> Result<(), Error> {
    let mut tx = service.store().change().await?;
    let Some(mut case) = stored::load(&mut tx, id).await? else { return Ok(()) };
    let is_current = case.case.version == version && case.facts.published != Some(version);
    let State::Closed { end: End::Decided { decision, by }, .. } = case.case.state.clone() else {
        return Ok(());
    };
    if !is_current {
        return Ok(());
    }
    case.facts.published = Some(version);
    stored::save(&mut tx, &mut case).await?;
    match take_effect(service, &mut tx, &case, &decision, &by).await {
        // What it was about moved on in the seconds in between, such as by a withdrawal.
        Err(error @ Error::Refused(_)) if !error.is_passing() => {
            drop(tx);
            return overtaken(service, id, version, &error).await;
        }
        done => done?,
    }
    sample::single(service, &mut tx, &case, &decision, &by).await?;
    quality::remember(&mut tx, &case, &decision, &by).await?;
    for staff in &by {
        stored::worked(&mut tx, *staff).await?;
    }
    let deciders: Vec<String> = by.iter().map(ToString::to_string).collect();
    let row = Audit::new(&Actor::system(), "case.publish", "case", case.id)
        .with("version", version)
        .with("verdict", act::word(&decision.verdict))
        .with("by", deciders);
    tx.audit(&row, service.now()).await?;
    tx.commit().await?;
    service.wake();
    Ok(())
}

/// A decision that cannot take effect any more: remembered, and not tried again.
async fn overtaken(service: &Service, id: CaseId, version: u64, why: &Error) -> Result<(), Error> {
    tracing::warn!(case = %id, code = why.code(), "a decision could not take effect");
    let mut tx = service.store().change().await?;
    let Some(mut case) = stored::load(&mut tx, id).await? else { return Ok(()) };
    if case.case.version != version {
        return Ok(());
    }
    case.facts.published = Some(version);
    stored::save(&mut tx, &mut case).await?;
    let row = Audit::new(&Actor::system(), "case.publish", "case", id).with("version", version);
    tx.audit(&row.refused(why.code()), service.now()).await?;
    Ok(tx.commit().await?)
}

/// Tries whether a decision could take effect now. Nothing of it lasts: the transaction is dropped.
///
/// The application's own guards know more than the case (is there a live selfie, a document whose end was
/// read), and whoever decides must hear of it while the case is still theirs.
pub(super) async fn rehearse(
    service: &Service,
    case: &StoredCase,
    decision: &Decision,
    by: &[StaffId],
) -> Result<(), Error> {
    if !is_about_application(case.case.kind) {
        return Ok(());
    }
    let mut tx = service.store().change().await?;
    to_application(service, &mut tx, case, decision, by).await
}

/// Whether a decision of such a case is one on an application.
pub(super) const fn is_about_application(kind: CaseType) -> bool {
    matches!(kind, CaseType::Initial | CaseType::Resubmission | CaseType::Assisted | CaseType::AppealRedo)
}

async fn take_effect(
    service: &Service,
    tx: &mut Tx,
    case: &StoredCase,
    decision: &Decision,
    by: &[StaffId],
) -> Result<(), Error> {
    match case.case.kind {
        kind if is_about_application(kind) => to_application(service, tx, case, decision, by).await,
        CaseType::Screening => screened(service, tx, case, decision, by).await,
        CaseType::Appeal => appeal::answer(service, tx, case, decision, by).await,
        CaseType::Qa => quality::settle(service, tx, case, decision, by).await,
        // An approved change is a permission that the next application for it uses.
        _ => Ok(()),
    }
}

async fn to_application(
    service: &Service,
    tx: &mut Tx,
    case: &StoredCase,
    decision: &Decision,
    by: &[StaffId],
) -> Result<(), Error> {
    let application = case.application.ok_or(Error::Internal("case_without_application"))?;
    let Some(last) = by.last().copied() else { return Err(Error::Internal("case_without_decider")) };
    let remark = remark::chosen(tx, case, by).await?;
    // The lease was live when it was decided, and since then nobody else could take the case: it is closed.
    let review = Review {
        case: case.id,
        leased_to: last,
        leased_until: service.now() + Span::minutes(1),
        version_seen: case.case.version,
        version: case.case.version,
        second: by.iter().find(|other| **other != last).map(|other| Second { by: *other, agrees: true }),
    };
    let by = Decided::by(last, Role::Reviewer).saying(remark);
    let by = by.decider();
    match decision.verdict {
        Verdict::Approve => {
            let (document, face) = case.facts.proof.unwrap_or((DocumentProof::Photos, FaceProof::LiveMatch));
            let basis = Basis { document, face, term: case.facts.term };
            applications::approve(service, tx, application, by, review, basis).await
        }
        Verdict::Resubmit => {
            let asks =
                asks(&decision.reasons, &decision.steps).ok_or(Error::Internal("case_without_asks"))?;
            applications::resubmit(service, tx, application, by, review, asks).await
        }
        Verdict::Reject => {
            applications::reject(service, tx, application, by, review, decision.reasons.clone()).await
        }
        _ => Err(Error::Internal("case_verdict")),
    }
}

/// A hit is somebody else's, or this person's; then the restriction it set stays.
async fn screened(
    service: &Service,
    tx: &mut Tx,
    case: &StoredCase,
    decision: &Decision,
    by: &[StaffId],
) -> Result<(), Error> {
    let (Verdict::Release, [first, second, ..]) = (decision.verdict, by) else { return Ok(()) };
    let by = LiftedBy::Compliance { first: *first, second: *second };
    wallet::lift(service, tx, case.account, Restriction::ScreeningHit, by).await
}

/// Who decided, for as long as the application needs to know.
pub(super) struct Decided {
    by: application::Actor,
    actor: Actor,
    remark: Option<EventId>,
}

impl Decided {
    /// Staff who had signed in with two factors when they decided.
    pub(super) fn by(staff: StaffId, role: Role) -> Self {
        let by = match role {
            Role::Supervisor => application::Actor::Supervisor(staff),
            _ => application::Actor::Reviewer(staff),
        };
        let (id, role) = (staff.to_string(), role.as_str().to_owned());
        Self { by, actor: Actor { id, role, strength: "two_factors", request_id: None }, remark: None }
    }

    /// With what they wrote for the applicant.
    fn saying(self, remark: Option<EventId>) -> Self {
        Self { remark, ..self }
    }

    pub(super) fn decider(&self) -> Decider<'_> {
        Decider { by: self.by, actor: &self.actor, remark: self.remark }
    }
}

/// Puts an appeal against a watch-list hit before compliance, who alone may release it.
pub(super) async fn to_compliance(service: &Service, tx: &mut Tx, case: &StoredCase) -> Result<(), Error> {
    let new = NewCase {
        id: service.id(CaseId::at),
        kind: CaseType::Screening,
        account: case.account,
        application: case.application,
        proposed: Vec::new(),
        barred: case.case.barred.iter().copied().collect(),
    };
    open_with(service, tx, &Actor::system(), new, Further::default()).await?;
    Ok(())
}
