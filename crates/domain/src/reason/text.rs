//! Texts in both languages and what is filled into them.

use super::catalogue::Catalogue;
use crate::check::Subject;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Placeholders a text may use.
pub(super) const KNOWN: &[&str] =
    &["side", "fields", "date", "typed", "read", "time", "level", "n", "item", "what"];

/// A text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    pub zh_cn: String,
    /// English.
    pub en: String,
}

/// Values for the placeholders. Personal values are masked before they come here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Details {
    /// Names of fields, for `{fields}`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// `{date}`, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// `{typed}`, masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typed: Option<String>,
    /// `{read}`, masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<String>,
}

impl Details {
    /// Nothing to fill in.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The placeholders a text uses.
pub(super) fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

/// Fills a text. What is not known becomes `…`, never a raw placeholder.
pub(super) fn render(catalogue: &Catalogue, text: &Text, subject: Subject, details: &Details) -> Text {
    let fill = |text: &str, pick: fn(&Text) -> &str, separator: &str| {
        let mut out = String::with_capacity(text.len() + 32);
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                rest = after;
                continue;
            };
            match name {
                "side" => {
                    let word = catalogue.side_word(subject).map_or("", pick);
                    // A picture nobody asked for a side of has no word; do not leave a double space.
                    rest = if word.is_empty() { after.trim_start() } else { after };
                    out.push_str(word);
                    continue;
                }
                "fields" => {
                    let words: Vec<&str> = details
                        .fields
                        .iter()
                        .map(|f| catalogue.field_word(f).map_or(f.as_str(), pick))
                        .collect();
                    out.push_str(if words.is_empty() { "…" } else { "" });
                    out.push_str(&words.join(separator));
                }
                "date" => out.push_str(details.date.as_deref().unwrap_or("…")),
                "typed" => out.push_str(details.typed.as_deref().unwrap_or("…")),
                "read" => out.push_str(details.read.as_deref().unwrap_or("…")),
                "what" => out.push_str(pick(catalogue.note_word())),
                _ => out.push('…'),
            }
            rest = after;
        }
        out.push_str(rest);
        out
    };
    Text { zh_cn: fill(&text.zh_cn, |t| &t.zh_cn, "、"), en: fill(&text.en, |t| &t.en, ", ") }
}
