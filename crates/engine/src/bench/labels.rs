//! The truth about a folder of pictures, `labels.json`, as the test kit writes it.
//!
//! ```json
//! {"schema": 1, "today": "2026-11-22",
//!  "pictures": [{"file": "p1/portrait_side.jpg", "kind": "resident_portrait_side", "condition": "photo",
//!                "corners": [[x, y], …], "fields": {"name": "…", …}, "fault": {"kind": "blur", "grade": 0.6},
//!                "face": "label of the face", "person": "label of the person"}],
//!  "cases": [{"person": "…", "portrait_side": "file", "emblem_side": "file", "selfie": "file",
//!             "name": "typed", "number": "typed"}]}
//! ```
//! Keys not named here are ignored; the test kit's README describes them all.

use serde::Deserialize;
use shiming_domain::evidence::{Corners, Kind};
use shiming_domain::iso_date;
use shiming_domain::personal::{Personal, full_view};
use std::collections::BTreeMap;
use std::io;
use std::path::{Component, Path, PathBuf};
use time::Date;

/// Name of the file with the truth.
pub const FILE_NAME: &str = "labels.json";
/// The layout this program reads.
const SCHEMA: u64 = 1;
/// Largest truth that is read, bytes.
const BYTES_MAX: u64 = 256 << 20;
/// Most pictures measured in one run.
const PICTURES_MAX: usize = 100_000;

/// The truth about a folder.
#[derive(Debug, Deserialize)]
pub struct Labels {
    /// The day terms were painted for.
    #[serde(with = "iso_date")]
    pub today: Date,
    /// One entry per picture.
    pub pictures: Vec<Picture>,
    /// Complete verifications.
    #[serde(default)]
    pub cases: Vec<Case>,
}

/// The truth about one picture.
#[derive(Debug, Deserialize)]
pub struct Picture {
    /// Path inside the folder.
    pub file: PathBuf,
    /// What it shows.
    pub kind: Kind,
    /// For example `clean` or `photo`.
    #[serde(default)]
    pub condition: String,
    /// Of the document, pixels of the upright original.
    #[serde(default)]
    pub corners: Option<Corners>,
    /// Printed values by field name.
    #[serde(default)]
    pub fields: BTreeMap<String, Value>,
    /// The fault, if there is one.
    #[serde(default)]
    pub fault: Option<Fault>,
    /// Whose face it shows.
    #[serde(default)]
    pub face: Option<String>,
}

/// A printed value; only text is compared.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Text as printed, normalised.
    Text(#[serde(with = "full_view")] Personal),
    /// Anything else, such as the lines of a zone.
    Other(serde::de::IgnoredAny),
}

/// A painted fault.
#[derive(Debug, Deserialize)]
pub struct Fault {
    /// For example `glare`.
    pub kind: String,
    /// Strength, 0–1.
    pub grade: f32,
}

/// Pictures to be judged together.
#[derive(Debug, Deserialize)]
pub struct Case {
    /// Portrait side.
    pub portrait_side: PathBuf,
    /// Emblem side.
    pub emblem_side: PathBuf,
    /// Selfie.
    #[serde(default)]
    pub selfie: Option<PathBuf>,
    /// Typed name.
    #[serde(with = "full_view")]
    pub name: Personal,
    /// Typed number.
    #[serde(with = "full_view")]
    pub number: Personal,
}

