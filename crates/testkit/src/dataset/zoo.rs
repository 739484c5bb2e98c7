//! One of everything: all kinds of documents in all positions, two cards, no card.

use std::path::Path;

use super::{Dataset, Encoding, Studio, Subject};
use crate::card::{self, Document};
use crate::content::{Mix, Person};
use crate::geometry::Pose;
use crate::labels::{Condition, FaultKind, FaultLabel, Labels, OtherCard};
use crate::photo::{self, Background, Fault, Look, Shot};
use crate::rng::Rng;

const FRAME: (u32, u32) = (2016, 1512);
/// Card turns painted of every document, degrees clockwise.
const TURNS: [f32; 5] = [0.0, 90.0, 180.0, 270.0, 33.0];

/// Paints the zoo; `rounds` times everything. `tell` gets the number of pictures done.
pub fn zoo(
    dir: &Path,
    studio: &Studio,
    seed: u64,
    rounds: usize,
    mut tell: impl FnMut(usize),
) -> anyhow::Result<Labels> {
    let mut dataset = Dataset::create(dir, seed, studio.today)?;
    let mut done = 0;
    let mut step = || {
        done += 1;
        tell(done);
    };
    for round in 0..rounds {
        let rng = Rng::new(seed).fork(&format!("round {round}"));
        for (name, document) in documents(studio, round, &rng) {
            for turn in TURNS {
                let file = format!("{name}/{round}_{turn:03.0}.jpg");
                let rng = rng.fork(&file);
                let shot = Shot::ordinary(&document, FRAME.0, FRAME.1, turn, &mut rng.fork("shot"));
                let taken = photo::photograph(&document, &[], &shot, &rng);
                dataset.add(&file, &Subject::Document(&document), taken, stored(&shot.look, 1))?;
                step();
            }
        }
        for orientation in 1..=8 {
            let file = format!("exif/{round}_{orientation}.jpg");
            let rng = rng.fork(&file);
            let (person, _) = invent(studio, &file, &Mix::default(), &rng);
            let document = card::emblem_side(&person, &studio.fonts);
            let shot = Shot::ordinary(&document, FRAME.0, FRAME.1, 0.0, &mut rng.fork("shot"));
            let taken = photo::photograph(&document, &[], &shot, &rng);
            dataset.add(&file, &Subject::Document(&document), taken, stored(&shot.look, orientation))?;
            step();
        }
        for (i, (first, second)) in pairs(studio, round, &rng).iter().enumerate() {
            let file = format!("two_cards/{round}_{i}.jpg");
            two_cards(&mut dataset, &file, first, second, &rng.fork(&file))?;
            step();
        }
        for background in Background::ALL {
            let file = format!("no_card/{round}_{background:?}.jpg").to_lowercase();
            let rng = rng.fork(&file);
            let look = Look::ordinary(&mut rng.fork("look"));
            let ground =
                photo::paint_background(background, FRAME.0 * 2, FRAME.1 * 2, &mut rng.fork("ground"));
            let taken = photo::photograph_plain(ground, &look, &rng);
            let picture = dataset.add(&file, &Subject::Nothing, taken, stored(&look, 1))?;
            picture.fault = Some(FaultLabel { kind: FaultKind::NoCard, grade: 1.0, area: None });
            step();
        }
        let file = format!("face_photo/{round}.jpg");
        let rng = rng.fork(&file);
        if let Some(selfie) = studio.faces.selfie(1512, 2016, &mut rng.fork("pose")) {
            let look = Look::ordinary(&mut rng.fork("look"));
            let face = studio.faces.sources().first().map_or("", |s| s.person);
            let taken = photo::photograph_plain(selfie, &look, &rng);
            dataset.add(&file, &Subject::Face { person: face, face }, taken, stored(&look, 1))?;
            step();
        }
    }
    Ok(dataset.write()?)
}

const fn stored(look: &Look, orientation: u8) -> Encoding {
    Encoding { quality: look.jpeg_quality, orientation, condition: Condition::Photo }
}

fn invent(studio: &Studio, id: &str, mix: &Mix, rng: &Rng) -> (Person, crate::faces::Portrait) {
    let person = Person::invent(id, mix, studio.today, &studio.fonts, &mut rng.fork("person"));
    (person, studio.faces.portrait(&mut rng.fork("portrait")))
}

