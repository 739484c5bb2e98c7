//! What the holder of a case compares: fields on every side, masked, and scores on their scales.

use crate::application;
use crate::service::{Error, Service};
use shiming_domain::check::{Check, Measured, Reading, Status, Subject};
use shiming_domain::id::{ApplicationId, AttemptId};
use shiming_domain::judge::{Agreement, Declared, FieldName, Sides, compared};
use shiming_domain::known::SourceFinding;
use shiming_domain::replay::Record;
use shiming_store::{Tx, application as applications};

/// One field of the document, masked. In clear it is shown by `reveal` only.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldLine {
    /// Which.
    pub field: FieldName,
    /// As typed.
    pub declared: Option<String>,
    /// As read.
    pub read: Option<String>,
    /// What a source said about it.
    pub source: Option<SourceFinding>,
    /// Whether they agree.
    pub verdict: Agreement,
    /// How sure the reading is, 0–1.
    pub confidence: Option<f32>,
}

/// One value of a check, with all that is needed to draw it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoreLine {
    /// Which check.
    pub check: Check,
    /// On what it ran.
    pub subject: Subject,
    /// What was measured.
    pub measure: Measured,
    /// The value.
    pub value: f32,
    /// The bound that explains the verdict.
    pub threshold: Option<f32>,
    /// Less is worse.
    pub low_is_bad: bool,
    /// The scale it lies on.
    pub range: (f32, f32),
    /// The verdict on this value.
    pub verdict: Status,
}

/// The record of an attempt; without one, as long as the checks have not run or once its key is gone, what
/// was typed.
pub(super) struct Found {
    declared: Option<Declared>,
    record: Option<Record>,
}

impl Found {
    pub(super) async fn of(
        service: &Service,
        tx: &mut Tx,
        id: ApplicationId,
        attempt: AttemptId,
    ) -> Result<Self, Error> {
        let record = application::review::record_of(service, tx, id, attempt).await?;
        let declared = match &record {
            Some(record) => Some(record.declared.clone()),
            None => typed(service, tx, id).await?,
        };
        Ok(Self { declared, record })
    }

    pub(super) fn record(&self) -> Option<&Record> {
        self.record.as_ref()
    }

    /// The document's fields; none if nothing is known of any.
    pub(super) fn fields(&self, service: &Service) -> Vec<FieldLine> {
        let Self { declared, record } = self;
        if declared.is_none() && record.is_none() {
            return Vec::new();
        }
        let confidence =
            record.as_ref().and_then(|record| record.decision.thresholds.reading.confidence.fail);
        let sides = Sides {
            declared: declared.as_ref(),
            evidence: record.as_ref().map(|record| &record.evidence),
            source: record.as_ref().and_then(|record| record.context.history.known.as_ref()?.source),
            today: record
                .as_ref()
                .map_or_else(|| service.calendar().day(service.now()).date(), |record| record.context.today),
            trusted_from: confidence.unwrap_or(0.0),
        };
        let masked = |row: shiming_domain::judge::Compared| FieldLine {
            field: row.field,
            declared: row.declared.as_ref().map(|value| row.field.mask(value)),
            read: row.read.as_ref().map(|value| row.field.mask(value)),
            source: row.source,
            verdict: row.verdict,
            confidence: row.confidence,
        };
        compared(&sides).into_iter().map(masked).collect()
    }

    /// Every value a check was decided by.
    pub(super) fn scores(&self) -> Vec<ScoreLine> {
        let checks = self.record.iter().flat_map(|record| &record.decision.checks);
        checks
            .flat_map(|check| {
                check.readings.iter().map(|reading: &Reading| ScoreLine {
                    check: check.name,
                    subject: check.subject,
                    measure: reading.measure,
                    value: reading.value,
                    threshold: reading.threshold(),
                    low_is_bad: reading.low_is_bad(),
                    range: reading.range(),
                    verdict: reading.status,
                })
            })
            .collect()
    }
}

/// What was typed, unless its key was destroyed.
async fn typed(service: &Service, tx: &mut Tx, id: ApplicationId) -> Result<Option<Declared>, Error> {
    let Some(found) = applications::load(tx, id).await? else { return Ok(None) };
    match application::declared(service, tx, &found.application).await {
        Ok(form) => Ok(form.map(|(declared, _)| declared)),
        Err(Error::Keys(error)) if error.is_destroyed() => Ok(None),
        Err(error) => Err(error),
    }
}
