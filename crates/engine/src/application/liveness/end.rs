//! The end of a run: outcome, record, counters and audit row in one transaction.

use super::run::{Run, applicant};
use crate::application::counting::Counters;
use crate::application::moves::{Happens, apply, event, load, number, rules};
use crate::service::{Error, Pending};
use serde_json::json;
use shiming_domain::application::EventKind;
use shiming_domain::counters::Standing;
use shiming_domain::id::FileId;
use shiming_domain::liveness::Outcome;
use shiming_domain::moment::Span;
use shiming_domain::reason::{Code, Step};
use shiming_domain::steps::{Content, Verdict};
use shiming_store::Tx;
use shiming_store::audit::Audit;
use shiming_store::liveness::{self as stored, End};

/// What the applicant hears. A suspicion sounds like a pass: it is told to nobody but the person who looks, or
/// people would practise against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Send the promised still.
    Pass,
    /// Not done, or not in order or time; again with a new challenge.
    Retry {
        /// So often.
        tries_left: u32,
    },
    /// Not done, and no tries are left for now: a person is the way on.
    Review,
}

/// What became of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It counts.
    Told(Told),
    /// A newer challenge took its place, so it does not.
    Replaced,
}

impl Run {
    /// Writes how it ended.
    pub async fn end(self, outcome: Outcome) -> Result<Ending, Error> {
        let record = self.keep().await?;
        let ended = again!(self.try_end(outcome, record));
        // After an error nobody knows whether a row names it; a sweep removes what none does.
        if matches!(ended, Ok(Ending::Replaced)) {
            self.service.blobs().remove(record).await?;
        }
        ended
    }

    async fn try_end(&self, outcome: Outcome, record: FileId) -> Result<Ending, Error> {
        let (service, now) = (&self.service, self.service.now());
        let mut tx = service.store().change().await?;
        if !stored::is_running(&mut tx, self.begun.id).await? {
            return Ok(Ending::Replaced);
        }
        let kept_for = Span::days(service.policy().retention.liveness_frames_days);
        let end = End {
            outcome,
            still: self.still.as_ref().filter(|_| outcome != Outcome::Incomplete),
            record: Some((record, now + kept_for)),
        };
        stored::end(&mut tx, self.begun.id, &end, now).await?;
        let audit = Audit::new(&applicant(&self.begun).actor(), "liveness.end", "liveness", self.begun.id)
            .with("application", self.begun.application.to_string())
            .with("outcome", json!(outcome))
            .with("steps", self.begun.steps.len())
            .with("frames_kept", self.kept.len())
            .with("more_time", self.more_time);
        tx.audit(&audit, now).await?;
        let told = match outcome {
            Outcome::Incomplete => self.count(&mut tx).await?,
            Outcome::Pass | Outcome::FaceChanged | Outcome::Injected => Told::Pass,
        };
        Pending::new(service, tx, Ending::Told(told)).commit().await
    }

    /// A finished challenge that failed is a try at the selfie that was refused.
    async fn count(&self, tx: &mut Tx) -> Result<Told, Error> {
        let service = &self.service;
        let caller = applicant(&self.begun);
        let found = load(tx, self.begun.application).await?;
        let number = number(tx, found.application.id).await?;
        let before = Counters { service, application: &found.application, number };
        let kind = EventKind::SaveStep {
            content: Content::Selfie { file: FileId::from_bits(0), live: true },
            verdict: Verdict::Refused(vec![Code::LiveIncomplete]),
            counters: before.of_step(tx, Step::Selfie).await?,
        };
        let event = event(service, &caller, kind)?;
        // Whoever submitted or withdrew meanwhile has no try to lose.
        let counts = found.application.clone().apply(event.clone(), &rules(service), service.now()).is_ok();
        let application = if counts {
            let facts = vec![
                ("step", json!(Step::Selfie)),
                ("accepted", json!(false)),
                ("codes", json!([Code::LiveIncomplete])),
                ("liveness", json!(self.begun.id)),
            ];
            apply(service, tx, found, Happens { by: &caller.actor(), event, facts }).await?.application
        } else {
            found.application
        };
        let after = Counters { service, application: &application, number };
        let left = after.of_step(tx, Step::Selfie).await?.into_values().map(|standing| match standing {
            Standing::Free { left } => left,
            Standing::Full { .. } => 0,
        });
        Ok(match left.min() {
            Some(tries_left) if tries_left > 0 => Told::Retry { tries_left },
            _ => Told::Review,
        })
    }
}
