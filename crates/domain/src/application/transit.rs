//! The table of transitions: one `match` over state and event. What it does not list is refused.

use super::event::{Actor, AskHuman, AskReason, Event, EventKind, New, ReviewCause};
use super::{Attempt, Findings, Proof, Refusal, Row, Rules, State, Transit};
use super::{DocumentProof, FaceProof, review};
use crate::account::Restriction;
use crate::case::CaseType;
use crate::counters::{Counter, Happening, Standing};
use crate::effect::{DeadlineChange, Effect, Run};
use crate::id::{ApplicationId, AttemptId, CaseId, StaffId};
use crate::moment::Timestamp;
use crate::notice::Notice;
use crate::policy::Consent;
use crate::reason::{Code, Step};
use crate::steps::{Answer, Content, Side, Steps, Verdict};
use std::collections::{BTreeMap, BTreeSet};

type Outcome = Result<Transit, Refusal>;

/// Guard of transition 1.
pub(super) fn may_create(new: &New, by: Actor, rules: &Rules) -> Result<(), Refusal> {
    if !matches!(by, Actor::Applicant | Actor::Integrator | Actor::Support(_)) {
        return Err(Refusal::NotYours);
    }
    if new.open_applications >= rules.open_max {
        return Err(Refusal::OtherOpen);
    }
    if !new.region_supported {
        return Err(Refusal::RegionUnsupported);
    }
    if new.needs_guardian {
        return Err(Refusal::GuardianNeeded);
    }
    match new.ended {
        Standing::Full { then, until } if then.refuses() => Err(Refusal::TooManyEnded { until }),
        _ => Ok(()),
    }
}

