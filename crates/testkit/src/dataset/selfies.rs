//! Graded faults of selfies, and faultless selfies to count false alarms on.

use std::path::Path;

use super::{Dataset, Encoding, GRADES, Studio, Subject};
use crate::faces::{Source, self_portrait};
use crate::labels::{Condition, FaultKind, Labels};
use crate::photo::{self, Fault, Look};
use crate::rng::Rng;

const FRAME: (u32, u32) = (1512, 2016);

/// `per_grade` pictures of every fault of a selfie at every grade of [`GRADES`], and `negatives` without any fault,
/// of the source pictures in turn. `tell` gets the number done and the number to do.
pub fn selfies(
    dir: &Path,
    studio: &Studio,
    seed: u64,
    per_grade: usize,
    negatives: usize,
    mut tell: impl FnMut(usize, usize),
) -> anyhow::Result<Labels> {
    let mut dataset = Dataset::create(dir, seed, studio.today)?;
    let total = FaultKind::OF_SELFIES.len() * GRADES.len() * per_grade + negatives;
    let mut done = 0;
    let mut faulty = |name: String, i: usize, fault: Option<Fault>| -> anyhow::Result<()> {
        let sources = studio.faces.sources();
        let Some(source) = sources.get(i % sources.len().max(1)) else { return Ok(()) };
        add(&mut dataset, source, &name, fault, &Rng::new(seed).fork(&name))?;
        done += 1;
        tell(done, total);
        Ok(())
    };
    for kind in FaultKind::OF_SELFIES {
        for grade in GRADES {
            for i in 0..per_grade {
                let name = format!("{}/{:03.0}_{i:02}", kind.name(), grade * 100.0);
                faulty(name, i, Some(Fault { kind, grade }))?;
            }
        }
    }
    for i in 0..negatives {
        faulty(format!("none/{i:03}"), i, None)?;
    }
    Ok(dataset.write()?)
}

fn add(
    dataset: &mut Dataset,
    source: &Source,
    name: &str,
    fault: Option<Fault>,
    rng: &Rng,
) -> anyhow::Result<()> {
    let portrait = self_portrait(source, FRAME.0, FRAME.1, &mut rng.fork("pose"));
    let look = Look::ordinary(&mut rng.fork("look"));
    let taken = match fault {
        Some(fault) => photo::photograph_face(&portrait, fault, &look, rng),
        None => photo::photograph_plain(portrait.image, &look, rng),
    };
    let encoding = Encoding { quality: look.jpeg_quality, orientation: 1, condition: Condition::Photo };
    let subject = Subject::Face { person: source.person, face: source.person };
    dataset.add(&format!("{name}.jpg"), &subject, taken, encoding)?;
    Ok(())
}
