//! Known outputs of the face network: proof that the converted file computes what was published.

use super::ConvertError;
use crate::runtime::Model;

const SIDE: usize = 150;
/// Largest difference allowed per component. Two engines differ by about 1e-6, a wrong axis by 0.1 and more.
const TOLERANCE: f32 = 1e-4;

/// What comes out for a picture that anyone can compute.
struct Golden {
    name: &'static str,
    pixel: fn(channel: usize, row: usize, column: usize) -> f32,
    first: [f32; 6],
    sum: f32,
    norm: f32,
}

const GOLDEN: [Golden; 2] = [
    Golden {
        name: "a black picture",
        pixel: |_, _, _| 0.0,
        first: [-0.03591, 0.11436, 0.08406, -0.01526, -0.06595, -0.04233],
        sum: -0.29505,
        norm: 1.30795,
    },
    Golden {
        name: "a picture of ramps",
        pixel: |channel, row, column| ((3 * column + 5 * row + 70 * channel) % 256) as f32,
        first: [-0.07289, 0.11262, 0.04383, -0.01555, -0.04435, -0.06630],
        sum: -0.39977,
        norm: 1.28484,
    },
];

/// Runs the network on two computed pictures and compares with the published network's outputs.
pub fn check_face_network(model: &dyn Model) -> Result<(), ConvertError> {
    GOLDEN.iter().try_for_each(|golden| check(model, golden))
}

fn check(model: &dyn Model, golden: &Golden) -> Result<(), ConvertError> {
    let fail = |detail: String| ConvertError::Golden(format!("{}: {detail}", golden.name));
    let mut picture = Vec::with_capacity(3 * SIDE * SIDE);
    for channel in 0..3 {
        for row in 0..SIDE {
            picture.extend((0..SIDE).map(|column| (golden.pixel)(channel, row, column)));
        }
    }
    let outputs = model.run(&[1, 3, SIDE, SIDE], &picture).map_err(|e| fail(e.to_string()))?;
    let vector = outputs.get("embedding").map_err(|e| fail(e.to_string()))?.data();
    if vector.len() != 128 {
        return Err(fail(format!("{} values instead of 128", vector.len())));
    }
    for (index, (found, expected)) in vector.iter().zip(golden.first).enumerate() {
        // Not `>`: a NaN must fail as well.
        if !near(*found, expected, TOLERANCE) {
            return Err(fail(format!("value {index} is {found:.5} instead of {expected:.5}")));
        }
    }
    let sum: f32 = vector.iter().sum();
    let norm = vector.iter().map(|v| v * v).sum::<f32>().sqrt();
    // 128 rounding differences may add up in the sum.
    if !near(sum, golden.sum, 10.0 * TOLERANCE) || !near(norm, golden.norm, TOLERANCE) {
        let (s, n) = (golden.sum, golden.norm);
        return Err(fail(format!("sum {sum:.5} and norm {norm:.5} instead of {s:.5} and {n:.5}")));
    }
    Ok(())
}

/// False for anything that is not a number.
fn near(found: f32, expected: f32, tolerance: f32) -> bool {
    (found - expected).abs() <= tolerance
}
