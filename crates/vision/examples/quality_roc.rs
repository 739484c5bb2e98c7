//! Recall and false alarms of every quality measure over a painted folder, with the true corners.
//!
//! ```text
//! cargo run --release -p shiming-testkit --bin paint -- faults --out pictures
//! cargo run --release -p shiming-vision --example quality_roc -- pictures
//! ```

use shiming_domain::evidence::Measure;
use shiming_domain::policy::{Direction, Quality};
use shiming_testkit::labels::{FaultKind, Labels};
use shiming_vision::decode::{Limits, decode};
use shiming_vision::quality::measure_card;
use std::path::Path;
use std::time::{Duration, Instant};

/// The measure that each fault should show in.
const FAULTS: [(FaultKind, Measure); 10] = [
    (FaultKind::Blur, Measure::Sharpness),
    (FaultKind::MotionBlur, Measure::Sharpness),
    (FaultKind::Dark, Measure::Brightness),
    (FaultKind::Overexposed, Measure::Clipped),
    (FaultKind::Glare, Measure::Glare),
    (FaultKind::Shadow, Measure::Shadow),
    (FaultKind::TooSmall, Measure::CardWidth),
    (FaultKind::CornerMissing, Measure::CutOff),
    (FaultKind::Occluded, Measure::Occlusion),
    (FaultKind::GreyscaleCopy, Measure::Chroma),
];

/// From this grade on a person would call the picture faulty.
const GRADE_FAULTY: f32 = 0.3;

struct Row {
    fault: Option<(FaultKind, f32)>,
    values: Vec<(Measure, f32)>,
}

impl Row {
    fn value(&self, measure: Measure) -> f32 {
        self.values.iter().find(|v| v.0 == measure).map_or(f32::NAN, |v| v.1)
    }
}

#[expect(clippy::print_stdout, reason = "the output of an example")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dir = std::env::args().nth(1).ok_or("give a painted folder")?;
    let dir = Path::new(&dir);
    let mut rows = Vec::new();
    let mut times: Vec<Duration> = Vec::new();
    for label in Labels::read(dir)?.pictures {
        let Some(corners) = label.corners else { continue };
        let picture = decode(&std::fs::read(dir.join(&label.file))?, &Limits::default())?;
        let corners = corners.map(|p| p.map(|v| v / picture.scale));
        let start = Instant::now();
        let measured = measure_card(&picture, &corners);
        times.push(start.elapsed());
        rows.push(Row {
            fault: label.fault.map(|f| (f.kind, f.grade)),
            values: measured.iter().map(|m| (m.measure, m.value)).collect(),
        });
    }
    times.sort();
    let middle = times.get(times.len() / 2).ok_or("no pictures of documents in there")?;
    println!("{} pictures, {middle:.1?} each (median)", rows.len());
    println!(
        "{:15} {:10} {:>16} {:>16} {:>22}",
        "fault", "measure", "false alarms", "recall", "at 3 % false alarms"
    );
    for (kind, measure) in FAULTS {
        let (bound, direction) = Quality::default().bound(measure);
        let worse = |v: f32, bound: f32| match direction {
            Direction::LowIsBad => v < bound,
            Direction::HighIsBad => v > bound,
        };
        let fail = bound.fail.ok_or("every measure has a bound")?;
        let mut clean: Vec<f32> =
            rows.iter().filter(|r| r.fault.is_none()).map(|r| r.value(measure)).collect();
        let faulty: Vec<f32> = rows
            .iter()
            .filter(|r| r.fault.is_some_and(|(k, g)| k == kind && g >= GRADE_FAULTY))
            .map(|r| r.value(measure))
            .collect();
        if clean.is_empty() || faulty.is_empty() {
            continue;
        }
        // The worst clean value once the worst three in a hundred are set aside.
        clean.sort_by(f32::total_cmp);
        let aside = clean.len() * 3 / 100;
        let at = match direction {
            Direction::LowIsBad => clean[aside],
            Direction::HighIsBad => clean[clean.len() - 1 - aside],
        };
        let share = |values: &[f32], bound: f32| {
            let n = values.iter().filter(|v| worse(**v, bound)).count();
            format!("{n}/{} {:5.1} %", values.len(), 100.0 * n as f32 / values.len() as f32)
        };
        println!(
            "{:15} {measure:10?} {:>16} {:>16} {:>13} > {at:.3}",
            kind.name(),
            share(&clean, fail),
            share(&faulty, fail),
            share(&faulty, at),
        );
    }
    Ok(())
}
