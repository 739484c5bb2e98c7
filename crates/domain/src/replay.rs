//! Deciding again from what was stored, and what came out differently.

use crate::check::{Check, Requirement, Status, Subject};
use crate::decide::{Context, Decision, Outcome, Rule, decide};
use crate::evidence::Evidence;
use crate::judge::Declared;
use crate::policy::Policy;
use crate::reason::{AppliedKind, Code, Step};
use serde::{Deserialize, Serialize};

/// Version of the shape of [`Record`].
pub const SCHEMA: u32 = 1;

/// Everything a decision was made from, and the decision. **It holds personal data in clear** (what was typed
/// and read): whoever writes it asks for exactly that, and keeps it sealed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// [`SCHEMA`].
    pub schema: u32,
    /// What was typed.
    pub declared: Declared,
    /// The circumstances.
    pub context: Context,
    /// The policy.
    pub policy: PolicyRecord,
    /// The facts.
    pub evidence: Evidence,
    /// What was decided.
    pub decision: Decision,
}

/// The policy of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyRecord {
    /// Its label.
    pub label: String,
    /// SHA-256 of its exact text, lower-case hex; computed by the caller.
    pub sha256: String,
    /// The text itself, if it was kept with the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub toml: Option<String>,
}

/// Why a record cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// Not JSON of this shape. The message names the place, never a value.
    #[error("this is no decision record: line {line}, column {column}")]
    Shape {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// Written by a newer program.
    #[error("the record has schema {0}; this program reads schema {SCHEMA}")]
    Schema(u32),
}

impl Record {
    /// Decides and records.
    pub fn new(
        policy: &Policy,
        policy_sha256: impl Into<String>,
        keep_text: bool,
        evidence: Evidence,
        declared: Declared,
        context: Context,
    ) -> Self {
        let decision = decide(policy, &evidence, &declared, &context);
        let policy = PolicyRecord {
            label: policy.label().to_owned(),
            sha256: policy_sha256.into(),
            toml: keep_text.then(|| policy.text().to_owned()),
        };
        Self { schema: SCHEMA, declared, context, policy, evidence, decision }
    }

    /// Reads a record.
    pub fn from_json(bytes: &[u8]) -> Result<Self, RecordError> {
        #[derive(Deserialize)]
        struct Schema {
            schema: u32,
        }
        // serde's own message may quote a value, and values here are personal: keep only the place.
        let shape = |e: serde_json::Error| RecordError::Shape { line: e.line(), column: e.column() };
        let Schema { schema } = serde_json::from_slice(bytes).map_err(shape)?;
        if schema != SCHEMA {
            return Err(RecordError::Schema(schema));
        }
        serde_json::from_slice(bytes).map_err(shape)
    }
}

/// One thing that came out differently.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Change {
    /// The outcome or the rule behind it.
    Outcome {
        /// Then.
        was: (Outcome, Rule),
        /// Now.
        is: (Outcome, Rule),
    },
    /// The steps to do again.
    Steps {
        /// Then.
        was: Vec<Step>,
        /// Now.
        is: Vec<Step>,
    },
    /// A reason is new, gone, or of another kind.
    Reason {
        /// Which.
        code: Code,
        /// The step it sends to.
        step: Option<Step>,
        /// Then.
        was: Option<AppliedKind>,
        /// Now.
        is: Option<AppliedKind>,
    },
    /// The status of a check.
    Check {
        /// Which.
        name: Check,
        /// On what.
        subject: Subject,
        /// Then.
        was: Option<(Status, Requirement)>,
        /// Now.
        is: Option<(Status, Requirement)>,
    },
    /// The value or the bound of a check.
    Measure {
        /// Which.
        name: Check,
        /// On what.
        subject: Subject,
        /// Score and threshold then.
        was: (Option<f32>, Option<f32>),
        /// Score and threshold now.
        is: (Option<f32>, Option<f32>),
    },
    /// A bound in force.
    Threshold {
        /// For example `quality.glare.fail`.
        key: String,
        /// Then.
        was: Option<f32>,
        /// Now.
        is: Option<f32>,
    },
    /// The policy, by label.
    Policy {
        /// Then.
        was: String,
        /// Now.
        is: String,
    },
    /// The reason table, by version.
    Catalogue {
        /// Then.
        was: String,
        /// Now.
        is: String,
    },
    /// Something else in the decision, for example a text, a region or a detail.
    Detail {
        /// Where in the decision.
        key: String,
    },
}

/// What came out differently.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// Whether the decision is the same, byte for byte.
    pub same: bool,
    /// Everything that differs.
    pub changes: Vec<Change>,
    /// The new decision.
    pub decision: Decision,
}

/// Decides again under `policy` and compares.
pub fn replay(record: &Record, policy: &Policy) -> Difference {
    let decision = decide(policy, &record.evidence, &record.declared, &record.context);
    let changes = compare(&record.decision, &decision);
    Difference { same: changes.is_empty(), changes, decision }
}

/// Everything in which two decisions differ.
pub fn compare(was: &Decision, is: &Decision) -> Vec<Change> {
    let mut changes = Vec::new();
    if was.policy != is.policy {
        changes.push(Change::Policy { was: was.policy.label.clone(), is: is.policy.label.clone() });
    }
    if was.catalogue_version != is.catalogue_version {
        changes
            .push(Change::Catalogue { was: was.catalogue_version.clone(), is: is.catalogue_version.clone() });
    }
    if (was.outcome, was.rule) != (is.outcome, is.rule) {
        changes.push(Change::Outcome { was: (was.outcome, was.rule), is: (is.outcome, is.rule) });
    }
    if was.steps != is.steps {
        changes.push(Change::Steps { was: was.steps.clone(), is: is.steps.clone() });
    }
    reasons(was, is, &mut changes);
    checks(was, is, &mut changes);
    thresholds(was, is, &mut changes);
    details(was, is, &mut changes);
    changes
}

