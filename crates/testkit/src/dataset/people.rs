//! Face photographs: several of the same person, several persons, two in one picture, none.

use std::path::Path;

use image::RgbImage;

use super::{Dataset, Encoding, Studio, Subject};
use crate::faces::self_portrait;
use crate::labels::{Condition, FaultKind, FaultLabel, Labels};
use crate::photo::{self, Background, Look};
use crate::rng::Rng;

const FRAME: (u32, u32) = (1512, 2016);

/// `per_picture` variations of every source picture, labelled by person, then pictures with two
/// people and with none. `tell` gets the number of pictures done.
pub fn people(
    dir: &Path,
    studio: &Studio,
    seed: u64,
    per_picture: usize,
    mut tell: impl FnMut(usize),
) -> anyhow::Result<Labels> {
    let mut dataset = Dataset::create(dir, seed, studio.today)?;
    let sources = studio.faces.sources();
    let mut done = 0;
    for source in sources {
        for i in 0..per_picture {
            let stem = source.file.split('.').next().unwrap_or(source.file);
            let file = format!("{}/{stem}_{i:02}.jpg", source.person);
            let rng = Rng::new(seed).fork(&file);
            let picture = self_portrait(source, FRAME.0, FRAME.1, &mut rng.fork("pose")).image;
            let subject = Subject::Face { person: source.person, face: source.person };
            add(&mut dataset, &file, &subject, picture, &rng)?;
            done += 1;
            tell(done);
        }
    }
    for i in 0..per_picture {
        let file = format!("two_faces/{i:02}.jpg");
        let rng = Rng::new(seed).fork(&file);
        let mut draw = rng.fork("pose");
        let (Some(a), Some(b)) = (sources.first(), sources.last()) else { break };
        let half = (FRAME.0, FRAME.1 / 2 + 200);
        let mut picture = RgbImage::new(half.0 * 2, half.1);
        for (k, source) in [a, b].into_iter().enumerate() {
            let side = self_portrait(source, half.0, half.1, &mut draw).image;
            image::imageops::replace(&mut picture, &side, i64::from(half.0) * k as i64, 0);
        }
        let subject = Subject::Face { person: a.person, face: a.person };
        add(&mut dataset, &file, &subject, picture, &rng)?.fault =
            Some(FaultLabel { kind: FaultKind::TwoFaces, grade: 1.0, area: None });
        done += 1;
        tell(done);
    }
    for (i, background) in Background::ALL.into_iter().enumerate() {
        let file = format!("no_face/{i:02}.jpg");
        let rng = Rng::new(seed).fork(&file);
        let ground = photo::paint_background(background, FRAME.0 * 2, FRAME.1 * 2, &mut rng.fork("ground"));
        add(&mut dataset, &file, &Subject::Nothing, ground, &rng)?.fault =
            Some(FaultLabel { kind: FaultKind::NoFace, grade: 1.0, area: None });
        done += 1;
        tell(done);
    }
    Ok(dataset.write()?)
}

fn add<'a>(
    dataset: &'a mut Dataset,
    file: &str,
    subject: &Subject<'_>,
    picture: RgbImage,
    rng: &Rng,
) -> anyhow::Result<&'a mut crate::labels::Picture> {
    let look = Look::ordinary(&mut rng.fork("look"));
    let taken = photo::photograph_plain(picture, &look, rng);
    dataset.add(file, subject, taken, encoding(&look))
}

const fn encoding(look: &Look) -> Encoding {
    Encoding { quality: look.jpeg_quality, orientation: 1, condition: Condition::Photo }
}
