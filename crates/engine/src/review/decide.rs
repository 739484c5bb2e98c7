//! A person decides, and may take it back for a moment.

use super::hand::{load, write_note};
use super::line::{Line, shown_kind};
use super::neighbours::findings;
use super::publish::rehearse;
use super::rights::{refused, remember_refusal, staff};
use super::{act, rights};
use crate::service::{Caller, Error, Kind, Pending, Refused, Service};
use shiming_domain::account::Restriction;
use shiming_domain::application::{DocumentProof, FaceProof, Route, asks};
use shiming_domain::case::{
    CaseType, Circumstances, Decision, Event, Refused as CaseRefused, Staff, Verdict,
};
use shiming_domain::id::CaseId;
use shiming_domain::id::StaffId;
use shiming_domain::reason::Code;
use shiming_domain::verification::DocumentTerm;
use shiming_store::Tx;
use shiming_store::case::{self as stored, NoteKind, StoredCase, Subject};

/// A decision as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decide {
    /// Of the lease.
    pub token: u64,
    /// The version of the case that was seen.
    pub version: u64,
    /// What.
    pub decision: Decision,
    /// For colleagues.
    pub note: Option<String>,
    /// The applicant reads it.
    pub remark: Option<String>,
    /// What an approval rests on; none means the photos and the live selfie.
    pub proof: Option<(DocumentProof, FaceProof)>,
    /// Until when the document is current, if it could not be read.
    pub term: Option<DocumentTerm>,
}

/// Decides a case that the caller holds. It takes effect when the time to take it back is over, and a second
/// person has agreed where one is needed.
pub async fn decide(
    service: &Service,
    caller: &Caller,
    id: CaseId,
    sent: Decide,
) -> Result<Pending<Line>, Error> {
    let by = staff(caller)?;
    let second = would_stand(service, id, by, &sent).await?;
    let mut tx = service.store().change().await?;
    match decided(service, caller, &mut tx, id, by, (sent, second)).await {
        Ok(line) => Ok(Pending::new(service, tx, line)),
        Err(error) => {
            drop(tx);
            Err(remember_refusal(service, caller, "case.decide", ("case", id), error).await)
        }
    }
}

async fn decided(
    service: &Service,
    caller: &Caller,
    tx: &mut Tx,
    id: CaseId,
    by: Staff,
    (sent, second): (Decide, bool),
) -> Result<Line, Error> {
    let mut case = load(tx, id, by).await?;
    let decision = as_stored(&case, by, sent.decision)?;
    if case.case.kind == CaseType::Appeal {
        super::appeal::answers(&decision, sent.remark.as_deref())?;
    }
    names_the_paper(&decision, sent.remark.as_deref())?;
    let mut facts = circumstances(service, tx, &case, &decision, sent.proof).await?;
    facts.blind_sample |= second;
    if decision.verdict == Verdict::Approve {
        case.facts.proof = sent.proof.or(case.facts.proof);
        case.facts.term = sent.term.or(case.facts.term);
    }
    let event = Event::Decide { by, token: sent.token, version: sent.version, decision, facts };
    act::apply(service, tx, &mut case, &event, &caller.actor(), "case.decide").await?;
    for (kind, text) in [(NoteKind::Internal, sent.note), (NoteKind::Remark, sent.remark)] {
        if let Some(text) = text {
            write_note(service, tx, &case, by, kind, &text).await?;
        }
    }
    Line::of(service, &case, by)
}

/// Which paper is asked for stands in no catalogue, so it stands in the remark.
fn names_the_paper(decision: &Decision, remark: Option<&str>) -> Result<(), Error> {
    let named = remark.is_some_and(|text| !text.trim().is_empty());
    if named || !decision.reasons.contains(&Code::AccMoreEvidence) {
        return Ok(());
    }
    let detail = "Name the paper that is asked for, and why, in the remark.";
    Err(Refused::new(Kind::Unacceptable, "decision_without_remark", detail).into())
}