/// Transitions 2 to 17.
pub(super) fn transit(
    id: ApplicationId,
    state: State,
    barred: &BTreeSet<StaffId>,
    event: Event,
    rules: &Rules,
    now: Timestamp,
) -> Outcome {
    use EventKind as E;
    use State as S;
    let Event { by, kind, .. } = event;
    // Kept aside: `kind` is taken apart below.
    let allowed = by.may(&kind);
    let yours = || if allowed { Ok(()) } else { Err(Refusal::NotYours) };
    let at = At { id, barred, rules, now };
    match (state, kind) {
        (S::Draft { steps, .. }, E::SaveStep { content, verdict, counters }) => {
            yours()?;
            let saved = at.save(steps, None, content, &verdict, &counters)?;
            let next = State::Draft { steps: saved.steps, touched_at: now };
            Ok(Transit { next, effects: saved.effects, row: Row::SaveStep })
        }
        (
            S::Resubmit { steps, attempt, since, asked, mut redone },
            E::SaveStep { content, verdict, counters },
        ) => {
            yours()?;
            let step = content.step();
            let saved = at.save(steps, Some(&asked), content, &verdict, &counters)?;
            if saved.accepted && asked.contains(&step) && saved.steps.is_done(step, &rules.consents) {
                redone.insert(step);
            }
            let next = State::Resubmit { steps: saved.steps, attempt, since, asked, redone };
            Ok(Transit { next, effects: saved.effects, row: Row::SaveStep })
        }
        (S::Draft { steps, .. }, E::Submit { attempt }) => {
            yours()?;
            at.texts_in_force(&steps)?;
            let missing = steps.missing(&rules.consents);
            if !missing.is_empty() {
                return Err(Refusal::StepsMissing(missing));
            }
            at.submit(steps, attempt, 1, Row::Submit)
        }
        (S::Resubmit { steps, attempt: last, asked, redone, .. }, E::Submit { attempt }) => {
            yours()?;
            at.consents_done(&steps)?;
            // Whoever refuses the use of their face has no selfie to take again.
            let gone = |step: &Step| *step == Step::Selfie && steps.face_refused();
            let missing: Vec<Step> = asked.difference(&redone).copied().filter(|step| !gone(step)).collect();
            if !missing.is_empty() {
                return Err(Refusal::StepsMissing(missing));
            }
            at.submit(steps, attempt, last.number.saturating_add(1), Row::SubmitAgain)
        }
        (S::Checking { steps, attempt, .. }, E::ChecksPassed { attempt: checked, face_matched }) => {
            yours()?;
            current(attempt, checked)?;
            if steps.needs_person() {
                return Err(Refusal::PersonMustLook);
            }
            if !face_matched {
                return Err(Refusal::NoLiveMatch);
            }
            let proof = Proof::new(&steps, DocumentProof::Photos, FaceProof::LiveMatch)?;
            Ok(at.approve(attempt, proof, Vec::new(), Row::ChecksPassed))
        }
        (S::Checking { steps, attempt, .. }, E::ChecksRetry { attempt: checked, asks }) => {
            yours()?;
            current(attempt, checked)?;
            let asked = review::asked(&asks)?;
            let codes: Vec<Code> = asks.iter().map(|ask| ask.code).collect();
            let effects = counted(Happening::FormWrong(&codes));
            Ok(at.send_back(steps, attempt, asked, effects, Row::ChecksRetry))
        }
        (S::Checking { steps, attempt, since, .. }, E::ChecksReview { attempt: checked, case, cause }) => {
            yours()?;
            current(attempt, checked)?;
            let (findings, proposed) = match cause {
                ReviewCause::Decided { findings, rejection_proposed } => {
                    let proposed = if rejection_proposed { findings.reasons.clone() } else { Vec::new() };
                    (findings, proposed)
                }
                ReviewCause::Timer => {
                    at.not_before(since + rules.checking_max)?;
                    (Findings::default(), Vec::new())
                }
            };
            let opens = if attempt.number > 1 { CaseType::Resubmission } else { CaseType::Initial };
            let work = Work { case, opens, findings, proposed };
            Ok(at.hand_over(steps, attempt, work, Vec::new(), Row::ChecksReview))
        }
        (S::Checking { steps, attempt, waited_since, .. }, E::SourcePending { attempt: checked }) => {
            yours()?;
            current(attempt, checked)?;
            let since = waited_since.unwrap_or(now);
            // Told once per attempt, and only if it still waits then.
            let told = Effect::NotifyAt(Notice::ApplicationDelayed, since + rules.source_told_after);
            let effects = if waited_since.is_none() { vec![told] } else { Vec::new() };
            let next = State::WaitingSource { steps, attempt, since };
            Ok(Transit { next, effects, row: Row::SourcePending })
        }
        (S::WaitingSource { steps, attempt, since }, E::SourceAnswered { attempt: checked }) => {
            yours()?;
            current(attempt, checked)?;
            let next = State::Checking { steps, attempt, since: now, waited_since: Some(since) };
            let effects = vec![Effect::RunChecks { attempt: attempt.id, run: Run::Dependent }];
            Ok(Transit { next, effects, row: Row::SourceAnswered })
        }
        (S::WaitingSource { steps, attempt, since }, E::SourceGaveUp { attempt: checked, case }) => {
            yours()?;
            current(attempt, checked)?;
            at.not_before(since + rules.source_give_up)?;
            let findings = Findings { reasons: vec![Code::SrcUnavailable], required_failed: false };
            let work = Work { case, opens: CaseType::Initial, findings, proposed: Vec::new() };
            Ok(at.hand_over(steps, attempt, work, Vec::new(), Row::SourceGaveUp))
        }
        (S::Draft { steps, .. }, E::AskHuman(ask)) => {
            yours()?;
            at.ask_human(steps, ask, 1)
        }
        (S::Resubmit { steps, attempt, .. }, E::AskHuman(ask)) => {
            yours()?;
            at.ask_human(steps, ask, attempt.number.saturating_add(1))
        }
        (
            S::ManualReview { steps, attempt, case, mut findings, .. },
            E::ReviewApprove { review, findings: by_now, document, face },
        ) => {
            yours()?;
            let first = review::holds_case(&review, by, case, barred, now)?;
            let proof = Proof::new(&steps, document, face)?;
            // Checks that ran only to inform may have found something since the case was opened.
            findings.reasons.extend(by_now.reasons);
            findings.required_failed |= by_now.required_failed;
            if review::approval_needs_second(&findings, proof, rules) {
                review::second_agrees(&review, first, barred)?;
            } else {
                review::second_does_not_differ(&review, first, barred)?;
            }
            let effects = vec![Effect::StopJobs(id), Effect::CloseCase(case)];
            Ok(at.approve(attempt, proof, effects, Row::ReviewApprove))
        }
        (S::ManualReview { steps, attempt, case, .. }, E::ReviewResubmit { review, asks }) => {
            yours()?;
            let first = review::holds_case(&review, by, case, barred, now)?;
            review::second_does_not_differ(&review, first, barred)?;
            let asked = review::asked(&asks)?;
            let effects = vec![Effect::StopJobs(id), Effect::CloseCase(case)];
            Ok(at.send_back(steps, attempt, asked, effects, Row::ReviewResubmit))
        }
        (S::ManualReview { steps, attempt, case, .. }, E::ReviewReject { review, reasons }) => {
            yours()?;
            let first = review::holds_case(&review, by, case, barred, now)?;
            review::may_be_final(&reasons)?;
            let second = review::second_agrees(&review, first, barred)?;
            let effects = vec![Effect::StopJobs(id), Effect::CloseCase(case)];
            Ok(at.reject(steps, attempt, reasons, vec![first, second], effects))
        }
        (S::Rejected { steps, attempt, reasons, .. }, E::Reopen { case, cause: _ }) => {
            yours()?;
            // Approving what two people rejected goes against their finding, whatever the checks said.
            let findings = Findings { reasons, required_failed: true };
            let work = Work { case, opens: CaseType::AppealRedo, findings, proposed: Vec::new() };
            let effects = vec![Effect::KeepPictures, Effect::Deadline(DeadlineChange::Pause)];
            Ok(at.hand_over(steps, attempt, work, effects, Row::Reopen))
        }
        (state, E::Withdraw(why)) if state.name().is_open() => {
            yours()?;
            let mut effects = vec![Effect::StopJobs(id)];
            if let State::ManualReview { case, .. } = state {
                effects.push(Effect::CancelCase(case));
            }
            effects.push(Effect::ShortenRetention);
            if state.name().waits_for_us() {
                effects.push(Effect::Deadline(DeadlineChange::Resume));
            }
            Ok(Transit { next: State::Withdrawn { at: now, why }, effects, row: Row::Withdraw })
        }
        (state @ (S::Draft { .. } | S::Resubmit { .. }), E::TimeOut { upload_in_flight }) => {
            yours()?;
            if let Some(end) = state.times_out_at(rules) {
                at.not_before(end)?;
            }
            if upload_in_flight {
                return Err(Refusal::UploadInFlight);
            }
            let mut effects = counted(Happening::EndedBadly);
            effects.extend([Effect::ShortenRetention, Effect::Notify(Notice::ApplicationExpired)]);
            Ok(Transit { next: State::Expired { at: now }, effects, row: Row::TimeOut })
        }
        _ => Err(Refusal::NotListed),
    }
}

