//! Glyph runs to normalised fields with confidence and box.

use super::portrait::birth_text;
use super::{EmblemSpans, PortraitSpans, Span};
use crate::card::flat::Flat;
use crate::picture::Picture;
use shiming_domain::evidence::{EmblemSideFields, Field, PortraitSideFields};
use shiming_domain::personal::Personal;

fn field(span: &Span, text: impl Into<String>, flat: &Flat, picture: &Picture) -> Field {
    Field {
        text: Personal::new(text),
        confidence: span.confidence(),
        region: Some(flat.region(picture, span.bounds())),
        alternative: None,
    }
}

/// Field texts of the portrait side. `strict_number` is the number line decoded with figures and X only.
pub(crate) fn portrait_fields(
    spans: &PortraitSpans,
    strict_number: Option<&Span>,
    flat: &Flat,
    picture: &Picture,
) -> PortraitSideFields {
    let plain = |span: &Option<Span>| span.as_ref().map(|s| field(s, s.text(), flat, picture));
    let birth_date = spans.birth.as_ref().and_then(|s| {
        let printed = birth_text(s)?;
        // What is not a date is still shown as read: the judgement belongs to `domain`.
        let text = shiming_idcard::parse_printed_date(&printed).map_or(printed, |d| d.to_string());
        Some(field(s, text, flat, picture))
    });
    let number = number_field(spans.number.as_ref(), strict_number, flat, picture);
    PortraitSideFields {
        name: plain(&spans.name),
        sex: plain(&spans.sex),
        ethnicity: spans.ethnicity.as_ref().map(|s| field(s, ethnicity_text(&s.text()), flat, picture)),
        birth_date,
        address: spans.address.as_ref().map(|s| field(s, standard(&s.text()), flat, picture)),
        number,
    }
}

/// Everything but names is printed in standard characters (ID Card Law, Art. 4). A recogniser that knows more
/// sometimes answers with the traditional form of what it sees.
fn standard(read: &str) -> String {
    let form = |c: char| {
        let folded = shiming_idcard::name::fold(c.encode_utf8(&mut [0; 4]));
        let mut chars = folded.chars();
        match (chars.next(), chars.next()) {
            (Some(one), None) if shiming_idcard::name::is_standard(one) => one,
            _ => c,
        }
    };
    let keep = |c: char| !shiming_idcard::name::is_han(c) || shiming_idcard::name::is_standard(c);
    read.chars().map(|c| if keep(c) { c } else { form(c) }).collect()
}

/// 族 is not printed after the name of the group; where it was read it came from a neighbour.
fn ethnicity_text(read: &str) -> String {
    let read = standard(read);
    read.strip_suffix('族').filter(|s| !s.is_empty()).unwrap_or(&read).to_owned()
}

/// The strict reading wins when it is the complete one; a differing plain reading is kept beside it.
fn number_field(
    plain: Option<&Span>,
    strict: Option<&Span>,
    flat: &Flat,
    picture: &Picture,
) -> Option<Field> {
    let plain_text = plain.map(|s| s.text().to_ascii_uppercase());
    let strict_text = strict.map(|s| s.text().to_ascii_uppercase());
    let complete = |t: &Option<String>| t.as_ref().is_some_and(|t| t.len() == 18 || t.len() == 15);
    let (span, text, other) = match (plain, strict) {
        (Some(p), Some(s)) if complete(&strict_text) || !complete(&plain_text) => {
            (if complete(&strict_text) { s } else { p }, strict_text.clone(), plain_text)
        }
        (Some(p), _) => (p, plain_text, strict_text),
        (None, Some(s)) => (s, strict_text, None),
        (None, None) => return None,
    };
    let text = text?;
    let alternative = other.filter(|o| *o != text).map(Personal::new);
    Some(Field { alternative, ..field(span, text, flat, picture) })
}

/// Field texts of the emblem side.
pub(crate) fn emblem_fields(spans: &EmblemSpans, flat: &Flat, picture: &Picture) -> EmblemSideFields {
    let issuer = spans.issuer.as_ref().map(|s| field(s, standard(&s.text()), flat, picture));
    let mut out = EmblemSideFields { issuer, ..EmblemSideFields::default() };
    let Some(validity) = &spans.validity else { return out };
    let (from, until) = split_validity(validity);
    let text = |s: &Span| {
        let printed = s.text();
        if printed.contains('长') || printed.contains('期') {
            return "长期".to_owned();
        }
        shiming_idcard::parse_printed_date(&printed).map_or(printed, |d| d.to_string())
    };
    out.valid_from = from.map(|s| field(&s, text(&s), flat, picture));
    out.valid_until = until.map(|s| field(&s, text(&s), flat, picture));
    out
}

/// `2018.04.01-2038.04.01`: by the dash where there is one, else after the eighth figure.
fn split_validity(span: &Span) -> (Option<Span>, Option<Span>) {
    let glyphs = &span.glyphs;
    let dash =
        glyphs.iter().position(|g| g.c == '-').filter(|_| glyphs.iter().filter(|g| g.c == '-').count() == 1);
    let cut = dash.or_else(|| {
        let mut figures = 0;
        let eighth = glyphs.iter().position(|g| {
            figures += u32::from(g.c.is_ascii_digit());
            figures == 8
        })?;
        Some(eighth + 1)
    });
    let Some(cut) = cut else { return (Some(span.clone()), None) };
    let tail = glyphs.get(cut..).unwrap_or_default();
    let start = tail.iter().position(|g| g.c.is_alphanumeric()).unwrap_or(tail.len());
    (Span::of(glyphs[..cut].to_vec()), Span::of(tail[start..].to_vec()))
}
