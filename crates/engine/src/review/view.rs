//! What staff see of cases: lists, and one case without anything personal in clear.

use super::compare::{FieldLine, Found, ScoreLine};
use super::hand::load;
use super::line::Line;
use super::neighbours;
use super::past::{self, AttemptLine, Duplicate};
use super::reads::reads;
use super::rights::staff;
use crate::service::{Caller, Error, Service};
use shiming_domain::application::Findings;
use shiming_domain::case::{CaseType, Opinion, State, Verdict};
use shiming_domain::id::{CaseId, StaffId};
use shiming_domain::moment::Timestamp;
use shiming_domain::reason::{Code, Text};
use shiming_store::Tx;
use shiming_store::audit::Audit;
use shiming_store::case::{self as stored, NoteKind, View};
use shiming_vault::keys::Purpose;
use std::collections::BTreeMap;

/// Cases in the order of their dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The cases.
    pub cases: Vec<Line>,
    /// Where the next page begins.
    pub next: Option<(Timestamp, CaseId)>,
}

/// A note in clear, for colleagues.
#[derive(Clone, PartialEq, Eq)]
pub struct WrittenNote {
    /// Who wrote it.
    pub author: StaffId,
    /// For whom.
    pub kind: NoteKind,
    /// The text.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// Notes stay out of logs: people write names into them.
impl std::fmt::Debug for WrittenNote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "WrittenNote({:?}, {} bytes)", self.kind, self.text.len())
    }
}

/// How an earlier case of the same application ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// The case.
    pub id: CaseId,
    /// When it ended.
    pub at: Timestamp,
    /// How; none if it was cancelled.
    pub verdict: Option<Verdict>,
    /// Why.
    pub reasons: Vec<Code>,
}

/// One case. The data it is about are masked; what is in clear is shown by `reveal` only.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseView {
    /// As in a list.
    pub line: Line,
    /// Why a person looks.
    pub findings: Findings,
    /// Reasons to pre-fill a rejection with.
    pub proposed: Vec<Code>,
    /// Classes of fields that are to change.
    pub changes: Vec<String>,
    /// What colleagues decided, as far as the caller may know: a second person looks blind.
    pub opinions: Vec<Opinion>,
    /// Notes; those of others only where their opinions may be known.
    pub notes: Vec<WrittenNote>,
    /// Earlier cases of the application.
    pub earlier: Vec<Earlier>,
    /// Every field as typed, as read, and as a source sees it.
    pub fields: Vec<FieldLine>,
    /// Every value a check was decided by.
    pub scores: Vec<ScoreLine>,
    /// The attempts of the application, first to last.
    pub attempts: Vec<AttemptLine>,
    /// The same document or picture on other accounts.
    pub duplicates: Vec<Duplicate>,
    /// A live challenge came before the selfie; its record is an element to reveal.
    pub challenged: bool,
    /// What the person will read, by decision; see the module `reads` for the keys.
    pub reads: BTreeMap<String, Text>,
}

/// At most `limit` cases of a part of the queue, after a place. The caller's role decides which there are.
pub async fn queue(
    service: &Service,
    caller: &Caller,
    view: View,
    after: Option<(Timestamp, CaseId)>,
    limit: u32,
) -> Result<Page, Error> {
    let by = staff(caller)?;
    let mut tx = service.store().read().await?;
    let found =
        stored::list(&mut tx, view, by.id, by.role, after, limit.saturating_add(1), service.now()).await?;
    let more = found.len() > limit as usize;
    let shown: Vec<_> = found.into_iter().take(limit as usize).collect();
    let next = shown.last().filter(|_| more).map(|case| (case.due_at, case.id));
    let cases = shown.iter().map(|case| Line::of(service, case, by)).collect::<Result<_, _>>()?;
    Ok(Page { cases, next })
}

