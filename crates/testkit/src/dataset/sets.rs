//! Sets of ordinary cards: one person, or many for the comparison with other programs.

use std::path::Path;

use super::{Dataset, Encoding, Studio, Subject};
use crate::card::{self, Document};
use crate::content::{Mix, Person};
use crate::geometry::Pose;
use crate::labels::{Condition, Labels};
use crate::photo::{self, Background, Look, Shot};
use crate::rng::Rng;

/// Frame of a 12-megapixel phone picture.
const FRAME: (u32, u32) = (4032, 3024);
/// Frame of a flat-bed scan at about 500 dpi with some bed around the card.
const SCAN: (u32, u32) = (2048, 1400);

/// One person: `portrait_side.jpg`, `emblem_side.jpg` and, with faces, a 12-megapixel
/// `selfie.jpg`; rendered clean or photographed with 12 megapixels.
pub fn card_set(dir: &Path, studio: &Studio, seed: u64, photographed: bool) -> anyhow::Result<Labels> {
    let mut dataset = Dataset::create(dir, seed, studio.today)?;
    let rng = Rng::new(seed);
    let mix = Mix { rare: 0.0, long: 0.0, bilingual: 0.0, ..Mix::default() };
    add_person(&mut dataset, studio, "", "p0001", &mix, photographed, &rng)?;
    Ok(dataset.write()?)
}

/// `cards` people in folders of their own, the first half clean, the second photographed. `tell`
/// is called after each with the number done.
pub fn set(
    dir: &Path,
    studio: &Studio,
    seed: u64,
    cards: usize,
    mut tell: impl FnMut(usize),
) -> anyhow::Result<Labels> {
    let mut dataset = Dataset::create(dir, seed, studio.today)?;
    for i in 0..cards {
        let id = format!("p{:04}", i + 1);
        let rng = Rng::new(seed).fork(&id);
        add_person(&mut dataset, studio, &format!("{id}/"), &id, &Mix::default(), i >= cards / 2, &rng)?;
        tell(i + 1);
    }
    Ok(dataset.write()?)
}

fn add_person(
    dataset: &mut Dataset,
    studio: &Studio,
    folder: &str,
    id: &str,
    mix: &Mix,
    photographed: bool,
    rng: &Rng,
) -> anyhow::Result<()> {
    let person = Person::invent(id, mix, studio.today, &studio.fonts, &mut rng.fork("person"));
    let portrait = studio.faces.portrait(&mut rng.fork("portrait"));
    let sides = [
        ("portrait_side", card::portrait_side(&person, &portrait, &studio.fonts)),
        ("emblem_side", card::emblem_side(&person, &studio.fonts)),
    ];
    let mut names = Vec::new();
    for (name, document) in &sides {
        let rng = rng.fork(name);
        let file = format!("{folder}{name}.jpg");
        let (shot, encoding) = if photographed { phone_shot(document, &rng) } else { scan(document, &rng) };
        let taken = photo::photograph(document, &[], &shot, &rng);
        dataset.add(&file, &Subject::Document(document), taken, encoding)?;
        names.push(file);
    }
    let mut selfie = None;
    let rng = rng.fork("selfie");
    if let Some(picture) = studio.faces.selfie(FRAME.1, FRAME.0, &mut rng.fork("pose")) {
        let file = format!("{folder}selfie.jpg");
        let look = Look::ordinary(&mut rng.fork("look"));
        let taken = photo::photograph_plain(picture, &look, &rng);
        let face = portrait.face.as_deref().unwrap_or_default();
        let encoding = Encoding { quality: look.jpeg_quality, orientation: 1, condition: Condition::Photo };
        dataset.add(&file, &Subject::Face { person: id, face }, taken, encoding)?;
        selfie = Some(file);
    }
    dataset.add_case(&person, &names[0], &names[1], selfie.as_deref());
    Ok(())
}

/// A 12-megapixel phone photograph with ordinary variation.
fn phone_shot(document: &Document, rng: &Rng) -> (Shot, Encoding) {
    let mut rng = rng.fork("shot");
    let mut shot = Shot::ordinary(document, FRAME.0, FRAME.1, 0.0, &mut rng);
    // Many a good photograph is a little out of focus or catches a lamp, below what a person would object to.
    if rng.chance(0.4) {
        shot.look.softness_px = rng.range(1.1, 2.2);
    }
    if rng.chance(0.4) {
        shot.look.sheen = rng.range(0.07, 0.16);
    }
    // A phone held upright stores the sensor's landscape pixels with orientation 6; a landscape
    // picture is stored as it is or upside down.
    let orientation = rng.pick(&[1, 1, 1, 3, 6, 8]);
    let encoding = Encoding { quality: shot.look.jpeg_quality, orientation, condition: Condition::Photo };
    (shot, encoding)
}

/// The card straight on a scanner's bed.
fn scan(document: &Document, rng: &Rng) -> (Shot, Encoding) {
    let mut rng = rng.fork("scan");
    let (w, h) = SCAN;
    let pose = Pose {
        centre: [w as f32 / 2.0 + rng.range(-40.0, 40.0), h as f32 / 2.0 + rng.range(-20.0, 20.0)],
        width_px: 1680.0 * document.width_mm / card::CARD_WIDTH_MM,
        roll_deg: rng.range(-0.6, 0.6),
        pitch_deg: 0.0,
        yaw_deg: 0.0,
        focal_px: 4000.0,
    };
    let look = Look {
        exposure_ev: 0.0,
        warmth: 0.0,
        vignette: 0.0,
        falloff: 0.0,
        falloff_to: 0.8,
        sheen: 0.0,
        dimming: 0.0,
        softness_px: 0.5,
        noise: 0.4,
        jpeg_quality: 93,
    };
    let shot = Shot { width: w, height: h, pose, background: Background::Plain, look, fault: None };
    (shot, Encoding { quality: 93, orientation: 1, condition: Condition::Clean })
}
