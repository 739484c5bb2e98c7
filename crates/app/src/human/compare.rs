//! `shiming compare` for people.

use super::{Table, time};
use crate::json::FaceJson;
use crate::lang::Lang;
use crate::words;
use shiming_domain::policy::Policy;
use shiming_engine::Compared;
use std::fmt::Write as _;

pub(crate) fn text(compared: &Compared, policy: &Policy, lang: Lang) -> String {
    let face = FaceJson::of(compared.distance, policy);
    let mut out = String::new();
    let headline = match (compared.distance.is_some(), face.is_match()) {
        (true, true) => lang.pick("✔ 人脸一致", "✔ The faces match"),
        (true, false) => lang.pick("✘ 人脸不一致或不能确定", "✘ The faces do not match, or not surely"),
        (false, _) => lang.pick("✘ 无法比对", "✘ There is nothing to compare"),
    };
    let _ = writeln!(out, "{headline}");
    for (place, fault) in compared.faults.iter().enumerate() {
        if let Some(fault) = fault {
            let _ = writeln!(out, "  {} {}: {}", lang.pick("图片", "picture"), place + 1, lang.of(fault));
        }
    }
    let mut table = Table::default();
    rows(&mut table, &face, lang);
    table.row([
        lang.pick("图中人脸数", "faces found").to_owned(),
        format!("{} / {}", compared.faces[0].len(), compared.faces[1].len()),
    ]);
    table.row([lang.pick("用时", "time").to_owned(), time(compared.total)]);
    out.push_str(&table.render(2));
    for (place, reason) in &compared.reasons {
        let place = place.map_or(String::new(), |p| format!("{} {}: ", lang.pick("图片", "picture"), p + 1));
        let _ = writeln!(out, "  {place}{}  [{}]", lang.of(&reason.text), reason.code.as_str());
    }
    out
}

/// Similarity, threshold, and what the threshold is worth.
pub(crate) fn rows(table: &mut Table, face: &FaceJson, lang: Lang) {
    let similarity = face.similarity.map_or("—".to_owned(), |s| format!("{s:.3}"));
    let status = face.status.map_or(String::new(), |s| words::status(s).of(lang).to_owned());
    table.row([lang.pick("相似度", "similarity").to_owned(), similarity, status]);
    table.row([
        lang.pick("阈值", "threshold").to_owned(),
        format!("{:.3}", face.threshold),
        face.fmr_words(lang),
    ]);
}
