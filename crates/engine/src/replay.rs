//! Deciding again from what was stored.

use serde_json::Value;
use shiming_domain::policy::{Policy, PolicyError};
use shiming_domain::replay::{Difference, Record, RecordError, replay};
use shiming_vault::digest::Sha256;

/// Why a stored decision cannot be replayed. No message quotes a value: values here are personal.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// Not JSON at all.
    #[error("this is no JSON: line {line}, column {column}")]
    NotJson {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// JSON, but no decision with its record.
    #[error("this is no stored decision: it lacks `{0}`")]
    Lacks(&'static str),
    /// The record is of another shape or a later version.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The record names its policy but does not carry it.
    #[error("the record does not carry the text of its policy; name one with --policy")]
    PolicyNotKept,
    /// The policy in the record is not the one whose hash it names.
    #[error("the policy text in the record is not the one the decision was made under: its sha256 differs")]
    PolicyChanged,
    /// The policy in the record cannot be read by this program.
    #[error("the policy in the record cannot be used")]
    Policy(#[from] PolicyError),
}

/// A record and what came of deciding again.
pub struct Replayed {
    /// What was stored.
    pub record: Record,
    /// The policy it was judged under this time.
    pub policy: Policy,
    /// What came out differently.
    pub difference: Difference,
}

/// Reads a stored decision: a bare record, or the output of `verify` with `decision` beside `record`.
pub fn stored(bytes: &[u8]) -> Result<Record, ReplayError> {
    let not_json = |e: serde_json::Error| ReplayError::NotJson { line: e.line(), column: e.column() };
    let mut whole: Value = serde_json::from_slice(bytes).map_err(not_json)?;
    if whole.get("schema").is_some() {
        return Ok(Record::from_json(bytes)?);
    }
    let mut take = |key| whole.get_mut(key).map(Value::take).ok_or(ReplayError::Lacks(key));
    let (mut record, decision) = (take("record")?, take("decision")?);
    let Some(map) = record.as_object_mut() else { return Err(ReplayError::Lacks("record")) };
    map.insert("decision".to_owned(), decision);
    let joined = serde_json::to_vec(&record).map_err(not_json)?;
    Ok(Record::from_json(&joined)?)
}

/// Decides again, under `policy` or else under the one in the record.
pub fn decide_again(record: Record, policy: Option<Policy>) -> Result<Replayed, ReplayError> {
    let policy = match policy {
        Some(policy) => policy,
        None => kept_policy(&record)?,
    };
    let difference = replay(&record, &policy);
    Ok(Replayed { record, policy, difference })
}

fn kept_policy(record: &Record) -> Result<Policy, ReplayError> {
    let text = record.policy.toml.as_deref().ok_or(ReplayError::PolicyNotKept)?;
    if Sha256::of(text.as_bytes()).to_string() != record.policy.sha256 {
        return Err(ReplayError::PolicyChanged);
    }
    Ok(Policy::from_toml(text)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use shiming_domain::evidence::{Evidence, FileFault, PictureEvidence};
    use shiming_domain::iso_date;
    use shiming_domain::personal::Personal;
    use shiming_domain::{Context, Declared};

    fn record() -> Record {
        let none = || PictureEvidence::Unusable(FileFault { code: "empty_file".into() });
        let evidence = Evidence {
            portrait_side: none(),
            emblem_side: none(),
            selfie: none(),
            face_match: None,
            models: Vec::new(),
            liveness: None,
        };
        let policy = Policy::preset("cn_pboc").unwrap();
        let declared =
            Declared { name: Personal::new("样本"), number: Personal::new("000000199003070019") };
        let context = Context::offline(iso_date::parse("2026-11-22").unwrap());
        let sha256 = Sha256::of(policy.text().as_bytes()).to_string();
        Record::new(&policy, sha256, true, evidence, declared, context)
    }

    fn as_printed(record: &Record) -> Vec<u8> {
        let mut record = serde_json::to_value(record).unwrap();
        let decision = record.as_object_mut().unwrap().remove("decision").unwrap();
        serde_json::to_vec(&serde_json::json!({ "decision": decision, "record": record, "face": 1 })).unwrap()
    }

    #[test]
    fn both_shapes_replay_without_a_difference() {
        for bytes in [as_printed(&record()), serde_json::to_vec(&record()).unwrap()] {
            let again = decide_again(stored(&bytes).unwrap(), None).unwrap();
            assert!(again.difference.same, "{:?}", again.difference.changes);
        }
    }

    #[test]
    fn another_policy_shows_a_difference() {
        let again = decide_again(record(), Some(Policy::preset("generic").unwrap())).unwrap();
        assert!(!again.difference.same);
    }

    #[test]
    fn a_policy_text_that_was_changed_is_refused() {
        let mut changed = record();
        changed.policy.toml = changed.policy.toml.map(|text| text + "\n# more\n");
        assert!(matches!(decide_again(changed, None), Err(ReplayError::PolicyChanged)));
        let mut without = record();
        without.policy.toml = None;
        assert!(matches!(decide_again(without, None), Err(ReplayError::PolicyNotKept)));
    }

    #[test]
    fn what_is_no_record_is_refused_without_quoting_it() {
        for text in [
            "",
            "{",
            "[]",
            "{}",
            "null",
            "{\"decision\":1}",
            "{\"record\":1,\"decision\":2}",
            "{\"schema\":99}",
        ] {
            let error = stored(text.as_bytes()).unwrap_err();
            assert!(!error.to_string().is_empty(), "{text}");
        }
        let secret = stored(br#"{"record":{"schema":1,"declared":"110101199003070014"},"decision":{}}"#);
        assert!(!format!("{:?}", secret.unwrap_err()).contains("1101"));
    }
}
