//! `shiming bench` for people.

use super::Table;
use crate::lang::Lang;
use crate::words;
use shiming_engine::bench::{BenchReport, FaceErrors, Share, Times};
use std::fmt::Write as _;
use std::path::Path;

pub(crate) fn text(report: &BenchReport, page: Option<&Path>, lang: Lang) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{} {} · {} · {} {}",
        report.pictures,
        lang.pick("张图片", "pictures"),
        report.policy,
        report.engine.name,
        report.engine.version
    );
    let mut part = |zh, en, table: Table| {
        if !table.is_empty() {
            let _ = write!(out, "\n{}\n{}", lang.pick(zh, en), table.render(2));
        }
    };
    part("字段完全正确（95 % 区间）", "Fields read exactly (95 % interval)", fields(report, lang));
    part("图片类型", "Kind of picture", kinds(report, lang));
    part("证件四角 IoU", "Corners of the card, IoU", corners(report, lang));
    part(
        "问题检出（强度 ≥ 0.3）与误报",
        "Faults noticed (grade ≥ 0.3) and false alarms",
        faults(report, lang),
    );
    part("人脸比对", "Face comparison", report.faces.as_ref().map(|f| faces(f, lang)).unwrap_or_default());
    part("完整核验的结论", "Outcome of complete cases", cases(report));
    part("用时（毫秒）", "Time, ms", times(report, lang));
    if let Some(bytes) = report.peak_memory_bytes {
        let _ = writeln!(out, "\n{}  {} MiB", lang.pick("内存峰值", "Peak memory"), bytes / (1 << 20));
    }
    if let Some(page) = page {
        let _ = writeln!(out, "{}  {}", lang.pick("报告", "Report"), page.display());
    }
    out
}

/// `97.5 % (39/40)  91.2–99.6`.
pub(crate) fn share(share: &Share) -> [String; 3] {
    let percent = |v: f64| format!("{:.1}", v * 100.0);
    [
        share.rate.map_or("—".into(), |r| format!("{} %", percent(r))),
        format!("{}/{}", share.k, share.n),
        share.ci95.map_or(String::new(), |[low, high]| format!("{}–{}", percent(low), percent(high))),
    ]
}

fn fields(report: &BenchReport, lang: Lang) -> Table {
    let mut table = Table::default();
    for row in &report.fields {
        let label = [words::field(row.field).of(lang).to_owned(), row.condition.clone()];
        table.row(label.into_iter().chain(share(&row.exact)));
    }
    table
}

fn kinds(report: &BenchReport, lang: Lang) -> Table {
    let mut table = Table::default();
    for row in &report.kinds {
        let others: Vec<String> = row.taken_for.iter().map(|(kind, n)| format!("{kind} {n}")).collect();
        let label = words::kind(row.kind).of(lang).to_owned();
        table.row([label].into_iter().chain(share(&row.right)).chain([others.join(", ")]));
    }
    table
}

fn corners(report: &BenchReport, lang: Lang) -> Table {
    let mut table = Table::default();
    let number = |v: Option<f64>| v.map_or("—".to_owned(), |v| format!("{v:.3}"));
    for row in &report.corners {
        let [rate, count, interval] = share(&row.good);
        table.row([
            row.condition.clone(),
            format!("{} {}", lang.pick("中位数", "median"), number(row.median)),
            format!("p5 {}", number(row.p5)),
            format!("≥ 0.9: {rate}"),
            count,
            interval,
        ]);
    }
    table
}

fn faults(report: &BenchReport, lang: Lang) -> Table {
    let mut table = Table::default();
    for row in &report.faults {
        let [false_rate, false_count, _] = share(&row.false_alarms);
        table.row([row.fault.to_owned()].into_iter().chain(share(&row.recall)).chain([
            lang.pick("误报", "false alarms").to_owned(),
            false_rate,
            false_count,
        ]));
    }
    table
}

fn faces(faces: &FaceErrors, lang: Lang) -> Table {
    let mut table = Table::default();
    for point in &faces.operating_points {
        let label = format!("{} {:.3}", lang.pick("相似度 ≥", "similarity ≥"), point.similarity);
        let rates = [("FMR", &point.fmr), ("FNMR", &point.fnmr)];
        for (name, rate) in rates.into_iter().filter(|(_, rate)| rate.n > 0) {
            table.row([label.clone(), name.to_owned()].into_iter().chain(share(rate)));
        }
    }
    if let Some(eer) = faces.equal_error_rate {
        table.row(["EER".to_owned(), String::new(), format!("{:.1} %", eer * 100.0)]);
    }
    table.row(["FTA".to_owned(), String::new()].into_iter().chain(share(&faces.failure_to_acquire)));
    let pairs = format!("{} + {}", faces.genuine_pairs, faces.impostor_pairs);
    let people = format!("{} {}", faces.people, lang.pick("人", "people"));
    table.row([
        lang.pick("同一人 + 不同人", "genuine + impostor pairs").to_owned(),
        String::new(),
        pairs,
        people,
    ]);
    table
}

fn cases(report: &BenchReport) -> Table {
    let mut table = Table::default();
    for (outcome, n) in &report.cases.outcomes {
        table.row([outcome.clone(), n.to_string()]);
    }
    for (reason, n) in &report.cases.reasons {
        table.row([format!("  {reason}"), n.to_string()]);
    }
    table
}

fn times(report: &BenchReport, lang: Lang) -> Table {
    let mut table = Table::default();
    for (name, times) in rows(report, lang) {
        let number = |v: Option<f64>| v.map_or("—".to_owned(), |v| format!("{v:.0}"));
        table.row([
            name.to_owned(),
            format!("{} {}", lang.pick("中位数", "median"), number(times.median)),
            format!("p95 {}", number(times.p95)),
            format!("n {}", times.n),
        ]);
    }
    table
}

/// Names and times that were measured at all.
pub(crate) fn rows(report: &BenchReport, lang: Lang) -> Vec<(&'static str, &Times)> {
    let times = &report.timings_ms;
    [
        (lang.pick("完整核验", "whole verification"), &times.verify),
        (lang.pick("检查证件图片", "inspect a document"), &times.inspect_document),
        (lang.pick("检查人脸图片", "inspect a face"), &times.inspect_face),
        (lang.pick("质量门", "quality gate"), &times.gate),
        (lang.pick("解码", "decode"), &times.decode),
    ]
    .into_iter()
    .filter(|(_, times)| times.n > 0)
    .collect()
}
