//! A picture with what was found drawn over it, in pixels of the upright original.

use super::jpeg_uri;
use crate::human::{emblem_rows, portrait_rows};
use crate::lang::Lang;
use crate::words;
use maud::{Markup, html};
use shiming_domain::check::{CheckResult, Status, Subject};
use shiming_domain::evidence::{Face, Field, Fields, ImageEvidence, PictureEvidence, Region};
use shiming_domain::reason::Text;
use shiming_engine::Shown;

/// A picture of the report.
pub(super) struct Photo<'a> {
    pub(super) title: &'a str,
    pub(super) evidence: &'a PictureEvidence,
    pub(super) fault: Option<&'a Text>,
    pub(super) shown: Option<&'a Shown>,
    pub(super) checks: &'a [CheckResult],
    pub(super) subject: Subject,
}

impl Photo<'_> {
    pub(super) fn render(&self, lang: Lang) -> Markup {
        html! {
            figure class="box" {
                @match (self.evidence, self.shown) {
                    (PictureEvidence::Seen(image), Some(shown)) => {
                        figcaption { (self.title) span { (facts(image, lang)) } }
                        (self.drawn(image, shown, lang))
                        @if let Some(flat) = &shown.flat_jpeg {
                            img class="flat" src=(jpeg_uri(flat)) alt=(lang.pick("拉平后的证件", "the card, flattened"));
                        }
                    }
                    _ => {
                        figcaption { (self.title) }
                        div class="none" {
                            div {
                                p { strong { (lang.pick("没有可用的图片", "No usable picture")) } }
                                @if let Some(fault) = self.fault {
                                    p class="soft" { (lang.of(fault)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    fn drawn(&self, image: &ImageEvidence, shown: &Shown, lang: Lang) -> Markup {
        let (width, height) = (shown.width_px.max(1), shown.height_px.max(1));
        // Captions keep their size whatever the resolution.
        let size = f64::from(width.max(height)) / 32.0;
        html! {
            svg class="photo" viewBox={ "0 0 " (width) " " (height) } role="img" aria-label=(self.title) {
                image href=(jpeg_uri(&shown.jpeg)) width=(width) height=(height) preserveAspectRatio="none" {}
                @if let Some(corners) = image.corners {
                    polygon class="k-corner" points=(points(&corners.0)) {}
                }
                @for (name, field) in fields(image) {
                    @if let Some(region) = field.region {
                        g { title { (words::field(name).of(lang)) } (rect(region, "k-field")) }
                    }
                }
                @for face in &image.faces { (face_marks(face, size)) }
                @for (region, label) in self.faults() {
                    (rect(region, "k-fault"))
                    (caption(region, size, label.of(lang)))
                }
            }
        }
    }

    /// Where a check of this picture found a fault.
    fn faults(&self) -> Vec<(Region, words::Word)> {
        let bad =
            |c: &&CheckResult| c.subject == self.subject && matches!(c.status, Status::Warn | Status::Fail);
        let regions = |c: &CheckResult| {
            let word = words::check(c.name);
            c.regions.iter().map(move |region| (*region, word)).collect::<Vec<_>>()
        };
        self.checks.iter().filter(bad).flat_map(regions).collect()
    }
}

/// What the colours mean.
pub(super) fn legend(lang: Lang) -> Markup {
    html! {
        div class="legend" {
            span { i class="k-corner" {} (lang.pick("证件边角", "corners of the card")) }
            span { i class="k-field" {} (lang.pick("识别字段", "fields read")) }
            span { i class="k-face" {} (lang.pick("人脸和五个特征点", "faces and their five points")) }
            span { i class="k-fault" {} (lang.pick("问题位置", "where something is wrong")) }
        }
    }
}

fn facts(image: &ImageEvidence, lang: Lang) -> String {
    let file = &image.file;
    format!("{} · {} × {}", words::kind(image.kind).of(lang), file.width_px, file.height_px)
}

fn fields(image: &ImageEvidence) -> Vec<(&'static str, &Field)> {
    match &image.fields {
        Fields::Portrait(fields) => present(portrait_rows(fields)),
        Fields::Emblem(fields) => present(emblem_rows(fields)),
        Fields::OneSided(fields) => {
            present(portrait_rows(&fields.person).into_iter().chain(emblem_rows(&fields.issue)))
        }
        Fields::None {} => Vec::new(),
    }
}

fn present<'a>(
    rows: impl IntoIterator<Item = (&'static str, Option<&'a Field>)>,
) -> Vec<(&'static str, &'a Field)> {
    rows.into_iter().filter_map(|(name, field)| Some((name, field?))).collect()
}

fn rect(Region { x, y, w, h }: Region, class: &str) -> Markup {
    html! { rect class=(class) x=(x) y=(y) width=(w.max(0.0)) height=(h.max(0.0)) {} }
}

fn caption(region: Region, size: f64, text: &str) -> Markup {
    let above = f64::from(region.y) - size * 0.3;
    let y = if above < size { f64::from(region.y + region.h) + size } else { above };
    html! { text class="cap" x=(region.x) y=(y as f32) font-size=(size as f32) { (text) } }
}

fn face_marks(face: &Face, size: f64) -> Markup {
    html! {
        (rect(face.region, "k-face"))
        @for [x, y] in face.points {
            circle class="dot" cx=(x) cy=(y) r=((size * 0.2) as f32) {}
        }
    }
}

fn points(corners: &[[f32; 2]; 4]) -> String {
    corners.iter().map(|[x, y]| format!("{x:.1},{y:.1}")).collect::<Vec<_>>().join(" ")
}