/// One case. Only whoever holds it, or may take it by choice, sees more than there is in a list; for everybody
/// else there is none. Masked values recognise a person and notes may name one, so the look leaves a row.
pub async fn view(service: &Service, caller: &Caller, id: CaseId) -> Result<CaseView, Error> {
    let by = staff(caller)?;
    let mut tx = service.store().change().await?;
    let case = load(&mut tx, id, by).await?;
    let now_us = service.now().unix_us();
    let holds = case.case.live_lease(now_us).is_some_and(|lease| lease.holder == by.id);
    let decided = case.case.opinions.iter().any(|opinion| opinion.by == by.id);
    if !holds && !decided && super::rights::may_choose(by).is_err() {
        return Err(Error::not_found());
    }
    if case.case.barred.contains(&by.id) {
        return Err(Error::not_found());
    }
    // A second look sees what the first saw, and nothing of what the first made of it.
    let line = Line::of(service, &case, by)?;
    let blind = case.facts.reviewed.filter(|_| line.kind != CaseType::Qa);
    let seen = seen(service, &mut tx, &case, blind.is_some()).await?;
    let opinions: Vec<Opinion> = case.case.opinions_for(&by).cloned().collect();
    let known = |author: StaffId| author == by.id || opinions.iter().any(|opinion| opinion.by == author);
    let decider = |author: StaffId| case.case.opinions.iter().any(|opinion| opinion.by == author);
    let mut notes = Vec::new();
    for note in stored::notes(&mut tx, id).await? {
        // What the first person wrote would give the first opinion away.
        if decider(note.author) && !known(note.author) {
            continue;
        }
        let (subject, place) = (case.account.to_string(), note.id.to_string());
        let plain =
            service.unseal(&mut tx, &subject, Purpose::Document, "case_note", &place, &note.text).await?;
        let text = String::from_utf8(plain.as_bytes().to_vec()).map_err(|_| Error::Internal("note_text"))?;
        notes.push(WrittenNote { author: note.author, kind: note.kind, text, at: note.at });
    }
    let earlier = match case.application {
        Some(application) => stored::of_application(&mut tx, application).await?,
        None => Vec::new(),
    };
    let known = |other: &&stored::StoredCase| {
        other.id != id && blind.is_none_or(|blind| Some(other.id) != blind.case)
    };
    let earlier = earlier.iter().filter(known).filter_map(ended).collect();
    let purpose = match (holds, decided) {
        (true, _) => "decide",
        (false, true) => "follow_up",
        (false, false) => "oversee",
    };
    let row = Audit::new(&caller.actor(), "case.read", "case", id)
        .with("account", case.account.to_string())
        .with("purpose", purpose)
        .with("notes", notes.len());
    tx.audit(&row, service.now()).await?;
    tx.commit().await?;
    Ok(CaseView {
        reads: reads(service, line.kind),
        line,
        findings: seen.findings,
        proposed: case.facts.proposed.clone(),
        changes: case.facts.changes.iter().cloned().collect(),
        opinions,
        notes,
        earlier,
        fields: seen.fields,
        scores: seen.scores,
        attempts: seen.attempts,
        duplicates: seen.duplicates,
        challenged: seen.challenged,
    })
}

/// What there is to see of the attempt a case is about.
#[derive(Default)]
struct Seen {
    findings: Findings,
    fields: Vec<FieldLine>,
    scores: Vec<ScoreLine>,
    attempts: Vec<AttemptLine>,
    duplicates: Vec<Duplicate>,
    challenged: bool,
}

async fn seen(service: &Service, tx: &mut Tx, case: &stored::StoredCase, blind: bool) -> Result<Seen, Error> {
    let Some(attempt) = neighbours::attempt(tx, case).await? else { return Ok(Seen::default()) };
    let application = attempt.application;
    let found = Found::of(service, tx, application, attempt.attempt.id).await?;
    let findings = match found.record().filter(|_| blind) {
        // The application has moved on; why a person looked then stands in the record.
        Some(record) => crate::application::review::findings_of(record),
        None => neighbours::findings(tx, application).await?,
    };
    Ok(Seen {
        findings,
        fields: found.fields(service),
        scores: found.scores(),
        attempts: past::attempts(tx, application, &attempt, blind).await?,
        duplicates: past::duplicates(service, tx, case.account, &attempt).await?,
        challenged: found.record().is_some_and(|record| record.evidence.liveness.is_some()),
    })
}

fn ended(case: &stored::StoredCase) -> Option<Earlier> {
    // A second look is nobody's history.
    let State::Closed { end, at_us, .. } = &case.case.state else { return None };
    if case.facts.reviewed.is_some() {
        return None;
    }
    let (verdict, reasons) = match end {
        shiming_domain::case::End::Decided { decision, .. } => {
            (Some(decision.verdict), decision.reasons.clone())
        }
        shiming_domain::case::End::Cancelled => (None, Vec::new()),
    };
    Some(Earlier { id: case.id, at: Timestamp::from_unix_us(*at_us).ok()?, verdict, reasons })
}
