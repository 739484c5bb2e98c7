//! Text for people: short, aligned, one screen.

pub(crate) mod bench;
pub(crate) mod compare;
pub(crate) mod id_number;
pub(crate) mod inspect;
pub(crate) mod models;
pub(crate) mod mrz;
pub(crate) mod replay;
pub(crate) mod verify;

use crate::lang::Lang;
use crate::words;
use shiming_domain::evidence::{EmblemSideFields, Field, PortraitSideFields};
use shiming_domain::reason::Reason;
use std::fmt::Write as _;
use unicode_width::UnicodeWidthStr as _;

/// Rows of cells; every column as wide as its widest cell. Chinese characters take two places.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn row<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows, each after `indent` spaces.
    pub(crate) fn render(&self, indent: usize) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut out = String::new();
        for row in &self.rows {
            let mut line = " ".repeat(indent);
            for (cell, width) in row.iter().zip(&widths) {
                line.push_str(cell);
                line.push_str(&" ".repeat(width.saturating_sub(cell.width()) + 2));
            }
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out
    }
}

/// Numbered reasons with what to do.
pub(crate) fn reasons(reasons: &[Reason], lang: Lang) -> String {
    let mut out = String::new();
    for (i, reason) in reasons.iter().enumerate() {
        let _ = writeln!(out, "  {}. {}  [{}]", i + 1, lang.of(&reason.text), reason.code.as_str());
    }
    out
}

/// Names and values of the fields of a portrait side.
pub(crate) fn portrait_rows(fields: &PortraitSideFields) -> [(&'static str, Option<&Field>); 6] {
    [
        ("name", fields.name.as_ref()),
        ("sex", fields.sex.as_ref()),
        ("ethnicity", fields.ethnicity.as_ref()),
        ("birth_date", fields.birth_date.as_ref()),
        ("address", fields.address.as_ref()),
        ("number", fields.number.as_ref()),
    ]
}

/// Names and values of the fields of an emblem side.
pub(crate) fn emblem_rows(fields: &EmblemSideFields) -> [(&'static str, Option<&Field>); 3] {
    [
        ("issuer", fields.issuer.as_ref()),
        ("valid_from", fields.valid_from.as_ref()),
        ("valid_until", fields.valid_until.as_ref()),
    ]
}

/// Label, text, confidence of each field.
pub(crate) fn field_table<'a>(
    rows: impl IntoIterator<Item = (&'static str, Option<&'a Field>)>,
    lang: Lang,
) -> Table {
    let mut table = Table::default();
    for (name, field) in rows {
        let label = words::field(name).of(lang).to_owned();
        match field {
            Some(field) => {
                table.row([
                    label,
                    one_line(field.text.reveal()),
                    format!("{:.0} %", field.confidence * 100.0),
                ]);
            }
            None => table.row([label, "—".to_owned()]),
        }
    }
    table
}

/// Text that came from a picture or a form, safe for a terminal: no control characters, no escapes.
pub(crate) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// Milliseconds for people.
pub(crate) fn time(ms: shiming_engine::Milliseconds) -> String {
    if ms.0 < 1000.0 { format!("{:.0} ms", ms.0) } else { format!("{:.2} s", ms.0 / 1000.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_also_in_chinese() {
        let mut table = Table::default();
        table.row(["姓名", "张三"]);
        table.row(["number", "1"]);
        assert_eq!(table.render(2), "  姓名    张三\n  number  1\n");
    }

    #[test]
    fn a_terminal_never_sees_control_characters() {
        assert_eq!(one_line("a\u{1b}[2Jb\n"), "a\u{fffd}[2Jb\u{fffd}");
    }
}
