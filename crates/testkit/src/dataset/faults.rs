//! Graded faults, and faultless photographs to count false alarms on.

use std::path::Path;

use super::{Dataset, Encoding, Studio, Subject};
use crate::card::{self, Document};
use crate::content::{Mix, Person};
use crate::labels::{Condition, FaultKind, Labels};
use crate::photo::{self, Fault, Shot};
use crate::rng::Rng;

/// The strengths painted of each fault. The first lies below what a person would object to and
/// is there to draw the curve; recall is counted from [`CLEAR_GRADE`] on.
pub const GRADES: [f32; 5] = [0.15, 0.3, 0.5, 0.75, 1.0];

/// From this grade on a person would call the picture faulty.
pub const CLEAR_GRADE: f32 = 0.3;

/// Frame sizes of upright pictures; mostly moderate ones, so that a large set stays affordable.
const FRAMES: [(u32, u32); 5] = [(2016, 1512), (1512, 2016), (2560, 1920), (1920, 1080), (4032, 3024)];

/// `per_grade` pictures of every fault at every grade of [`GRADES`], and `negatives` without any
/// fault. `tell` gets the number done and the number to do.
pub fn faults(
    dir: &Path,
    studio: &Studio,
    seed: u64,
    per_grade: usize,
    negatives: usize,
    mut tell: impl FnMut(usize, usize),
) -> anyhow::Result<Labels> {
    let mut dataset = Dataset::create(dir, seed, studio.today)?;
    let total = FaultKind::GRADED.len() * GRADES.len() * per_grade + negatives;
    let mut done = 0;
    for kind in FaultKind::GRADED {
        for grade in GRADES {
            for i in 0..per_grade {
                let name = format!("{}/{:03.0}_{i:02}", kind.name(), grade * 100.0);
                add(
                    &mut dataset,
                    studio,
                    &name,
                    Some(Fault { kind, grade }),
                    done,
                    &Rng::new(seed).fork(&name),
                )?;
                done += 1;
                tell(done, total);
            }
        }
    }
    for i in 0..negatives {
        let name = format!("none/{i:03}");
        add(&mut dataset, studio, &name, None, i, &Rng::new(seed).fork(&name))?;
        done += 1;
        tell(done, total);
    }
    Ok(dataset.write()?)
}

fn add(
    dataset: &mut Dataset,
    studio: &Studio,
    name: &str,
    fault: Option<Fault>,
    index: usize,
    rng: &Rng,
) -> anyhow::Result<()> {
    let id = name.replace('/', "_");
    let person = Person::invent(&id, &Mix::default(), studio.today, &studio.fonts, &mut rng.fork("person"));
    let document: Document = if index.is_multiple_of(2) {
        card::portrait_side(&person, &studio.faces.portrait(&mut rng.fork("portrait")), &studio.fonts)
    } else {
        card::emblem_side(&person, &studio.fonts)
    };
    let mut draw = rng.fork("shot");
    let (width, height) = draw.pick(&FRAMES);
    // Mostly upright; some lie on their side or head.
    let roll = draw.pick(&[0.0, 0.0, 0.0, 0.0, 90.0, 180.0, 270.0]);
    let shot = Shot { fault, ..Shot::ordinary(&document, width, height, roll, &mut draw) };
    let taken = photo::photograph(&document, &[], &shot, rng);
    let encoding = Encoding { quality: shot.look.jpeg_quality, orientation: 1, condition: Condition::Photo };
    dataset.add(&format!("{name}.jpg"), &Subject::Document(&document), taken, encoding)?;
    Ok(())
}
