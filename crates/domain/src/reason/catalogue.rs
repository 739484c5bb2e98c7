//! The one table of reasons, read from `locales/reasons.toml`.

use super::{Code, Kind, Step, Text};
use crate::check::Subject;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

const TABLE: &str = include_str!("../../../../locales/reasons.toml");

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    // The table is compiled in and every test reads it, so this cannot depend on any input.
    Catalogue::from_toml(TABLE).expect("the embedded reason table is read by every test")
});

/// Why a table was refused.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// Not TOML, an unknown key, an unknown code or step.
    #[error("the reason table cannot be read: {0}")]
    Syntax(#[from] toml::de::Error),
    /// A row breaks a rule.
    #[error("{code}: {problem}")]
    Row {
        /// The row.
        code: String,
        /// What is wrong with it.
        problem: &'static str,
    },
}

/// Which step a reason sends people back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Redo {
    /// The step whose picture the check ran on.
    Side,
    /// The step that is open now.
    Current,
    /// The same step after a pause.
    Later,
    /// [`Step::Consent`].
    Consent,
    /// [`Step::Form`].
    Form,
    /// [`Step::PortraitSide`].
    PortraitSide,
    /// [`Step::EmblemSide`].
    EmblemSide,
    /// [`Step::Selfie`].
    Selfie,
    /// [`Step::Channel`].
    Channel,
    /// [`Step::Evidence`].
    Evidence,
}

impl Redo {
    /// The step, for a check that ran on `subject`.
    pub fn step(self, subject: Subject) -> Option<Step> {
        match self {
            Self::Side | Self::Current => subject.step(),
            Self::Later => None,
            Self::Consent => Some(Step::Consent),
            Self::Form => Some(Step::Form),
            Self::PortraitSide => Some(Step::PortraitSide),
            Self::EmblemSide => Some(Step::EmblemSide),
            Self::Selfie => Some(Step::Selfie),
            Self::Channel => Some(Step::Channel),
            Self::Evidence => Some(Step::Evidence),
        }
    }
}

/// Until when a public code stands in for the real one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PublicUntil {
    /// The selfie has matched: the person is known to be the one the answer is about.
    FaceMatched,
}

/// Where a person may send people back for a reason that by itself only makes a person look.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What to do again.
    pub redo: Vec<Redo>,
    /// What is read then, for the reason's own text says that people wait.
    pub text: Text,
}

/// One reason.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its code.
    pub code: Code,
    /// Who fixes it.
    pub kind: Kind,
    /// What to do again.
    pub redo: Vec<Redo>,
    /// One of `redo` is enough.
    pub redo_any: bool,
    /// Where a person may send people back for it beyond that.
    pub asked: Option<Asked>,
    /// What the applicant is told instead, if the reason is a suspicion.
    pub public: Option<Code>,
    /// Until when.
    pub public_until: Option<PublicUntil>,
    /// Place in one-at-a-time display, smallest first.
    pub rank: u16,
    /// The text for people, with placeholders. Of a suspicion: the public text.
    pub text: Text,
    /// What staff call it. Of a public stand-in: nothing.
    pub title: Text,
    /// For the reviewer. Of a public stand-in: nothing.
    pub note: Text,
    /// Vendor codes that mean the same.
    pub maps: Vec<String>,
}

impl Entry {
    /// All that somebody who decides may have done again for it.
    pub fn may_ask(&self) -> impl Iterator<Item = Redo> {
        self.redo.iter().chain(self.asked.iter().flat_map(|asked| &asked.redo)).copied()
    }

    /// What people read who were sent back for it.
    pub(super) fn text_asked(&self) -> &Text {
        self.asked.as_ref().map_or(&self.text, |asked| &asked.text)
    }
}

/// All reasons.
#[derive(Debug)]
pub struct Catalogue {
    /// Version, stored with every decision.
    pub version: String,
    entries: BTreeMap<Code, Entry>,
    words: Words,
}

/// The embedded table.
pub fn catalogue() -> &'static Catalogue {
    &CATALOGUE
}

impl Catalogue {
    /// Reads a table and checks every row.
    pub fn from_toml(text: &str) -> Result<Self, CatalogueError> {
        let raw: RawTable = toml::from_str(text)?;
        let mut entries = BTreeMap::new();
        for row in raw.public {
            let entry = Entry {
                code: row.code,
                kind: Kind::REVIEW,
                redo: Vec::new(),
                redo_any: false,
                asked: None,
                public: None,
                public_until: None,
                rank: row.rank,
                text: Text { zh_cn: row.zh_cn, en: row.en },
                title: Text::default(),
                note: Text::default(),
                maps: Vec::new(),
            };
            insert(&mut entries, entry)?;
        }
        for row in raw.reason {
            let entry = row.into_entry(&entries)?;
            insert(&mut entries, entry)?;
        }
        if let Some(missing) = Code::ALL.iter().find(|c| !entries.contains_key(c)) {
            return Err(CatalogueError::Row { code: missing.to_string(), problem: "has no row" });
        }
        Ok(Self { version: raw.version, entries, words: raw.words })
    }

    /// The row of a code. Every code has one; [`Catalogue::from_toml`] sees to that.
    pub fn get(&self, code: Code) -> Option<&Entry> {
        self.entries.get(&code)
    }