fn current(attempt: Attempt, checked: AttemptId) -> Result<(), Refusal> {
    if attempt.id == checked { Ok(()) } else { Err(Refusal::OtherAttempt) }
}

fn counted(happening: Happening<'_>) -> Vec<Effect> {
    let counts = happening.counts().into_iter().map(Effect::Count);
    counts.chain(happening.ends_rows().into_iter().map(Effect::EndRow)).collect()
}

/// The circumstances that every transition shares.
struct At<'a> {
    id: ApplicationId,
    /// Who rejected it before.
    barred: &'a BTreeSet<StaffId>,
    rules: &'a Rules,
    now: Timestamp,
}

/// What `save_step` leaves.
struct Saved {
    steps: Steps,
    effects: Vec<Effect>,
    accepted: bool,
}

/// The work put before a person.
struct Work {
    case: CaseId,
    opens: CaseType,
    findings: Findings,
    proposed: Vec<Code>,
}

impl At<'_> {
    fn not_before(&self, at: Timestamp) -> Result<(), Refusal> {
        if self.now < at { Err(Refusal::TooEarly { at }) } else { Ok(()) }
    }

    /// Consents were given to the texts that are in force.
    fn texts_in_force(&self, steps: &Steps) -> Result<(), Refusal> {
        let outdated = steps.outdated(&self.rules.consents);
        if outdated.is_empty() { Ok(()) } else { Err(Refusal::ConsentOutdated(outdated)) }
    }

    /// A consent may be taken back at any time, and must be given again when its text has changed, whatever
    /// else was asked for.
    fn consents_open(&self, steps: &Steps, content: &Content) -> bool {
        let Content::Consents(answers) = content else { return false };
        let optional = &self.rules.consents.optional;
        let outdated = steps.outdated(&self.rules.consents);
        answers.iter().all(|(consent, answer)| match answer {
            Answer::Given => outdated.contains(consent),
            Answer::Refused => optional.contains(consent),
        })
    }

    /// Without some consents nothing can go on: to refuse one of those is to withdraw, and no answer to save.
    fn none_needed_refused(&self, content: &Content) -> Result<(), Refusal> {
        let Content::Consents(answers) = content else { return Ok(()) };
        let refused = |consent: &Consent| answers.get(consent) == Some(&Answer::Refused);
        let needed: BTreeSet<Consent> = self.rules.consents.required().filter(refused).collect();
        if needed.is_empty() { Ok(()) } else { Err(Refusal::ConsentNeeded(needed)) }
    }

    /// Every consent that is needed was given, to the text in force.
    fn consents_done(&self, steps: &Steps) -> Result<(), Refusal> {
        self.texts_in_force(steps)?;
        if steps.is_done(Step::Consent, &self.rules.consents) {
            return Ok(());
        }
        Err(Refusal::StepsMissing(vec![Step::Consent]))
    }

    /// Transition 2: the step is open, its counter free, its consents given.
    fn save(
        &self,
        mut steps: Steps,
        asked: Option<&BTreeSet<Step>>,
        content: Content,
        verdict: &Verdict,
        counters: &BTreeMap<Counter, Standing>,
    ) -> Result<Saved, Refusal> {
        self.none_needed_refused(&content)?;
        let step = content.step();
        let open = asked.map_or_else(|| Steps::offered(step), |asked| asked.contains(&step));
        if !open && !self.consents_open(&steps, &content) {
            return Err(Refusal::StepClosed(step));
        }
        let missing = steps.consents_missing(step, &self.rules.consents);
        if !missing.is_empty() && missing.is_subset(&steps.outdated(&self.rules.consents)) {
            return Err(Refusal::ConsentOutdated(missing));
        }
        if !missing.is_empty() {
            return Err(Refusal::ConsentMissing(missing));
        }
        for counter in Counter::of_step(step) {
            match counters.get(counter) {
                None => return Err(Refusal::CounterUnknown(*counter)),
                Some(Standing::Full { then, until }) if then.refuses() => {
                    return Err(Refusal::StepLocked { step, counter: *counter, then: *then, until: *until });
                }
                Some(_) => {}
            }
        }
        if *verdict == Verdict::AcceptedForPerson && !soft_is_full(&content, counters) {
            return Err(Refusal::NoSoftFailures);
        }
        let mut effects = counted(happening(&content, verdict));
        if refuses_face(&content) {
            effects.push(Effect::ShredFaceData);
        }
        steps.save(content, verdict, &self.rules.consents, self.now);
        Ok(Saved { steps, effects, accepted: !matches!(verdict, Verdict::Refused(_)) })
    }

    /// Transitions 3 and 4.
    fn submit(&self, steps: Steps, id: AttemptId, number: u32, row: Row) -> Outcome {
        if number > self.rules.attempts_max {
            return Err(Refusal::NoAttemptLeft);
        }
        let attempt = Attempt { id, number, submitted_at: self.now };
        let mut effects = counted(Happening::Submitted);
        effects.extend([
            Effect::RunChecks { attempt: id, run: Run::ToDecide },
            Effect::Deadline(DeadlineChange::Pause),
            Effect::Notify(Notice::ApplicationReceived),
        ]);
        let next = State::Checking { steps, attempt, since: self.now, waited_since: None };
        Ok(Transit { next, effects, row })
    }

    /// Transition 11: the form is filled in, and a person is offered.
    fn ask_human(&self, mut steps: Steps, ask: AskHuman, number: u32) -> Outcome {
        if !steps.has_form() {
            return Err(Refusal::FormMissing);
        }
        self.consents_done(&steps)?;
        match ask.reason {
            AskReason::TriesFailed => {
                // Each attempt that was sent back is a failed try as well.
                let failed = steps.tries_refused().saturating_add(number.saturating_sub(1));
                if failed < self.rules.person_offered_after {
                    return Err(Refusal::PersonNotOffered);
                }
            }
            AskReason::StepLocked(standing) if !standing.is_full() => return Err(Refusal::PersonNotOffered),
            AskReason::StepLocked(_) | AskReason::Accessibility => {}
            AskReason::FaceRefused => steps.refuse_face(),
        }
        let attempt = Attempt { id: ask.attempt, number, submitted_at: self.now };
        let work = Work {
            case: ask.case,
            opens: CaseType::Assisted,
            findings: Findings::default(),
            proposed: Vec::new(),
        };
        let mut effects = counted(Happening::Submitted);
        if ask.reason == AskReason::FaceRefused {
            effects.push(Effect::ShredFaceData);
        }
        effects.push(Effect::RunChecks { attempt: ask.attempt, run: Run::ToInform });
        effects.push(Effect::Deadline(DeadlineChange::Pause));
        Ok(self.hand_over(steps, attempt, work, effects, Row::AskHuman))
    }

    fn hand_over(
        &self,
        steps: Steps,
        attempt: Attempt,
        work: Work,
        mut effects: Vec<Effect>,
        row: Row,
    ) -> Transit {
        let Work { case, opens, findings, proposed } = work;
        let barred = self.barred.iter().copied().collect();
        effects.push(Effect::OpenCase { case, opens, proposed, barred });
        effects.push(Effect::Notify(Notice::ApplicationInReview));
        let next = State::ManualReview { steps, attempt, since: self.now, case, findings };
        Transit { next, effects, row }
    }

    /// Transitions 5 and 12.
    fn approve(&self, attempt: Attempt, proof: Proof, mut effects: Vec<Effect>, row: Row) -> Transit {
        effects.push(Effect::IssueVerification { application: self.id, attempt: attempt.id });
        effects.extend(Restriction::LIFTED_BY_APPROVAL.iter().copied().map(Effect::Lift));
        effects.extend([
            Effect::RecomputeLevel,
            Effect::ShortenRetention,
            Effect::Deadline(DeadlineChange::Meet),
            Effect::Notify(Notice::ApplicationApproved),
        ]);
        Transit { next: State::Approved { attempt, at: self.now, proof }, effects, row }
    }

    /// Transitions 6 and 13.
    fn send_back(
        &self,
        steps: Steps,
        attempt: Attempt,
        asked: BTreeSet<Step>,
        mut effects: Vec<Effect>,
        row: Row,
    ) -> Transit {
        effects.push(Effect::Deadline(DeadlineChange::Resume));
        effects.push(Effect::Notify(Notice::ApplicationResubmit));
        let since = self.now;
        Transit {
            next: State::Resubmit { steps, attempt, since, asked, redone: BTreeSet::new() },
            effects,
            row,
        }
    }

    /// Transition 14.
    fn reject(
        &self,
        steps: Steps,
        attempt: Attempt,
        reasons: Vec<Code>,
        reviewers: Vec<StaffId>,
        mut effects: Vec<Effect>,
    ) -> Transit {
        effects.extend(counted(Happening::EndedBadly));
        effects.push(Effect::ShortenRetention);
        effects.push(Effect::Deadline(DeadlineChange::Resume));
        effects.push(Effect::Notify(Notice::ApplicationRejected));
        let appeal_until = self.now + self.rules.appeal_window;
        let next = State::Rejected { steps, attempt, at: self.now, reasons, reviewers, appeal_until };
        Transit { next, effects, row: Row::ReviewReject }
    }
}

