//! Reads a flat card: text lines to glyphs in millimetres, glyphs to rows, rows to fields.

mod emblem;
mod fields;
mod layout;
mod missing;
mod portrait;
mod rows;

pub(crate) use emblem::{EmblemSpans, issue_spans, spans as emblem_spans};
pub(crate) use fields::{emblem_fields, portrait_fields};
pub(crate) use layout::{Anchor, Layout, anchors};
pub(crate) use missing::{Strip, emblem_strips, portrait_strips};
pub(crate) use portrait::{PortraitSpans, spans as portrait_spans};
pub(crate) use rows::{Glyph, Row, gather, mean, normal};

/// All text on one flat card.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reading {
    /// From top to bottom.
    pub(crate) rows: Vec<Row>,
    /// 样本 or SPECIMEN was read; those lines are not among the rows.
    pub(crate) specimen_mark: bool,
}

impl Reading {
    /// All text, one row a line.
    pub(crate) fn text(&self) -> String {
        self.rows.iter().map(Row::text).collect::<Vec<_>>().join("\n")
    }
}

/// The glyphs of one field.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Span {
    pub(crate) glyphs: Vec<Glyph>,
}

impl Span {
    pub(crate) fn of(glyphs: Vec<Glyph>) -> Option<Self> {
        (!glyphs.is_empty()).then_some(Self { glyphs })
    }

    pub(crate) fn text(&self) -> String {
        rows::text(&self.glyphs)
    }

    /// Mean probability of its characters, 0–1.
    pub(crate) fn confidence(&self) -> f32 {
        mean(self.glyphs.iter().map(|g| g.p))
    }

    /// Left, top, right, bottom in millimetres.
    pub(crate) fn bounds(&self) -> [f32; 4] {
        self.glyphs.iter().fold([f32::MAX, f32::MAX, f32::MIN, f32::MIN], |[l, t, r, b], g| {
            let half = g.h / 2.0;
            [l.min(g.x - half), t.min(g.y - half), r.max(g.x + half), b.max(g.y + half)]
        })
    }
}
