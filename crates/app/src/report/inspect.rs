//! The page of one picture.

use super::photo::{Photo, legend};
use super::{brand, checks, footer, models, page as whole, reasons};
use crate::human::{self, emblem_rows, portrait_rows};
use crate::lang::Lang;
use crate::words;
use maud::{Markup, html};
use shiming_domain::check::Subject;
use shiming_domain::evidence::{Field, Fields, Kind, PictureEvidence};
use shiming_engine::{Inspected, Toolbox};
use std::path::Path;

/// What the picture shows, and where.
pub(crate) fn page(inspected: &Inspected, toolbox: &Toolbox, models_dir: &Path, lang: Lang) -> String {
    let kind = match &inspected.evidence {
        PictureEvidence::Seen(image) => image.kind,
        PictureEvidence::Unusable(_) => Kind::Unknown,
    };
    let good = inspected.reasons.is_empty();
    let subject = inspected.checks.first().map_or(Subject::Image, |c| c.subject);
    let photo = Photo {
        title: words::subject(subject).of(lang),
        evidence: &inspected.evidence,
        fault: inspected.fault.as_ref(),
        shown: inspected.shown.as_ref(),
        checks: &inspected.checks,
        subject,
    };
    let body = html! {
        (brand(lang.pick("图片检查", "picture report")))
        header class={ "banner " (if good { "approve" } else { "resubmit" }) } {
            div class="sign" aria-hidden="true" { (if good { "✔" } else { "↻" }) }
            h1 { (words::kind(kind).of(lang)) }
            p {
                (if good { lang.pick("图片质量足够。", "The picture is good enough.") }
                 else { lang.pick("需要处理以下问题。", "Something has to be fixed.") })
                " " span class="soft" { (human::time(inspected.timings.total)) }
            }
        }
        @if !good {
            h2 { (lang.pick("需要处理", "To fix")) }
            (reasons(&inspected.reasons, lang))
        }
        h2 { (lang.pick("图片", "Picture")) }
        div class="pictures" { (photo.render(lang)) }
        (legend(lang))
        (read(&inspected.evidence, lang))
        h2 { (lang.pick("全部检查", "All checks")) }
        (checks::tree(&inspected.checks, lang))
        h2 { (lang.pick("模型", "Models")) }
        (models::table(toolbox.models(), models_dir, lang))
        (footer(lang))
    };
    whole(words::kind(kind).of(lang), lang, &body)
}

fn read(evidence: &PictureEvidence, lang: Lang) -> Markup {
    let PictureEvidence::Seen(image) = evidence else { return html! {} };
    let rows: Vec<(&'static str, Option<&Field>)> = match &image.fields {
        Fields::Portrait(fields) => portrait_rows(fields).into(),
        Fields::Emblem(fields) => emblem_rows(fields).into(),
        Fields::OneSided(fields) => {
            portrait_rows(&fields.person).into_iter().chain(emblem_rows(&fields.issue)).collect()
        }
        Fields::None {} => Vec::new(),
    };
    html! {
        @if !rows.is_empty() {
            h2 { (lang.pick("读到的内容", "Read from the card")) }
            div class="box scroll" { table { tbody {
                @for (name, field) in rows {
                    tr {
                        th { (words::field(name).of(lang)) }
                        td class="text" { @match field { Some(f) => (f.text.reveal()), None => "—" } }
                        td class="num" { @if let Some(f) = field { (format!("{:.1} %", f.confidence * 100.0)) } }
                    }
                }
            } } }
        }
        @if !image.mrz_lines.is_empty() {
            h2 { (lang.pick("机读区", "Machine-readable zone")) }
            div class="box scroll" { @for line in &image.mrz_lines { p { code { (line.text.reveal()) } } } }
        }
    }
}
