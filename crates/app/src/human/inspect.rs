//! `shiming inspect` for people.

use super::{Table, emblem_rows, field_table, one_line, portrait_rows, reasons, time};
use crate::lang::Lang;
use crate::words;
use shiming_domain::check::Status;
use shiming_domain::evidence::{Fields, ImageEvidence, PictureEvidence};
use shiming_engine::Inspected;
use std::fmt::Write as _;
use std::path::Path;

pub(crate) fn text(inspected: &Inspected, report: Option<&Path>, lang: Lang) -> String {
    let mut out = String::new();
    match &inspected.evidence {
        PictureEvidence::Seen(image) => {
            let _ = writeln!(out, "{}", words::kind(image.kind).of(lang));
            seen(&mut out, image, lang);
        }
        PictureEvidence::Unusable(_) => {
            let _ = writeln!(out, "✘ {}", lang.pick("无法使用这个文件", "This file cannot be used"));
            if let Some(fault) = &inspected.fault {
                let _ = writeln!(out, "  {}", lang.of(fault));
            }
        }
    }
    let why = reasons(&inspected.reasons, lang);
    if !why.is_empty() {
        let _ = write!(out, "\n{}\n{why}", lang.pick("需要处理", "To fix"));
    }
    quality(&mut out, inspected, lang);
    let _ = writeln!(out, "\n{}  {}", lang.pick("用时", "Time"), time(inspected.timings.total));
    if let Some(report) = report {
        let _ = writeln!(out, "{}  {}", lang.pick("报告", "Report"), report.display());
    }
    out
}

fn seen(out: &mut String, image: &ImageEvidence, lang: Lang) {
    let file = &image.file;
    let _ = writeln!(
        out,
        "  {} × {} px · {} · {:.1} MB{}",
        file.width_px,
        file.height_px,
        file.format.to_uppercase(),
        file.size_bytes as f64 / 1e6,
        if image.specimen_mark { lang.pick(" · 样本", " · specimen") } else { "" }
    );
    let table = match &image.fields {
        Fields::Portrait(fields) => field_table(portrait_rows(fields), lang),
        Fields::Emblem(fields) => field_table(emblem_rows(fields), lang),
        Fields::OneSided(fields) => {
            field_table(portrait_rows(&fields.person).into_iter().chain(emblem_rows(&fields.issue)), lang)
        }
        Fields::None {} => Table::default(),
    };
    if !table.is_empty() {
        let _ = write!(out, "\n{}\n{}", lang.pick("读到的内容", "Read from the card"), table.render(2));
    }
    for line in &image.mrz_lines {
        let _ = writeln!(out, "  {}", one_line(line.text.reveal()));
    }
    if !image.faces.is_empty() {
        let _ = writeln!(out, "\n{}  {}", lang.pick("人脸", "Faces"), image.faces.len());
    }
}

fn quality(out: &mut String, inspected: &Inspected, lang: Lang) {
    let mut table = Table::default();
    for line in inspected.quality.iter().filter(|l| l.status != Status::NotApplicable) {
        let number = |v: Option<f32>| v.map_or(String::new(), |v| format!("{v:.3}"));
        let bound =
            line.threshold.map_or(String::new(), |t| format!("{} {t:.3}", lang.pick("限值", "bound")));
        table.row([
            words::status_sign(line.status).to_owned(),
            words::check(line.check).of(lang).to_owned(),
            number(line.value),
            bound,
        ]);
    }
    if !table.is_empty() {
        let _ = write!(out, "\n{}\n{}", lang.pick("质量", "Quality"), table.render(2));
    }
}
