//! `shiming replay` for people.

use super::{Table, one_line};
use crate::lang::Lang;
use crate::words;
use serde::Serialize;
use shiming_domain::replay::Change;
use shiming_engine::Replayed;
use std::fmt::Write as _;

pub(crate) fn text(replayed: &Replayed, lang: Lang) -> String {
    let difference = &replayed.difference;
    let outcome = difference.decision.outcome;
    let mut out = String::new();
    let headline = if difference.same {
        lang.pick("✔ 结果完全相同", "✔ The same decision, byte for byte")
    } else {
        lang.pick("✘ 结果不同", "✘ The decision differs")
    };
    let _ = writeln!(out, "{headline}");
    let _ = writeln!(
        out,
        "  {}  {} · {} {} → {}",
        lang.pick("结论", "outcome"),
        words::outcome(outcome).of(lang),
        lang.pick("策略", "policy"),
        one_line(&replayed.record.policy.label),
        one_line(replayed.policy.label())
    );
    let mut table = Table::default();
    for change in &difference.changes {
        let [what, was, is] = row(change);
        table.row([what, was, "→".to_owned(), is]);
    }
    if !table.is_empty() {
        out.push('\n');
        out.push_str(&table.render(2));
    }
    out
}

/// What changed, from what, to what; in the words of the JSON, because this is read by staff who compare.
pub(crate) fn row(change: &Change) -> [String; 3] {
    match change {
        Change::Outcome { was, is } => ["outcome".into(), word(&was.0), word(&is.0)],
        Change::Steps { was, is } => ["steps".into(), word(was), word(is)],
        Change::Reason { code, step, was, is } => {
            let step = step.map_or(String::new(), |s| format!(" ({})", word(&s)));
            [format!("reason {}{step}", code.as_str()), word(was), word(is)]
        }
        Change::Check { name, subject, was, is } => {
            [format!("check {name} ({})", subject.as_str()), word(was), word(is)]
        }
        Change::Measure { name, subject, was, is } => {
            [format!("measure {name} ({})", subject.as_str()), word(was), word(is)]
        }
        Change::Threshold { key, was, is } => [format!("bound {key}"), word(was), word(is)],
        Change::Policy { was, is } => ["policy".into(), one_line(was), one_line(is)],
        Change::Catalogue { was, is } => ["reason table".into(), one_line(was), one_line(is)],
        Change::Detail { key } => [format!("detail {}", one_line(key)), "…".into(), "…".into()],
    }
}

fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        Ok(serde_json::Value::Null) | Err(_) => "—".to_owned(),
        Ok(other) => other.to_string(),
    }
}
