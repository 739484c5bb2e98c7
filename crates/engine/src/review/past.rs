//! What happened before a case: the attempts of its application, and the same document or picture elsewhere.

use crate::application::{Alike, Twin, twins};
use crate::service::{Error, Service};
use shiming_domain::Outcome;
use shiming_domain::id::{AccountId, ApplicationId, AttemptId, PersonId};
use shiming_domain::moment::Timestamp;
use shiming_domain::reason::Code;
use shiming_store::application::{self as applications, StoredAttempt};
use shiming_store::{Tx, person};

/// One submission and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptLine {
    /// The n-th.
    pub number: u32,
    /// When it was submitted.
    pub submitted_at: Timestamp,
    /// The last decision on it, if there is one the asker may know.
    pub decided: Option<AttemptDecision>,
}

/// A decision in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptDecision {
    /// What followed.
    pub outcome: Outcome,
    /// Why.
    pub reasons: Vec<Code>,
    /// When.
    pub at: Timestamp,
    /// By a person.
    pub by_person: bool,
}

/// Something that was seen on another account.
#[derive(Clone, Debug, PartialEq)]
pub struct Duplicate {
    /// In what they are alike.
    pub kind: Alike,
    /// Where it was seen.
    pub application: ApplicationId,
    /// Who was verified on that account, if anybody.
    pub person: Option<PersonId>,
    /// How alike, 0–1.
    pub similarity: f32,
}

/// The attempts up to the one that is looked at. With `blind`, nothing is told of what was decided on it.
pub(super) async fn attempts(
    tx: &mut Tx,
    application: ApplicationId,
    current: &StoredAttempt,
    blind: bool,
) -> Result<Vec<AttemptLine>, Error> {
    let decisions = applications::decisions(tx, application).await?;
    let last = |attempt: AttemptId| {
        let hidden = blind && attempt == current.attempt.id;
        let last = decisions.iter().rev().find(|decision| decision.attempt == attempt && !hidden);
        last.map(|decision| AttemptDecision {
            outcome: decision.outcome,
            reasons: decision.reasons.iter().map(|reason| reason.code).collect(),
            at: decision.at,
            by_person: decision.by_staff,
        })
    };
    let attempts = applications::attempts(tx, application).await?;
    let upto = attempts.iter().filter(|attempt| attempt.attempt.number <= current.attempt.number);
    Ok(upto
        .map(|StoredAttempt { attempt, .. }| AttemptLine {
            number: attempt.number,
            submitted_at: attempt.submitted_at,
            decided: last(attempt.id),
        })
        .collect())
}

/// Applications of other accounts with the same number or the same pictures.
pub(super) async fn duplicates(
    service: &Service,
    tx: &mut Tx,
    account: AccountId,
    attempt: &StoredAttempt,
) -> Result<Vec<Duplicate>, Error> {
    let mut duplicates: Vec<Duplicate> = Vec::new();
    for Twin { kind, at, similarity, .. } in twins(service, tx, account, attempt).await? {
        if duplicates.iter().any(|known| known.kind == kind && known.application == at.application) {
            continue;
        }
        let person = person::of_account(tx, at.account).await?;
        duplicates.push(Duplicate { kind, application: at.application, person, similarity });
    }
    Ok(duplicates)
}