/// Whether the application would take the decision, and only from two people. What the rules of cases refuse
/// (lease, version, role) is left to them.
async fn would_stand(service: &Service, id: CaseId, by: Staff, sent: &Decide) -> Result<bool, Error> {
    let mut case = {
        let mut tx = service.store().read().await?;
        load(&mut tx, id, by).await?
    };
    let lease = case.case.live_lease(service.now().unix_us());
    let holds = lease.is_some_and(|lease| lease.holder == by.id && lease.token == sent.token);
    if !holds || case.case.version != sent.version {
        return Ok(false);
    }
    let decision = as_stored(&case, by, sent.decision.clone())?;
    decision.check(case.case.kind).map_err(|why| refused(&CaseRefused::Decision(why)))?;
    if decision.verdict == Verdict::Resubmit && asks(&decision.reasons, &decision.steps).is_none() {
        let detail = "Every step that is asked for needs a reason that sends people back to it.";
        return Err(Refused::new(Kind::Unacceptable, "decision_step_without_reason", detail).into());
    }
    case.facts.proof = sent.proof.or(case.facts.proof);
    case.facts.term = sent.term.or(case.facts.term);
    let mut opinions = case.case.opinions.iter();
    let agreed = opinions.find(|opinion| opinion.decision.verdict == decision.verdict).map(|o| o.by);
    let deciders: Vec<StaffId> = agreed.into_iter().chain([by.id]).collect();
    match rehearse(service, &case, &decision, &deciders).await {
        Err(error) if error.code() == "second_reviewer_needed" && agreed.is_none() => {
            // Somebody else would agree: who it is matters to nobody, for nothing of this lasts.
            let other = StaffId::from_bits(!by.id.bits());
            rehearse(service, &case, &decision, &[other, by.id]).await?;
            Ok(true)
        }
        done => done.map(|()| false),
    }
}

/// A second look is decided like ordinary work; what is stored is whether it came to the same.
fn as_stored(case: &StoredCase, by: Staff, decision: Decision) -> Result<Decision, Error> {
    let Some(reviewed) = case.facts.reviewed else { return Ok(decision) };
    if shown_kind(case, by) == CaseType::Qa {
        return Ok(decision);
    }
    decision.check(reviewed.shown_as).map_err(|why| refused(&CaseRefused::Decision(why)))?;
    let same = decision.verdict == reviewed.verdict;
    Ok(Decision {
        steps: Vec::new(),
        verdict: if same { Verdict::Agree } else { Verdict::Disagree },
        ..decision
    })
}

/// What else is true of the case, so that four eyes look where the policy wants them.
async fn circumstances(
    service: &Service,
    tx: &mut Tx,
    case: &StoredCase,
    decision: &Decision,
    proof: Option<(DocumentProof, FaceProof)>,
) -> Result<Circumstances, Error> {
    const SUSPICIONS: [Code; 4] = [Code::AccWatchlist, Code::LiveSpoof, Code::DocTampered, Code::DupFace];
    let found = match case.application {
        Some(application) => findings(tx, application).await?,
        None => shiming_domain::application::Findings::default(),
    };
    let mut reasons = found.reasons.iter().chain(&decision.reasons).chain(&case.facts.proposed);
    let appeal = stored::appeal_of_case(tx, case.id).await?;
    let revoked = Subject::Restriction(Restriction::IdentityRevoked);
    let given_back =
        decision.verdict == Verdict::Uphold && appeal.is_some_and(|appeal| appeal.subject == revoked);
    // Whose a number is that somebody had before, no one person decides.
    let another_number = match case.application {
        Some(id) if decision.verdict == Verdict::Approve => {
            crate::application::takes_former_number(service, tx, id).await?
        }
        _ => false,
    };
    let face = proof.or(case.facts.proof).map(|(_, face)| face);
    Ok(Circumstances {
        failed_required_check: found.required_failed,
        suspicion: case.case.kind != CaseType::Qa && reasons.any(|code| SUSPICIONS.contains(code)),
        face_to_face_record: matches!(face, Some(FaceProof::HumanRoute(way)) if way.route == Route::InPerson),
        identity_change: case.facts.changes.iter().any(|class| class == "identity") || another_number,
        revocation: given_back,
        // A hit is released and a verification given back by two people whatever the policy says: their own
        // guards ask for two.
        blind_sample: given_back
            || case.case.kind == CaseType::Screening && decision.verdict == Verdict::Release,
    })
}

/// Takes the last decision back, while nothing has left the house.
pub async fn undo(service: &Service, caller: &Caller, id: CaseId) -> Result<Pending<Line>, Error> {
    let by = staff(caller)?;
    let mut tx = service.store().change().await?;
    stored::lock_worker(&mut tx, by.id).await?;
    let held = stored::held(&mut tx, by.id, service.now()).await?;
    let mut case = load(&mut tx, id, by).await?;
    if case.facts.published == Some(case.case.version) {
        return Err(rights::refused(&CaseRefused::UndoOver));
    }
    let event = Event::Undo { by, held };
    act::apply(service, &mut tx, &mut case, &event, &caller.actor(), "case.undo").await?;
    let line = Line::of(service, &case, by)?;
    Ok(Pending::new(service, tx, line))
}
