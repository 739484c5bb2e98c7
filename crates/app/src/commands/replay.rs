//! `shiming replay`.

use crate::cli::ReplayArgs;
use crate::context::{self, Style};
use crate::exit::{Exit, Failure};
use crate::input::{Input, TEXT_BYTES_MAX};
use crate::json::{PlainReasonJson, text};
use crate::{human, output};
use serde::Serialize;
use shiming_domain::Decision;
use shiming_domain::policy::Policy;
use shiming_domain::replay::Change;
use shiming_engine::{Replayed, decide_again, stored};

/// `shiming replay --json`; all null when the file is no stored decision.
#[derive(Serialize)]
struct ReplayJson<'a> {
    same: Option<bool>,
    changes: &'a [Change],
    policy: Option<PolicyJson<'a>>,
    decision: Option<&'a Decision>,
    reasons: Vec<PlainReasonJson>,
}

#[derive(Serialize)]
struct PolicyJson<'a> {
    was: &'a str,
    is: &'a str,
}

pub(crate) fn run(args: &ReplayArgs, style: Style) -> Result<Exit, Failure> {
    let policy = args.policy.as_deref().map(context::policy).transpose()?;
    let problem = match again(args, policy) {
        Ok(replayed) => {
            print(&replayed, style)?;
            return Ok(Exit::Answered);
        }
        Err(problem) => problem,
    };
    if style.json {
        let reason = PlainReasonJson::retry(
            "record_unusable",
            text(
                "这不是 `shiming verify --json` 输出的完整记录，无法重放。",
                "This is not a complete record printed by `shiming verify --json`, so it cannot be replayed.",
            ),
        );
        let nothing =
            ReplayJson { same: None, changes: &[], policy: None, decision: None, reasons: vec![reason] };
        output::json(&nothing)?;
    }
    eprintln!("error: {problem:#}");
    Ok(Exit::UnusableInput)
}

fn again(args: &ReplayArgs, policy: Option<Policy>) -> anyhow::Result<Replayed> {
    let path = args.decision.display();
    let bytes = match Input::read(&args.decision, TEXT_BYTES_MAX) {
        Input::Bytes(bytes) => bytes,
        Input::Missing => anyhow::bail!("there is no file {path}"),
        Input::Unreadable(error) => {
            return Err(anyhow::Error::new(error).context(format!("cannot read {path}")));
        }
    };
    let record = stored(&bytes).map_err(|error| anyhow::Error::new(error).context(format!("{path}")))?;
    Ok(decide_again(record, policy)?)
}

fn print(replayed: &Replayed, style: Style) -> Result<(), Failure> {
    if !style.json {
        return output::text(&human::replay::text(replayed, style.lang));
    }
    let difference = &replayed.difference;
    output::json(&ReplayJson {
        same: Some(difference.same),
        changes: &difference.changes,
        policy: Some(PolicyJson { was: &replayed.record.policy.label, is: replayed.policy.label() }),
        decision: Some(&difference.decision),
        reasons: Vec::new(),
    })
}
