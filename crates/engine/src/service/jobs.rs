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
        match job {
            Job::Effect { event, number, subject, effect } => {
                crate::effects::run(self, *event, *number, *subject, effect).await
            }
            Job::Checks { application, attempt, run } => {
                crate::application::checks::run(self, *application, *attempt, *run).await
            }
            Job::ApplicationClock { application } => crate::application::clock(self, *application).await,
            Job::AskSource { application, attempt, round } => {
                crate::source::ask(self, *application, *attempt, *round).await
            }
            Job::AskChannel { request, round } => crate::source::ask_channel(self, *request, *round).await,
            Job::AccountClock { account } => crate::account::clock(self, *account).await,
            Job::VerificationClock { verification } => crate::person::clock(self, *verification).await,
            Job::CaseClock { case } => crate::review::clock(self, *case).await,
            Job::PublishCase { case, version } => crate::review::publish(self, *case, *version).await,
            Job::TicketClock { ticket } => crate::ticket::clock(self, *ticket).await,
            Job::HoldExpiry { limit_use } => crate::wallet::expire(self, *limit_use).await,
            Job::SendNotice { notice } => crate::notice::send(self, *notice).await,
            Job::SendCode { request } => crate::account::send_code(self, request).await,
            Job::Sweep => crate::sweep::run(self).await,
            Job::Recount(so_far) => crate::wallet::recount(self, so_far).await,
        }
    }
}
