//! The report as one HTML file without anything from elsewhere.

use super::report::Report;
use std::fmt::Write;

const STYLE: &str = "\
body{font:15px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#1b1f24}\
table{border-collapse:collapse;margin:.5rem 0 2rem;width:100%}\
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #d8dee4}\
.PASS{color:#116329;font-weight:600}.MISS{color:#b42318;font-weight:600}.UNKNOWN{color:#6e7781}\
.bar{background:#2f6feb;height:.8rem;border-radius:2px;min-width:2px}";

/// The page.
pub(super) fn page(report: &Report) -> String {
    let mut out = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <title>Shiming beside its peers</title><style>{STYLE}</style>\
         <h1>Shiming beside RapidOCR and face_recognition</h1>"
    );
    out += "<h2>Targets</h2><table><tr><th>target<th>measured<th>wanted<th></tr>";
    for t in &report.targets {
        let word = t.verdict.word();
        let (what, measured, wanted) = (escape(&t.what), escape(&t.measured), escape(&t.wanted));
        let _ = write!(out, "<tr><td>{what}<td>{measured}<td>{wanted}<td class=\"{word}\">{word}</tr>");
    }
    out += "</table><h2>Times</h2><table><tr><th>side<th>runs<th>median<th>p95<th style=\"width:34%\"></tr>";
    let longest = report.rows.iter().filter_map(|r| r.median_ms).fold(1.0, f64::max);
    for r in &report.rows {
        let ms = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |v| format!("{v:.0} ms"));
        let share = r.median_ms.unwrap_or_default() / longest * 100.0;
        let _ = write!(
            out,
            "<tr><td>{}<td>{}<td>{}<td>{}<td><div class=\"bar\" style=\"width:{share:.1}%\"></div>{}</tr>",
            escape(&r.side),
            r.runs,
            ms(r.median_ms),
            ms(r.p95_ms),
            escape(&r.note)
        );
    }
    out += "</table><h2>Exactly read fields</h2>\
            <table><tr><th>field<th>condition<th>cards<th>ours<th>peers<th>ours ≥ peers</tr>";
    for a in &report.accuracy {
        let word = a.verdict.word();
        let _ = write!(
            out,
            "<tr><td>{}<td>{}<td>{}<td>{}<td>{}<td class=\"{word}\">{word}</tr>",
            a.field, a.condition, a.cards, a.ours, a.peers
        );
    }
    out += "</table>";
    if !report.mistakes.is_empty() {
        out += "<h2>Not exact</h2><table><tr><th>card<th>field<th>printed<th>ours<th>peers</tr>";
        for mistake in &report.mistakes {
            out += "<tr>";
            for cell in mistake {
                let _ = write!(out, "<td>{}", escape(cell));
            }
            out += "</tr>";
        }
        out += "</table>";
    }
    out += "<h2>Circumstances</h2><ul>";
    for fact in &report.facts {
        let _ = write!(out, "<li>{}", escape(fact));
    }
    out + "</ul></html>\n"
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
