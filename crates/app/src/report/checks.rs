//! The tree of checks.

use crate::lang::Lang;
use crate::words;
use maud::{Markup, html};
use shiming_domain::check::{CheckResult, Note, Requirement, Status};

/// Every check by group; those that were not judged come last, with the reason why.
pub(super) fn tree(checks: &[CheckResult], lang: Lang) -> Markup {
    let judged = |c: &&CheckResult| c.status != Status::NotApplicable;
    let silent: Vec<&CheckResult> = checks.iter().filter(|c| c.status == Status::NotApplicable).collect();
    html! {
        div class="groups" {
            @for group in groups(checks.iter().filter(judged).map(|c| c.group)) {
                div class="box scroll" {
                    h3 { (words::group(group).of(lang)) }
                    table { tbody {
                        @for name in groups(checks.iter().filter(judged).filter(|c| c.group == group).map(|c| c.name)) {
                            @let results: Vec<_> = checks.iter().filter(judged).filter(|c| c.name == name).collect();
                            tr {
                                th {
                                    (words::check(name).of(lang))
                                    @if results.iter().any(|c| c.requirement == Requirement::Advisory) {
                                        br; span class="tag" { (lang.pick("仅提示", "advisory")) }
                                    }
                                }
                                td { @for result in results { (verdict(result, lang)) } }
                            }
                        }
                    } }
                }
            }
        }
        @if !silent.is_empty() {
            h2 { (lang.pick("未作判断的检查", "Checks that were not judged")) }
            div class="box scroll" {
                p class="small soft" {
                    (lang.pick("本次没有相应证据或检测器，不对这些项目作任何声明。",
                               "There was no evidence or no detector for these; nothing is claimed about them."))
                }
                table { tbody {
                    @for (note, names) in by_note(&silent, lang) {
                        tr { th { (note) } td class="text small" { (names) } }
                    }
                } }
            }
        }
    }
}

/// What occurs, once each, in the order of the table of checks.
fn groups<T: PartialEq + Copy>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut seen = Vec::new();
    for item in items {
        if !seen.contains(&item) {
            seen.push(item);
        }
    }
    seen
}

/// One result: sign, what it ran on, value against bound, reason.
fn verdict(check: &CheckResult, lang: Lang) -> Markup {
    html! {
        div class="verdict" {
            span class={ "sign " (status_class(check.status)) } title=(words::status(check.status).of(lang)) {
                (words::status_sign(check.status))
            }
            span class="on" { (words::subject(check.subject).of(lang)) }
            span class="num" {
                (value(check.score))
                @if check.threshold.is_some() { span class="soft" { " / " (value(check.threshold)) } }
            }
            @if check.status != Status::Pass && !check.reasons.is_empty() {
                span class={ "why small " (status_class(check.status)) } {
                    @for code in &check.reasons { (code.as_str()) " " }
                    @if let Some(rule) = &check.rule { "(" (rule) ")" }
                }
            }
        }
    }
}

/// Class of a status, also its word in the JSON.
pub(super) const fn status_class(status: Status) -> &'static str {
    match status {
        Status::Pass => "pass",
        Status::Warn => "warn",
        Status::Fail => "fail",
        Status::NotApplicable => "not_applicable",
        Status::Error => "error",
    }
}

/// Enough digits to tell a value from its bound, no more.
pub(super) fn value(value: Option<f32>) -> String {
    match value {
        None => String::new(),
        Some(v) if v.abs() >= 100.0 => format!("{v:.0}"),
        Some(v) if v.abs() >= 10.0 => format!("{v:.1}"),
        Some(v) => format!("{v:.3}"),
    }
}

fn by_note(silent: &[&CheckResult], lang: Lang) -> Vec<(&'static str, String)> {
    let mut rows: Vec<(&'static str, Vec<String>)> = Vec::new();
    for check in silent {
        let note = check.note.map_or("—", |note| note_word(note, lang));
        let name =
            format!("{} ({})", words::check(check.name).of(lang), words::subject(check.subject).of(lang));
        match rows.iter_mut().find(|(known, _)| *known == note) {
            Some((_, names)) => names.push(name),
            None => rows.push((note, vec![name])),
        }
    }
    rows.into_iter().map(|(note, names)| (note, names.join(lang.pick("、", ", ")))).collect()
}

fn note_word(note: Note, lang: Lang) -> &'static str {
    match note {
        Note::SwitchedOff => lang.pick("策略已关闭", "switched off"),
        Note::NotAsked => lang.pick("本次未要求", "not asked for"),
        Note::NoDetector => lang.pick("尚无检测器", "no detector yet"),
        Note::NoEvidence => lang.pick("本次无证据", "no evidence here"),
        Note::Blocked => lang.pick("前一检查未通过", "after an earlier failure"),
        Note::NotMeasured => lang.pick("未测得数值", "not measured"),
    }
}
