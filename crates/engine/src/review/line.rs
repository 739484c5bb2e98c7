//! A case as a list shows it: no personal data, and to whoever works on it a second look is ordinary work.

use super::act::out_of_range;
use crate::service::{Error, Service};
use shiming_domain::case::{CaseType, HoldReason, Lease, Priority, Queue, Role, Staff, State};
use shiming_domain::id::{AccountId, ApplicationId, CaseId};
use shiming_domain::moment::Timestamp;
use shiming_domain::sla::Light;
use shiming_store::case::StoredCase;

/// Where a case stands, without who holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateName {
    /// Waits to be taken.
    Open,
    /// Somebody has it.
    Claimed,
    /// Put aside.
    OnHold(HoldReason),
    /// One has decided, another must look.
    SecondReview,
    /// Done.
    Closed,
}

impl StateName {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Claimed => "claimed",
            Self::OnHold(_) => "on_hold",
            Self::SecondReview => "second_review",
            Self::Closed => "closed",
        }
    }
}

/// A case as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its id.
    pub id: CaseId,
    /// What it is about.
    pub kind: CaseType,
    /// Its version: a decision names it.
    pub version: u64,
    /// Where it stands.
    pub state: StateName,
    /// Whose work it is.
    pub queue: Queue,
    /// Whose matter.
    pub account: AccountId,
    /// About which application.
    pub application: Option<ApplicationId>,
    /// The account is frozen.
    pub frozen: bool,
    /// The person's priority.
    pub priority: Priority,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When the promise is due; without one, the target.
    pub due_at: Timestamp,
    /// When we aim to be done.
    pub target_at: Timestamp,
    /// Colour of the chip.
    pub light: Light,
    /// Used share of the promised time, in percent.
    pub used_percent: u32,
    /// The clock waits for the applicant.
    pub paused: bool,
    /// Until when the last decision may be taken back.
    pub undo_until: Option<Timestamp>,
    /// The lease, if it is the asker's.
    pub lease: Option<Lease>,
}

impl Line {
    pub(super) fn of(service: &Service, case: &StoredCase, staff: Staff) -> Result<Self, Error> {
        let now = service.now();
        let clock = case.facts.promise.unwrap_or(case.facts.target);
        let reading = clock.read(service.work_calendar(), now.unix_us()).map_err(out_of_range)?;
        let undo_until = match case.case.state {
            State::Closed { undo_until_us, .. } if undo_until_us > now.unix_us() => {
                Some(super::act::moment(undo_until_us)?)
            }
            _ => None,
        };
        let live = case.case.live_lease(now.unix_us());
        Ok(Self {
            id: case.id,
            kind: shown_kind(case, staff),
            version: case.case.version,
            state: match &case.case.state {
                State::Open => StateName::Open,
                State::Claimed { .. } if live.is_none() => StateName::Open,
                State::Claimed { .. } => StateName::Claimed,
                State::OnHold { reason, .. } => StateName::OnHold(*reason),
                State::SecondReview { .. } => StateName::SecondReview,
                State::Closed { .. } => StateName::Closed,
            },
            queue: case.case.queue,
            account: case.account,
            application: case.application,
            frozen: case.frozen,
            priority: case.priority,
            opened_at: case.opened_at,
            due_at: case.due_at,
            target_at: case.target_at,
            light: reading.light,
            used_percent: reading.used_percent,
            paused: reading.paused,
            undo_until,
            lease: live.filter(|lease| lease.holder == staff.id).copied(),
        })
    }
}

/// Whoever is asked for a second look sees ordinary work; supervisors, who read the statistics, see what it is.
pub(super) fn shown_kind(case: &StoredCase, staff: Staff) -> CaseType {
    match case.facts.reviewed {
        Some(reviewed) if staff.role != Role::Supervisor => reviewed.shown_as,
        _ => case.case.kind,
    }
}
