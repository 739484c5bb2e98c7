//! The jobs of the service: what follows from a change, run by workers.
//!
//! A job holds ids, never data: its handler reads the state anew and does nothing when the world has moved on.

use super::{Error, Service};
use crate::wallet::Progress;
use serde::{Deserialize, Serialize};
use shiming_domain::effect::{Effect, Run};
use shiming_domain::id::{
    AccountId, ApplicationId, AttemptId, CaseId, ChannelRequestId, EventId, NoticeId, TicketId,
    VerificationId,
};
use shiming_domain::moment::Timestamp;
use shiming_store::Tx;
use shiming_store::queue::{self, NewJob};
use std::pin::Pin;

/// Attempts before a job is dead and somebody must look.
const ATTEMPTS_MAX: u32 = 12;

/// Whose matter an effect is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The account.
    pub account: AccountId,
    /// The application, if it comes from one.
    pub application: Option<ApplicationId>,
}

/// A job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "job")]
pub enum Job {
    /// Something that follows from a transition.
    Effect {
        /// Of this event, so that what it makes gets the same ids however often it runs.
        event: EventId,
        /// The n-th effect of it.
        number: u32,
        /// Whose.
        subject: Subject,
        /// What.
        effect: Effect,
    },
    /// Run the checks of an attempt.
    Checks {
        /// Of which application.
        application: ApplicationId,
        /// Which attempt.
        attempt: AttemptId,
        /// What for.
        run: Run,
    },
    /// Something of an application may be due.
    ApplicationClock {
        /// Which.
        application: ApplicationId,
    },
    /// A source is asked for an attempt.
    AskSource {
        /// Of which application.
        application: ApplicationId,
        /// Which attempt.
        attempt: AttemptId,
        /// The n-th time.
        round: u32,
    },
    /// A source is asked for a channel that a person wants.
    AskChannel {
        /// Which request.
        request: ChannelRequestId,
        /// The n-th time.
        round: u32,
    },
    /// Something of an account may be due: verification date, dormancy, closing.
    AccountClock {
        /// Which.
        account: AccountId,
    },
    /// Something of a verification may be due.
    VerificationClock {
        /// Which.
        verification: VerificationId,
    },
    /// Something of a case may be due: target, promise, end of a lease.
    CaseClock {
        /// Which.
        case: CaseId,
    },
    /// A decided case takes effect, unless it was taken back in time.
    PublishCase {
        /// Which.
        case: CaseId,
        /// As decided in this version of it.
        version: u64,
    },
    /// Something of a ticket may be due.
    TicketClock {
        /// Which.
        ticket: TicketId,
    },
    /// A hold of a limit may be over.
    HoldExpiry {
        /// Which use.
        limit_use: shiming_domain::id::LimitUseId,
    },
    /// Send a notice by mail or SMS.
    SendNotice {
        /// Which.
        notice: NoticeId,
    },
    /// Send a sign-in or confirmation code.
    SendCode {
        /// The id of the code's request.
        request: String,
    },
    /// Forget what is over: rates, answers, done jobs, sessions, unconfirmed accounts, orphaned files.
    Sweep,
    /// Compare the counters of limits with their uses, from where the last job stopped.
    Recount(Progress),
}

impl Job {
    /// The stable name, as in metrics and logs.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Effect { .. } => "effect",
            Self::Checks { .. } => "checks",
            Self::ApplicationClock { .. } => "application_clock",
            Self::AskSource { .. } => "ask_source",
            Self::AskChannel { .. } => "ask_channel",
            Self::AccountClock { .. } => "account_clock",
            Self::VerificationClock { .. } => "verification_clock",
            Self::CaseClock { .. } => "case_clock",
            Self::PublishCase { .. } => "publish_case",
            Self::TicketClock { .. } => "ticket_clock",
            Self::HoldExpiry { .. } => "hold_expiry",
            Self::SendNotice { .. } => "send_notice",
            Self::SendCode { .. } => "send_code",
            Self::Sweep => "sweep",
            Self::Recount(_) => "recount",
        }
    }

    /// `checks` for what needs the networks, `work` for the rest.
    pub const fn queue(&self) -> &'static str {
        if matches!(self, Self::Checks { .. }) { "checks" } else { "work" }
    }

    /// While a job with the same text waits or runs, no other is written.
    fn dedupe(&self) -> Option<String> {
        Some(match self {
            Self::Effect { event, number, .. } => format!("effect:{event}:{number}"),
            Self::Checks { application, attempt, run } => format!("checks:{application}:{attempt}:{run:?}"),
            Self::AskSource { application, attempt, round } => {
                format!("source:{application}:{attempt}:{round}")
            }
            Self::AskChannel { request, round } => format!("channel:{request}:{round}"),
            Self::SendNotice { notice } => format!("notice:{notice}"),
            Self::SendCode { request } => format!("code:{request}"),
            Self::PublishCase { case, version } => format!("publish:{case}:{version}"),
            Self::Sweep => "sweep".to_owned(),
            Self::Recount(Progress { after, .. }) => format!("recount:{after}"),
            // Clocks look at everything that is due; one too many does no harm, one too few would.
            Self::ApplicationClock { .. }
            | Self::AccountClock { .. }
            | Self::VerificationClock { .. }
            | Self::CaseClock { .. }
            | Self::TicketClock { .. }
            | Self::HoldExpiry { .. } => return None,
        })
    }
}

