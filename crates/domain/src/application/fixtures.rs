//! Applications in every state, each reached by events, and one good event of every kind.

use super::*;
use crate::counters::{Counter, Standing};
use crate::id::{AttemptId, CaseId, EventId, FileId, StaffId};
use crate::moment::Span;
use crate::policy::{Consent, Policy};
use crate::reason::{Code, Step};
use crate::steps::{Answer, Content, Side, Verdict};
use std::sync::LazyLock;

pub(super) const FIRST: StaffId = StaffId::from_bits(1);
pub(super) const SECOND: StaffId = StaffId::from_bits(2);
pub(super) const THIRD: StaffId = StaffId::from_bits(3);
pub(super) const FOURTH: StaffId = StaffId::from_bits(4);
pub(super) const FILE: FileId = FileId::from_bits(9);

static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::from(Policy::preset("cn_pboc").unwrap().rules()));

pub(super) fn rules() -> Rules {
    RULES.clone()
}

pub(super) fn start() -> Timestamp {
    Timestamp::from_unix_s(1_764_057_600).unwrap() // 2025-11-25T08:00:00Z
}

/// Late enough for every timer.
pub(super) fn late() -> Timestamp {
    start() + Span::days(100)
}

pub(super) fn new() -> New {
    New {
        id: ApplicationId::from_bits(1),
        account: AccountId::from_bits(2),
        purpose: Purpose::First,
        requested_level: 1,
        channel_required: false,
        open_applications: 0,
        ended: Standing::Free { left: 3 },
        region_supported: true,
        needs_guardian: false,
    }
}

/// Gives every event an id of its own.
pub(super) struct World {
    pub(super) app: Application,
    pub(super) effects: Vec<Effect>,
    events: u128,
}

impl World {
    pub(super) fn new() -> Self {
        let event = Event { id: EventId::from_bits(1), by: Actor::Applicant, kind: EventKind::Create(new()) };
        let moved = Application::create(event, &rules(), start()).unwrap();
        Self { app: moved.next, effects: moved.effects, events: 1 }
    }

    pub(super) fn event(&mut self, by: Actor, kind: EventKind) -> Event {
        self.events += 1;
        Event { id: EventId::from_bits(self.events), by, kind }
    }

    pub(super) fn try_at(&mut self, now: Timestamp, by: Actor, kind: EventKind) -> Result<Row, Refusal> {
        let event = self.event(by, kind);
        let moved = self.app.clone().apply(event, &rules(), now).map_err(|illegal| illegal.why)?;
        self.app = moved.next;
        self.effects = moved.effects;
        Ok(moved.row.unwrap())
    }

    /// Does something that must be possible.
    pub(super) fn then(mut self, by: Actor, kind: EventKind) -> Self {
        self.try_at(start(), by, kind).unwrap();
        self
    }

    pub(super) fn save(self, content: Content) -> Self {
        self.then(Actor::Applicant, saved(content))
    }

    pub(super) fn attempt(&self) -> AttemptId {
        self.app.state().attempt().unwrap().id
    }

    /// Everything filled in.
    pub(super) fn filled() -> Self {
        Self::new()
            .save(consents(Answer::Given))
            .save(Content::Form)
            .save(Content::Side(Side::Portrait, FILE))
            .save(Content::Side(Side::Emblem, FILE))
            .save(Content::Selfie { file: FILE, live: true })
    }

    pub(super) fn checking() -> Self {
        Self::filled().then(Actor::Applicant, EventKind::Submit { attempt: AttemptId::from_bits(11) })
    }

    pub(super) fn waiting() -> Self {
        let world = Self::checking();
        let attempt = world.attempt();
        world.then(Actor::System, EventKind::SourcePending { attempt })
    }

    pub(super) fn in_review() -> Self {
        Self::in_review_for(Findings { reasons: vec![Code::FaceBorderline], required_failed: false })
    }

    pub(super) fn in_review_for(findings: Findings) -> Self {
        let world = Self::checking();
        let attempt = world.attempt();
        world.then(Actor::System, review_wanted(attempt, findings))
    }

    pub(super) fn resubmit() -> Self {
        let world = Self::checking();
        let attempt = world.attempt();
        let asks = vec![Ask { code: Code::ImgBlur, step: Step::PortraitSide }];
        world.then(Actor::System, EventKind::ChecksRetry { attempt, asks })
    }

    pub(super) fn approved() -> Self {
        let world = Self::checking();
        let attempt = world.attempt();
        world.then(Actor::System, EventKind::ChecksPassed { attempt, face_matched: true })
    }

    pub(super) fn rejected() -> Self {
        let world = Self::in_review();
        let review = agreed(&world);
        let kind = EventKind::ReviewReject { review, reasons: vec![Code::FaceMismatch] };
        world.then(Actor::Reviewer(FIRST), kind)
    }

    pub(super) fn expired() -> Self {
        let mut world = Self::new();
        world.try_at(late(), Actor::Clock, EventKind::TimeOut { upload_in_flight: false }).unwrap();
        world
    }