/// Every kind of document once.
fn documents(studio: &Studio, round: usize, rng: &Rng) -> Vec<(&'static str, Document)> {
    let fonts = &studio.fonts;
    let ordinary = Mix { bilingual: 0.0, long: 0.0, rare: 0.0, ..Mix::default() };
    let (person, portrait) = invent(studio, &format!("z{round}_ordinary"), &ordinary, &rng.fork("ordinary"));
    let (two, _) =
        invent(studio, &format!("z{round}_bilingual"), &Mix { bilingual: 1.0, ..ordinary }, &rng.fork("two"));
    let (long, _) =
        invent(studio, &format!("z{round}_long"), &Mix { long: 1.0, ..ordinary }, &rng.fork("long"));
    let (rare, _) =
        invent(studio, &format!("z{round}_rare"), &Mix { rare: 1.0, ..ordinary }, &rng.fork("rare"));
    let (old, _) =
        invent(studio, &format!("z{round}_old"), &Mix { age: (45, 85), ..ordinary }, &rng.fork("old"));
    let mut draw = rng.fork("documents");
    let days = draw.int(3, 80) as u8;
    vec![
        ("resident_portrait", card::portrait_side(&person, &portrait, fonts)),
        ("resident_emblem", card::emblem_side(&person, fonts)),
        ("bilingual_portrait", card::portrait_side(&two, &portrait, fonts)),
        ("bilingual_emblem", card::emblem_side(&two, fonts)),
        ("long_name", card::portrait_side(&long, &portrait, fonts)),
        ("rare_name", card::portrait_side(&rare, &portrait, fonts)),
        ("temporary_data", card::temporary_data_side(&person, &portrait, studio.today, days, fonts)),
        ("temporary_title", card::temporary_title_side(&person, fonts)),
        ("first_generation", card::first_generation(&old, &portrait, draw.int(1, 995) as u16, fonts)),
        ("passport", card::passport_page(&portrait, fonts, &mut draw)),
        ("td1", card::td1_card(&portrait, fonts, &mut draw)),
        ("bank_card", card::bank_card(fonts, &mut draw)),
        ("receipt", card::receipt(fonts, &mut draw)),
        ("blank_sheet", card::blank_sheet(&mut draw)),
        ("driving_licence", card::driving_licence(&person, &portrait, fonts)),
    ]
}

/// Documents that are photographed together; the first is the one that was asked for.
fn pairs(studio: &Studio, round: usize, rng: &Rng) -> Vec<(Document, Document)> {
    let fonts = &studio.fonts;
    let (a, face) = invent(studio, &format!("z{round}_first"), &Mix::default(), &rng.fork("first"));
    let (b, other_face) = invent(studio, &format!("z{round}_second"), &Mix::default(), &rng.fork("second"));
    let portrait = card::portrait_side(&a, &face, fonts);
    let emblem = card::emblem_side(&a, fonts);
    let stranger = card::portrait_side(&b, &other_face, fonts);
    let bank = card::bank_card(fonts, &mut rng.fork("bank"));
    vec![
        (portrait.clone(), emblem.clone()),
        (portrait.clone(), stranger.clone()),
        (emblem.clone(), card::emblem_side(&b, fonts)),
        (portrait, bank.clone()),
        (emblem, bank),
    ]
}

/// Two documents one below the other, or side by side.
fn two_cards(
    dataset: &mut Dataset,
    file: &str,
    first: &Document,
    second: &Document,
    rng: &Rng,
) -> anyhow::Result<()> {
    let mut draw = rng.fork("shot");
    let (w, h) = (FRAME.0 as f32, FRAME.1 as f32);
    let stacked = draw.chance(0.5);
    let (width_px, centres) = if stacked {
        (w * 0.52, [[w * 0.5, h * 0.26], [w * 0.5, h * 0.74]])
    } else {
        (w * 0.42, [[w * 0.26, h * 0.5], [w * 0.74, h * 0.5]])
    };
    let mut pose = |centre: [f32; 2]| Pose {
        centre: [centre[0] + draw.range(-0.02, 0.02) * w, centre[1] + draw.range(-0.01, 0.01) * h],
        width_px: width_px * draw.range(0.92, 1.0),
        roll_deg: draw.range(-5.0, 5.0),
        pitch_deg: draw.range(-8.0, 8.0),
        yaw_deg: draw.range(-8.0, 8.0),
        focal_px: 0.78 * w.hypot(h),
    };
    let (here, there) = (pose(centres[0]), pose(centres[1]));
    let shot = Shot {
        pose: here,
        fault: Some(Fault { kind: FaultKind::TwoCards, grade: 1.0 }),
        ..Shot::ordinary(first, FRAME.0, FRAME.1, 0.0, &mut draw)
    };
    let taken = photo::photograph(first, &[(second, there)], &shot, rng);
    let others = taken.others.iter().map(|&corners| OtherCard { variant: second.variant, corners }).collect();
    let picture = dataset.add(file, &Subject::Document(first), taken, stored(&shot.look, 1))?;
    picture.other_cards = others;
    Ok(())
}