impl Service {
    /// Writes a job into a transaction.
    pub(crate) async fn push(&self, tx: &mut Tx, job: &Job, run_at: Timestamp) -> Result<(), Error> {
        let payload = serde_json::to_string(job).map_err(|_| Error::Internal("job_payload"))?;
        let new = NewJob {
            id: self.id(EventId::at),
            queue: job.queue(),
            kind: job.kind().to_owned(),
            payload,
            run_at,
            dedupe: job.dedupe(),
            attempts_max: ATTEMPTS_MAX,
        };
        queue::push(tx, &new, self.now()).await?;
        Ok(())
    }

    /// Writes the effects of an event as jobs, in its transaction.
    pub(crate) async fn push_effects(
        &self,
        tx: &mut Tx,
        event: EventId,
        subject: Subject,
        effects: &[Effect],
    ) -> Result<(), Error> {
        for (number, effect) in effects.iter().enumerate() {
            if *effect == Effect::ShredFaceData {
                // At once and once, with what asked for it: what is sent after it has nothing to do with it. Only
                // the files are left to the job.
                crate::application::destroy_faces(self, tx, subject.account).await?;
            }
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            let job = Job::Effect { event, number, subject, effect: effect.clone() };
            let run_at = if let Effect::NotifyAt(_, at) = effect { *at } else { self.now() };
            self.push(tx, &job, run_at).await?;
        }
        Ok(())
    }

    /// Runs one job. Every arm may run twice with the same outcome.
    pub(super) async fn run(&self, job: &Job) -> Result<(), Error> {
        // On the heap: the largest of them would otherwise be reserved for each.
        let work: Pin<Box<dyn Future<Output = Result<(), Error>> + Send + '_>> = match job {
            Job::Effect { event, number, subject, effect } => {
                Box::pin(crate::effects::run(self, *event, *number, *subject, effect))
            }
            Job::Checks { application, attempt, run } => {
                Box::pin(crate::application::checks::run(self, *application, *attempt, *run))
            }
            Job::ApplicationClock { application } => Box::pin(crate::application::clock(self, *application)),
            Job::AskSource { application, attempt, round } => {
                Box::pin(crate::source::ask(self, *application, *attempt, *round))
            }
            Job::AskChannel { request, round } => {
                Box::pin(crate::source::ask_channel(self, *request, *round))
            }
            Job::AccountClock { account } => Box::pin(crate::account::clock(self, *account)),
            Job::VerificationClock { verification } => Box::pin(crate::person::clock(self, *verification)),
            Job::CaseClock { case } => Box::pin(crate::review::clock(self, *case)),
            Job::PublishCase { case, version } => Box::pin(crate::review::publish(self, *case, *version)),
            Job::TicketClock { ticket } => Box::pin(crate::ticket::clock(self, *ticket)),
            Job::HoldExpiry { limit_use } => Box::pin(crate::wallet::expire(self, *limit_use)),
            Job::SendNotice { notice } => Box::pin(crate::notice::send(self, *notice)),
            Job::SendCode { request } => Box::pin(crate::account::send_code(self, request)),
            Job::Sweep => Box::pin(crate::sweep::run(self)),
            Job::Recount(so_far) => Box::pin(crate::wallet::recount(self, so_far)),
        };
        work.await
    }
}
