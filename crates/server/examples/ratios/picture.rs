//! A specimen card photographed with 12 megapixels.

use shiming_testkit::dataset::{Studio, card_set};
use shiming_testkit::faces::Faces;
use std::path::Path;
use time::{Date, Month};

/// Paints it. `faces` is the folder of test pictures beside the models.
pub(crate) fn paint(faces: &Path) -> Vec<u8> {
    let today = Date::from_calendar_date(2026, Month::November, 22).expect("a date");
    let faces = Faces::open(faces).unwrap_or_else(|_| Faces::none());
    let studio = Studio::open(faces, today).expect("fonts");
    let folder = std::env::temp_dir().join(format!("shiming-ratios-{}", std::process::id()));
    card_set(&folder, &studio, 2, true).expect("a specimen");
    let bytes = std::fs::read(folder.join("portrait_side.jpg")).expect("its portrait side");
    std::fs::remove_dir_all(&folder).expect("a folder of ours");
    bytes
}
