//! A second reading, when the first found no card.
//!
//! Somebody whose card is cut off, far away, covered or blurred must be told just that, and not that there is
//! no card. So what the ordinary search lets go is looked at again: outlines that show what only a card shows
//! ([`super::wide`]), and words of a card wherever they stand ([`super::words`]).

use super::card::{CardRead, Located, read_flat};
use super::wide::FaceClue;
use super::words::{self, CARD};
use super::{DOCUMENT_ROWS_MIN, wide};
use crate::card::flat::{Flat, READING_PX_PER_MM};
use crate::card::geometry::Point;
use crate::card::side::Hint;
use crate::models::Models;
use crate::ocr::TextBox;
use crate::picture::Picture;
use crate::quality;
use crate::read::Layout;
use crate::runtime::EngineError;
use shiming_domain::evidence::{Kind, Measure};

/// Characters of a card are printed with strokes of about 0.4 mm: they are gone where edges rise over as much.
/// Per millimetre.
const READABLE_SHARPNESS: f32 = 2.6;
/// Share of the card that must be covered before its text may be missing for that reason.
const COVERED_MIN: f32 = 0.05;

/// What is left when no kind of document was read.
#[derive(Default)]
pub(super) struct Unread {
    /// A card on which nothing can be read for a reason that can be told.
    pub(super) illegible: Option<CardRead>,
    /// Anything with text on it.
    pub(super) document: Option<CardRead>,
}

impl Unread {
    pub(super) fn add(&mut self, picture: &Picture, read: CardRead) {
        if read.says_other {
            return;
        }
        if self.illegible.is_none()
            && read.text_rows < DOCUMENT_ROWS_MIN
            && read.located.as_ref().is_some_and(|located| is_illegible(picture, located))
        {
            self.illegible = Some(CardRead { is_illegible: true, ..read });
        } else if read.text_rows > 0 && self.document.is_none() {
            self.document = Some(read);
        }
    }
}

/// The wider search, from what costs least: outlines with a hint, a card far away, words of a card anywhere.
pub(super) fn read(
    models: &Models,
    picture: &Picture,
    texts: &[TextBox],
    faces: &[FaceClue],
    unread: &mut Unread,
) -> Result<Option<CardRead>, EngineError> {
    for found in wide::hinted(picture, texts, faces) {
        let read = if found.is_readable {
            read_flat(models, picture, found.located)?
        } else {
            CardRead::unread(found.located)
        };
        if read.kind != Kind::Unknown {
            return Ok(Some(read));
        }
        unread.add(picture, read);
    }
    if unread.illegible.is_none()
        && let Some(located) = wide::far_away(models, picture, faces)?
    {
        unread.add(picture, CardRead::unread(located));
    }
    if unread.illegible.is_some() {
        return Ok(None);
    }
    let words = words::anywhere(models, picture, texts)?;
    let mut places = Vec::new();
    if let Some(layout) = Layout::of(&words) {
        let corners = wide::snapped(picture, &CARD.map(|p| layout.place(p)));
        if let Some(flat) = Flat::card(&picture.rgb, &corners, READING_PX_PER_MM) {
            places.push(Located { corners, flat, hint: None, cards: 1 });
        }
    } else if !words.is_empty() {
        let seen: Vec<Point> = words.iter().map(|word| word.seen).collect();
        places.extend(wide::around(picture, &seen, texts).into_iter().map(|found| found.located));
    }
    for located in places {
        let read = read_flat(models, picture, located)?;
        if read.kind != Kind::Unknown {
            return Ok(Some(read));
        }
    }
    Ok(None)
}

/// Why no text was read on a card that shows what only a card shows: it cannot be seen. Without such a reason
/// it is no card, but a person before a window.
pub(super) fn is_illegible(picture: &Picture, located: &Located) -> bool {
    let Some(hint) = located.hint else { return false };
    quality::measure_card(picture, &located.corners).iter().any(|m| match m.measure {
        Measure::Sharpness => m.value < READABLE_SHARPNESS,
        // Skin and clothes before a window would be called a cover, too.
        Measure::Occlusion => hint == Hint::Emblem && m.value > COVERED_MIN,
        _ => false,
    })
}
