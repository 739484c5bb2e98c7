//! A source that plays one, by magic numbers, and an outside that is not there.

use super::{Finding, Letter, Mail, OutsideError, ShortMessage, Sms, Source, SourceAnswer, SourceQuestion};
use crate::service::Clock;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use shiming_domain::moment::{Span, Timestamp};
use shiming_domain::policy::ChannelKind;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How long a number that plays a slow source lets one wait.
const SLOW: Span = Span::seconds(60);
/// Slow questions remembered; beyond that the oldest are asked as if new.
const REMEMBERED_MAX: usize = 10_000;

/// Answers by the first six digits of the number: `990401` no record, `990402` silent for a minute and then
/// confirmed, `990403` a mismatch, every other number confirmed. No real number begins with 99.
pub struct SandboxSource {
    name: &'static str,
    kind: ChannelKind,
    organisation: String,
    clock: Arc<dyn Clock>,
    first_asked: Mutex<BTreeMap<String, Timestamp>>,
}

impl SandboxSource {
    /// The population database of the sandbox.
    pub fn population(clock: Arc<dyn Clock>) -> Self {
        Self::new("sandbox", ChannelKind::PopulationDb, "sandbox", clock)
    }

    /// Another source of the sandbox.
    pub fn new(
        name: &'static str,
        kind: ChannelKind,
        organisation: impl Into<String>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { name, kind, organisation: organisation.into(), clock, first_asked: Mutex::default() }
    }

    /// Since when a question waits.
    fn waits_since(&self, reference: &str) -> Timestamp {
        let now = self.clock.now();
        let mut asked = self.first_asked.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.len() >= REMEMBERED_MAX {
            asked.pop_first();
        }
        *asked.entry(reference.to_owned()).or_insert(now)
    }

    fn answer(&self, question: &SourceQuestion) -> Result<SourceAnswer, OutsideError> {
        let finding = match question.number.reveal().get(..6) {
            Some("990401") => Finding::NoRecord,
            Some("990402") if self.clock.now() < self.waits_since(&question.reference) + SLOW => {
                return Err(OutsideError::Unavailable);
            }
            Some("990403") => Finding::Mismatch,
            _ => Finding::Confirmed,
        };
        Ok(SourceAnswer { finding, reference: format!("sandbox-{}", finding.as_str()) })
    }
}

impl Source for SandboxSource {
    fn name(&self) -> &str {
        self.name
    }

    fn kind(&self) -> ChannelKind {
        self.kind
    }

    fn organisation(&self) -> &str {
        &self.organisation
    }

    fn simulated(&self) -> bool {
        true
    }

    fn ask(&self, question: SourceQuestion) -> BoxFuture<'_, Result<SourceAnswer, OutsideError>> {
        async move { self.answer(&question) }.boxed()
    }
}

/// Mail or SMS that nobody set up. In a sandbox the outbox has what would have been sent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nowhere;

impl Mail for Nowhere {
    fn send(&self, _: Letter) -> BoxFuture<'_, Result<(), OutsideError>> {
        async { Err(OutsideError::NotSetUp) }.boxed()
    }
}

impl Sms for Nowhere {
    fn send(&self, _: ShortMessage) -> BoxFuture<'_, Result<(), OutsideError>> {
        async { Err(OutsideError::NotSetUp) }.boxed()
    }
}