/// Why a folder cannot be measured. No message quotes a value.
#[derive(Debug, thiserror::Error)]
pub enum LabelsError {
    /// The file is not there or cannot be read.
    #[error("cannot read {}", .0.display())]
    Io(PathBuf, #[source] io::Error),
    /// Not JSON of this layout.
    #[error("{} is not in the layout of the test kit: line {line}, column {column}", file.display())]
    Shape {
        /// The file.
        file: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// Another version.
    #[error("{} has layout version {found}; this program reads version {SCHEMA}", file.display())]
    Schema {
        /// The file.
        file: PathBuf,
        /// Its version.
        found: u64,
    },
    /// A path that leaves the folder.
    #[error("{} names a picture outside of its folder (entry {place})", file.display())]
    Outside {
        /// The file.
        file: PathBuf,
        /// Entry, from 1.
        place: usize,
    },
    /// Nothing to measure, or too much.
    #[error("{} lists {pictures} pictures; at least one and at most {PICTURES_MAX} are measured", file.display())]
    Count {
        /// The file.
        file: PathBuf,
        /// Pictures in it.
        pictures: usize,
    },
}

impl Labels {
    /// Reads the truth of a folder.
    pub fn read(dir: &Path) -> Result<Self, LabelsError> {
        let file = dir.join(FILE_NAME);
        let bytes = read_capped(&file).map_err(|e| LabelsError::Io(file.clone(), e))?;
        Self::parse(&bytes, &file)
    }

    fn parse(bytes: &[u8], file: &Path) -> Result<Self, LabelsError> {
        #[derive(Deserialize)]
        struct Version {
            schema: u64,
        }
        let shape = |e: serde_json::Error| LabelsError::Shape {
            file: file.to_owned(),
            line: e.line(),
            column: e.column(),
        };
        let Version { schema } = serde_json::from_slice(bytes).map_err(shape)?;
        if schema != SCHEMA {
            return Err(LabelsError::Schema { file: file.to_owned(), found: schema });
        }
        let labels: Self = serde_json::from_slice(bytes).map_err(shape)?;
        if labels.pictures.is_empty() || labels.pictures.len() > PICTURES_MAX {
            return Err(LabelsError::Count { file: file.to_owned(), pictures: labels.pictures.len() });
        }
        let of_cases = labels
            .cases
            .iter()
            .flat_map(|c| [Some(&c.portrait_side), Some(&c.emblem_side), c.selfie.as_ref()])
            .flatten();
        for (i, path) in labels.pictures.iter().map(|p| &p.file).chain(of_cases).enumerate() {
            let inside = path.components().all(|part| matches!(part, Component::Normal(_)));
            if !inside {
                return Err(LabelsError::Outside { file: file.to_owned(), place: i + 1 });
            }
        }
        Ok(labels)
    }
}

fn read_capped(file: &Path) -> io::Result<Vec<u8>> {
    use io::Read as _;
    let mut bytes = Vec::new();
    std::fs::File::open(file)?.take(BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Labels, LabelsError> {
        Labels::parse(text.as_bytes(), Path::new("labels.json"))
    }

    #[test]
    fn the_documented_layout_is_read() {
        let labels = parse(
            r#"{"schema":1,"seed":3,"today":"2026-11-22","pictures":[{"file":"a/b.jpg","kind":"face_photo",
               "variant":"selfie","condition":"photo","width":1,"height":1,"orientation":1,"corners":null,
               "fields":{"name":"样本","mrz":["P<"]},"fault":{"kind":"blur","grade":0.5,"box":null}}],
               "cases":[{"person":"p","portrait_side":"a.jpg","emblem_side":"b.jpg","name":"样本","number":"1"}]}"#,
        )
        .unwrap();
        assert_eq!((labels.pictures.len(), labels.cases.len()), (1, 1));
        assert!(matches!(&labels.pictures[0].fields["name"], Value::Text(t) if t.reveal() == "样本"));
        assert!(matches!(&labels.pictures[0].fields["mrz"], Value::Other(_)));
    }

    #[test]
    fn hostile_and_foreign_files_are_refused() {
        let picture = |file: &str| {
            format!(
                r#"{{"schema":1,"today":"2026-11-22","pictures":[{{"file":"{file}","kind":"unknown"}}]}}"#
            )
        };
        for file in ["/etc/passwd", "../x.jpg", "a/../../x.jpg", "./../x"] {
            assert!(matches!(parse(&picture(file)), Err(LabelsError::Outside { .. })), "{file}");
        }
        assert!(matches!(parse(r#"{"schema":2}"#), Err(LabelsError::Schema { found: 2, .. })));
        for text in ["", "[]", "{}", r#"{"schema":1}"#, r#"{"schema":1,"today":"x","pictures":[]}"#] {
            assert!(matches!(parse(text), Err(LabelsError::Shape { .. })), "{text}");
        }
        let empty = r#"{"schema":1,"today":"2026-11-22","pictures":[]}"#;
        assert!(matches!(parse(empty), Err(LabelsError::Count { pictures: 0, .. })));
    }
}