    /// All rows by code.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    /// The word for a side, as used in `{side}`.
    pub fn side_word(&self, subject: Subject) -> Option<&Text> {
        self.words.side.get(subject.as_str())
    }

    /// The word for a field, as used in `{fields}`.
    pub fn field_word(&self, field: &str) -> Option<&Text> {
        self.words.field.get(field)
    }

    /// What fills `{what}`: where the paper that is asked for is named.
    pub fn note_word(&self) -> &Text {
        &self.words.note.what
    }

    /// What a person reads when a suspicion ended in a final rejection.
    pub fn final_rejection(&self) -> &Text {
        &self.words.r#final.rejected
    }
}

fn insert(entries: &mut BTreeMap<Code, Entry>, entry: Entry) -> Result<(), CatalogueError> {
    let refuse = |problem| Err(CatalogueError::Row { code: entry.code.to_string(), problem });
    for text in [&entry.text, entry.text_asked()] {
        if text.zh_cn.trim().is_empty() || text.en.trim().is_empty() {
            return refuse("a text is missing");
        }
        if super::text::placeholders(&text.zh_cn) != super::text::placeholders(&text.en) {
            return refuse("zh-CN and en do not use the same placeholders");
        }
        if super::text::placeholders(&text.en).iter().any(|p| !super::text::KNOWN.contains(p)) {
            return refuse("unknown placeholder");
        }
    }
    if entry.asked.as_ref().is_some_and(|asked| asked.redo.is_empty()) {
        return refuse("`asked` needs a step");
    }
    if entry.asked.is_some() && (!entry.redo.is_empty() || entry.public.is_some()) {
        return refuse("`asked` is for what waits for a person, has no `redo` and is no suspicion");
    }
    if entry.redo_any && entry.redo.len() < 2 {
        return refuse("redo_any needs two steps to choose from");
    }
    if entries.contains_key(&entry.code) {
        return refuse("stands in the table twice");
    }
    entries.insert(entry.code, entry);
    Ok(())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTable {
    #[serde(rename = "schema")]
    _schema: SchemaOne,
    version: String,
    words: Words,
    public: Vec<RawPublic>,
    reason: Vec<RawReason>,
}

#[derive(Deserialize)]
#[serde(try_from = "u32")]
struct SchemaOne;

impl TryFrom<u32> for SchemaOne {
    type Error = &'static str;
    fn try_from(value: u32) -> Result<Self, Self::Error> {
        if value == 1 { Ok(Self) } else { Err("this program reads schema 1") }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    side: BTreeMap<String, Text>,
    field: BTreeMap<String, Text>,
    note: NoteWords,
    r#final: FinalWords,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NoteWords {
    what: Text,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FinalWords {
    rejected: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPublic {
    code: Code,
    rank: u16,
    #[serde(rename = "zh-CN")]
    zh_cn: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawReason {
    code: Code,
    kind: Kind,
    #[serde(default)]
    redo: Vec<Redo>,
    #[serde(default)]
    redo_any: bool,
    asked: Option<RawAsked>,
    public: Option<Code>,
    public_until: Option<PublicUntil>,
    rank: u16,
    #[serde(rename = "zh-CN")]
    zh_cn: Option<String>,
    en: Option<String>,
    title: Text,
    note: Text,
    #[serde(default)]
    maps: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAsked {
    redo: Vec<Redo>,
    #[serde(rename = "zh-CN")]
    zh_cn: String,
    en: String,
}

impl RawReason {
    fn into_entry(self, public: &BTreeMap<Code, Entry>) -> Result<Entry, CatalogueError> {
        let refuse = |problem| CatalogueError::Row { code: self.code.to_string(), problem };
        let stand_in = match self.public {
            None => None,
            Some(code) => Some(public.get(&code).ok_or_else(|| refuse("its public code has no row"))?),
        };
        let text = match (self.zh_cn, self.en, stand_in, self.public_until) {
            // A suspicion has no text of its own: nothing that could slip out.
            (None, None, Some(stand_in), None) => stand_in.text.clone(),
            (Some(_), _, Some(_), None) | (_, Some(_), Some(_), None) => {
                return Err(CatalogueError::Row {
                    code: self.code.to_string(),
                    problem: "a suspicion must not have a text of its own",
                });
            }
            (Some(zh_cn), Some(en), _, _) => Text { zh_cn, en },
            _ => {
                return Err(CatalogueError::Row {
                    code: self.code.to_string(),
                    problem: "a text is missing",
                });
            }
        };
        if self.kind.is_retry() && self.redo.is_empty() {
            return Err(CatalogueError::Row {
                code: self.code.to_string(),
                problem: "something to retry needs a step",
            });
        }
        Ok(Entry {
            code: self.code,
            kind: self.kind,
            redo: self.redo,
            redo_any: self.redo_any,
            asked: self
                .asked
                .map(|raw| Asked { redo: raw.redo, text: Text { zh_cn: raw.zh_cn, en: raw.en } }),
            public: self.public,
            public_until: self.public_until,
            rank: self.rank,
            text,
            title: self.title,
            note: self.note,
            maps: self.maps,
        })
    }
}
