//! Folders of pictures with their truth.

mod faults;
mod people;
mod selfies;
mod sets;
mod sheet;
mod zoo;

pub use faults::{CLEAR_GRADE, GRADES, faults};
pub use people::people;
pub use selfies::selfies;
pub use sets::{card_set, set};
pub use sheet::contact_sheet;
pub use zoo::zoo;

use std::path::Path;

use time::Date;

use crate::card::Document;
use crate::content::Person;
use crate::faces::Faces;
use crate::fonts::{FontError, Fonts};
use crate::labels::{Case, Condition, FILE_NAME, Fields, Labels, Picture, SCHEMA, Variant};
use crate::photo::{self, Taken};

/// Everything a painter needs besides a seed.
#[derive(Debug)]
pub struct Studio {
    /// The fonts.
    pub fonts: Fonts,
    /// The faces.
    pub faces: Faces,
    /// The day the cards' terms are chosen for.
    pub today: Date,
}

impl Studio {
    /// Loads the fonts; faces and day are the caller's.
    pub fn open(faces: Faces, today: Date) -> Result<Self, FontError> {
        Ok(Self { fonts: Fonts::load()?, faces, today })
    }
}

/// A folder being painted: pictures are written as they are made, the truth at the end.
#[derive(Debug)]
pub struct Dataset {
    dir: std::path::PathBuf,
    labels: Labels,
}

impl Dataset {
    /// Starts a folder; makes it if it is not there.
    pub fn create(dir: &Path, seed: u64, today: Date) -> std::io::Result<Self> {
        std::fs::create_dir_all(dir)?;
        // A folder whose painting was broken off must not look complete.
        match std::fs::remove_file(dir.join(FILE_NAME)) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
        let labels = Labels {
            schema: SCHEMA,
            seed,
            today: today.to_string(),
            pictures: Vec::new(),
            cases: Vec::new(),
        };
        Ok(Self { dir: dir.to_owned(), labels })
    }

    /// Adds a picture of a document (or of none: `document` = `None` gives an `unknown`).
    pub fn add(
        &mut self,
        file: &str,
        subject: &Subject<'_>,
        taken: Taken,
        encoding: Encoding,
    ) -> anyhow::Result<&mut Picture> {
        let (width, height) = taken.image.dimensions();
        let bytes = photo::jpeg(taken.image, encoding.quality, encoding.orientation)?;
        let path = self.dir.join(file);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, bytes)?;
        let round = |v: f32| (v * 100.0).round() / 100.0;
        let mut picture = Picture {
            file: file.to_owned(),
            kind: subject.variant().kind(),
            variant: subject.variant(),
            condition: encoding.condition,
            width,
            height,
            orientation: encoding.orientation,
            corners: taken.corners.map(|q| q.map(|p| p.map(round))),
            fields: Fields::default(),
            field_boxes: std::collections::BTreeMap::new(),
            fault: taken.fault,
            person: None,
            face: None,
            bilingual: false,
            other_cards: Vec::new(),
        };
        match subject {
            Subject::Document(document) => {
                picture.fields = document.fields.clone();
                if let Some(map) = taken.map {
                    picture.field_boxes = document
                        .boxes
                        .iter()
                        .map(|(name, mm)| {
                            (name.clone(), <[f32; 4]>::from(map.apply_rect(*mm)).map(round).into())
                        })
                        .collect();
                }
                picture.person.clone_from(&document.person);
                picture.face.clone_from(&document.face);
                picture.bilingual = document.bilingual;
            }
            Subject::Face { person, face } => {
                picture.person = Some((*person).to_owned());
                picture.face = Some((*face).to_owned());
            }
            Subject::Nothing => {}
        }
        let at = self.labels.pictures.len();
        self.labels.pictures.push(picture);
        Ok(&mut self.labels.pictures[at])
    }

    /// Adds a complete verification of pictures already added.
    pub fn add_case(
        &mut self,
        person: &Person,
        portrait_side: &str,
        emblem_side: &str,
        selfie: Option<&str>,
    ) {
        self.labels.cases.push(Case {
            person: person.id.clone(),
            portrait_side: portrait_side.to_owned(),
            emblem_side: emblem_side.to_owned(),
            selfie: selfie.map(str::to_owned),
            name: person.name.clone(),
            number: person.number.clone(),
        });
    }

    /// Writes the truth and gives it.
    pub fn write(self) -> std::io::Result<Labels> {
        self.labels.write(&self.dir)?;
        Ok(self.labels)
    }
}

/// What a picture shows.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a> {
    /// A document.
    Document(&'a Document),
    /// A person.
    Face {
        /// Label of the person.
        person: &'a str,
        /// Whose face it is.
        face: &'a str,
    },
    /// No document.
    Nothing,
}

impl Subject<'_> {
    fn variant(&self) -> Variant {
        match self {
            Self::Document(document) => document.variant,
            Self::Face { .. } => Variant::Selfie,
            Self::Nothing => Variant::NoCard,
        }
    }
}

/// How a picture is stored.
#[derive(Debug, Clone, Copy)]
pub struct Encoding {
    /// JPEG quality.
    pub quality: u8,
    /// EXIF orientation 1–8.
    pub orientation: u8,
    /// Clean or photographed.
    pub condition: Condition,
}
