//! Prints how long a picture takes to decode here and with the `image` crate, side by side.

use shiming_vision::decode::{Limits, decode};
use std::time::{Duration, Instant};

const RUNS: usize = 15;

fn median(mut run: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[RUNS / 2]
}

#[expect(clippy::print_stdout, reason = "the output of an example")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    if paths.is_empty() {
        return Err("give one or more picture files".into());
    }
    println!("{:>12} {:>12} {:>12}  file", "ours", "image, full", "and shrunk");
    for path in paths {
        let bytes = std::fs::read(&path)?;
        let picture = decode(&bytes, &Limits::default())?;
        let (w, h) = picture.rgb.dimensions();
        let ours = median(|| drop(decode(&bytes, &Limits::default())));
        let full = median(|| drop(image::load_from_memory(&bytes)));
        let shrunk = median(|| {
            drop(image::load_from_memory(&bytes).map(|i| image::imageops::thumbnail(&i.into_rgb8(), w, h)));
        });
        println!("{ours:>12.1?} {full:>12.1?} {shrunk:>12.1?}  {path}");
    }
    Ok(())
}