    pub(super) fn withdrawn() -> Self {
        Self::new().then(Actor::Applicant, EventKind::Withdraw(WithdrawReason::Wish))
    }

    /// One application in every state.
    pub(super) fn all() -> Vec<Self> {
        vec![
            Self::filled(),
            Self::checking(),
            Self::waiting(),
            Self::in_review(),
            Self::resubmit(),
            Self::approved(),
            Self::rejected(),
            Self::expired(),
            Self::withdrawn(),
        ]
    }
}

pub(super) fn consents(face: Answer) -> Content {
    let given = [Consent::General, Consent::IdImages, Consent::SourceQuery].map(|c| (c, Answer::Given));
    Content::Consents(given.into_iter().chain([(Consent::Face, face)]).collect())
}

pub(super) fn saved(content: Content) -> EventKind {
    save_as(content, Verdict::Accepted, &[])
}

/// A save with room on every counter but those that are said to stand otherwise.
pub(super) fn save_as(content: Content, verdict: Verdict, standings: &[(Counter, Standing)]) -> EventKind {
    let free = Counter::of_step(content.step()).iter().map(|counter| (*counter, Standing::Free { left: 2 }));
    let counters = free.chain(standings.iter().copied()).collect();
    EventKind::SaveStep { content, verdict, counters }
}

pub(super) fn review_wanted(attempt: AttemptId, findings: Findings) -> EventKind {
    let cause = ReviewCause::Decided { findings, rejection_proposed: false };
    EventKind::ChecksReview { attempt, case: CaseId::from_bits(21), cause }
}

/// One reviewer's circumstances, all in order.
pub(super) fn alone(world: &World) -> Review {
    let case = match world.app.state() {
        State::ManualReview { case, .. } => *case,
        _ => CaseId::from_bits(21),
    };
    Review {
        case,
        leased_to: FIRST,
        leased_until: late() + Span::minutes(15),
        version_seen: 3,
        version: 3,
        second: None,
    }
}

/// Two reviewers who decided the same.
pub(super) fn agreed(world: &World) -> Review {
    Review { second: Some(Second { by: SECOND, agrees: true }), ..alone(world) }
}

pub(super) fn approve(review: Review) -> EventKind {
    approve_on(review, Findings::default(), DocumentProof::Photos, FaceProof::LiveMatch)
}

pub(super) const fn approve_on(
    review: Review,
    findings: Findings,
    document: DocumentProof,
    face: FaceProof,
) -> EventKind {
    EventKind::ReviewApprove { review, findings, document, face }
}

/// The code of a refusal, or that it was done.
pub(super) fn code(result: Result<Row, Refusal>) -> &'static str {
    result.map_or_else(|refusal| refusal.code(), |_| "done")
}

/// One event of every kind, with facts that hold in the state of `world` if any do.
pub(super) fn good(world: &World) -> Vec<(Actor, EventKind)> {
    let attempt = world.app.state().attempt().map_or(AttemptId::from_bits(99), |attempt| attempt.id);
    let (review, both) = (alone(world), agreed(world));
    let case = CaseId::from_bits(22);
    let asks = vec![Ask { code: Code::ImgGlare, step: Step::EmblemSide }];
    let findings = Findings { reasons: vec![Code::DocTampered], required_failed: true };
    let decided = ReviewCause::Decided { findings, rejection_proposed: true };
    let ask = AskHuman { attempt: AttemptId::from_bits(12), case, reason: AskReason::Accessibility };
    let reasons = vec![Code::FaceMismatch];
    vec![
        (Actor::Applicant, EventKind::Create(new())),
        (Actor::Applicant, saved(Content::Side(Side::Portrait, FILE))),
        (Actor::Applicant, EventKind::Submit { attempt: AttemptId::from_bits(12) }),
        (Actor::System, EventKind::ChecksPassed { attempt, face_matched: true }),
        (Actor::System, EventKind::ChecksRetry { attempt, asks: asks.clone() }),
        (Actor::System, EventKind::ChecksReview { attempt, case, cause: decided }),
        (Actor::System, EventKind::SourcePending { attempt }),
        (Actor::System, EventKind::SourceAnswered { attempt }),
        (Actor::System, EventKind::SourceGaveUp { attempt, case }),
        (Actor::Applicant, EventKind::AskHuman(ask)),
        (Actor::Reviewer(FIRST), approve(review)),
        (Actor::Reviewer(FIRST), EventKind::ReviewResubmit { review, asks }),
        (Actor::Reviewer(FIRST), EventKind::ReviewReject { review: both, reasons }),
        (Actor::Supervisor(THIRD), EventKind::Reopen { case, cause: ReopenCause::AppealUpheld }),
        (Actor::Applicant, EventKind::Withdraw(WithdrawReason::Wish)),
        (Actor::Clock, EventKind::TimeOut { upload_in_flight: false }),
    ]
}