/// The use of the face is refused: what was sent of it goes.
fn refuses_face(content: &Content) -> bool {
    matches!(content, Content::Consents(answers) if answers.get(&Consent::Face) == Some(&Answer::Refused))
}

/// Only a photo of a side may be taken for a person, after soft failures in a row.
fn soft_is_full(content: &Content, counters: &BTreeMap<Counter, Standing>) -> bool {
    let soft = match content {
        Content::Side(Side::Portrait, _) => Counter::PortraitSideSoft,
        Content::Side(Side::Emblem, _) => Counter::EmblemSideSoft,
        _ => return false,
    };
    counters.get(&soft).is_some_and(|standing| standing.is_full())
}

/// What a saved step is to the counters. A slip that the form itself caught never counts.
fn happening<'a>(content: &Content, verdict: &'a Verdict) -> Happening<'a> {
    match (content, verdict) {
        (Content::Side(side, _), Verdict::Refused(codes)) => Happening::SideRefused(*side, codes),
        (Content::Side(side, _), _) => Happening::SideAccepted(*side),
        (Content::Selfie { .. }, Verdict::Refused(codes)) => Happening::SelfieFailed(codes),
        (Content::Selfie { .. }, _) => Happening::SelfiePassed,
        (Content::Form, Verdict::Refused(_)) => Happening::TypingCaught,
        _ => Happening::NobodysFault,
    }
}
