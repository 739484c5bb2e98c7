//! Documents painted flat, in millimetres, with the truth about what is printed where.

mod mrz;
mod other;
mod resident;
mod style;
mod temporary;

pub use mrz::{passport_page, td1_card};
pub use other::{bank_card, blank_sheet, driving_licence, receipt};
pub use resident::{emblem_side, portrait_side};
pub use temporary::{first_generation, temporary_data_side, temporary_title_side};

use std::collections::BTreeMap;

use image::RgbImage;

use crate::geometry::Rect;
use crate::labels::{Fields, Variant};

/// Resolution cards are painted at: 2000 pixels for 85.6 mm.
pub const PX_PER_MM: f32 = 2000.0 / CARD_WIDTH_MM;
/// Long side of an ID-1 card, ISO/IEC 7810.
pub const CARD_WIDTH_MM: f32 = 85.6;
/// Short side of an ID-1 card.
pub const CARD_HEIGHT_MM: f32 = 54.0;
/// Radius of an ID-1 card's corners.
pub const CARD_RADIUS_MM: f32 = 3.18;

/// A document seen straight on.
#[derive(Debug, Clone)]
pub struct Document {
    /// The pixels, [`PX_PER_MM`] unless the document is larger than a card.
    pub image: RgbImage,
    /// Width of the sheet.
    pub width_mm: f32,
    /// Height of the sheet.
    pub height_mm: f32,
    /// Radius of its corners; 0 for cut paper.
    pub radius_mm: f32,
    /// Thickness, which decides how deep its shadow is.
    pub thickness_mm: f32,
    /// What it is.
    pub variant: Variant,
    /// What is printed on it.
    pub fields: Fields,
    /// Where, in millimetres.
    pub boxes: BTreeMap<String, Rect>,
    /// Box of the portrait, millimetres.
    pub portrait: Option<Rect>,
    /// Label of the invented person.
    pub person: Option<String>,
    /// Whose face was used.
    pub face: Option<String>,
    /// Carries a second script.
    pub bilingual: bool,
}