/// Parts of a decision whose differences have changes of their own.
const NAMED: [&str; 8] =
    ["policy", "catalogue_version", "outcome", "rule", "steps", "reasons", "checks", "thresholds"];

fn reasons(was: &Decision, is: &Decision, changes: &mut Vec<Change>) {
    let kind = |d: &Decision, code: Code, step: Option<Step>| {
        d.reasons.iter().find(|r| r.code == code && r.step == step).map(|r| r.kind)
    };
    for reason in &was.reasons {
        let now = kind(is, reason.code, reason.step);
        if now != Some(reason.kind) {
            changes.push(Change::Reason {
                code: reason.code,
                step: reason.step,
                was: Some(reason.kind),
                is: now,
            });
        }
    }
    for reason in &is.reasons {
        if kind(was, reason.code, reason.step).is_none() {
            changes.push(Change::Reason {
                code: reason.code,
                step: reason.step,
                was: None,
                is: Some(reason.kind),
            });
        }
    }
}

fn checks(was: &Decision, is: &Decision, changes: &mut Vec<Change>) {
    for old in &was.checks {
        let (name, subject) = (old.name, old.subject);
        let new = is.checks.iter().find(|c| c.reference() == old.reference());
        let status = new.map(|c| (c.status, c.requirement));
        if status != Some((old.status, old.requirement)) {
            changes.push(Change::Check {
                name,
                subject,
                was: Some((old.status, old.requirement)),
                is: status,
            });
        }
        if let Some(new) = new.filter(|c| (c.score, c.threshold) != (old.score, old.threshold)) {
            changes.push(Change::Measure {
                name,
                subject,
                was: (old.score, old.threshold),
                is: (new.score, new.threshold),
            });
        }
    }
    for new in &is.checks {
        if !was.checks.iter().any(|c| c.reference() == new.reference()) {
            changes.push(Change::Check {
                name: new.name,
                subject: new.subject,
                was: None,
                is: Some((new.status, new.requirement)),
            });
        }
    }
}

fn thresholds(was: &Decision, is: &Decision, changes: &mut Vec<Change>) {
    let (old, new) = (flat(&was.thresholds), flat(&is.thresholds));
    let keys = old.iter().chain(&new).map(|(k, _)| k);
    let mut seen: Vec<&String> = Vec::new();
    for key in keys {
        if seen.contains(&key) {
            continue;
        }
        seen.push(key);
        let find = |list: &[(String, f32)]| list.iter().find(|(k, _)| k == key).map(|(_, v)| *v);
        let (was, is) = (find(&old), find(&new));
        if was != is {
            changes.push(Change::Threshold { key: key.clone(), was, is });
        }
    }
}

/// Every bound with its key.
fn flat(thresholds: &crate::decide::Thresholds) -> Vec<(String, f32)> {
    fn walk(value: &serde_json::Value, path: &str, out: &mut Vec<(String, f32)>) {
        match value {
            serde_json::Value::Object(map) => {
                for (key, value) in map {
                    let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    walk(value, &path, out);
                }
            }
            serde_json::Value::Number(n) => {
                out.extend(n.as_f64().map(|v| (path.to_owned(), v as f32)));
            }
            _ => {}
        }
    }
    let mut out = Vec::new();
    if let Ok(value) = serde_json::to_value(thresholds) {
        walk(&value, "", &mut out);
    }
    out
}

/// Differences nothing above has a name for: parts of the decision, and of its checks and reasons.
fn details(was: &Decision, is: &Decision, changes: &mut Vec<Change>) {
    for old in &was.checks {
        let Some(new) = is.checks.iter().find(|c| c.reference() == old.reference()) else { continue };
        let named = (new.status, new.requirement, new.score, new.threshold);
        if old != new && named == (old.status, old.requirement, old.score, old.threshold) {
            changes.push(Change::Detail { key: format!("checks.{}.{}", old.subject.as_str(), old.name) });
        }
    }
    for old in &was.reasons {
        let same = is.reasons.iter().find(|r| r.code == old.code && r.step == old.step);
        if same.is_some_and(|new| new.kind == old.kind && new != old) {
            changes.push(Change::Detail { key: format!("reasons.{}", old.code) });
        }
    }
    let (Ok(was), Ok(is)) = (serde_json::to_value(was), serde_json::to_value(is)) else {
        changes.push(Change::Detail { key: String::new() });
        return;
    };
    let empty = serde_json::Map::new();
    let (was, is) = (was.as_object().unwrap_or(&empty), is.as_object().unwrap_or(&empty));
    for key in was.keys().chain(is.keys().filter(|k| !was.contains_key(*k))) {
        if !NAMED.contains(&key.as_str()) && was.get(key) != is.get(key) {
            changes.push(Change::Detail { key: key.clone() });
        }
    }
    if changes.is_empty() {
        // The same entries in another order, or one of them twice.
        let moved = NAMED.into_iter().filter(|key| was.get(*key) != is.get(*key));
        changes.extend(moved.map(|key| Change::Detail { key: key.to_owned() }));
    }
}

#[cfg(test)]
mod tests;
