//! Measures the networks on this machine: load time, time per run, resident memory.
//!
//! `cargo run --release -p shiming-vision --example measure -- MODELS_DIR ort|rten THREADS CONCURRENT [PICTURE…]`

use image::RgbImage;
use shiming_vision::models::{ModelBytes, Models};
use shiming_vision::ocr::{DetectOptions, InputSize};
use shiming_vision::runtime::{Engine, EngineError, EngineOptions};
use shiming_vision::warp::{Border, Homography, Sampling, shrink_to_fit, warp_perspective};
use shiming_vision::{face, ocr};
use std::error::Error;
use std::path::Path;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [dir, engine, threads, concurrent, pictures @ ..] = args.as_slice() else {
        return Err("usage: measure MODELS_DIR ort|rten THREADS CONCURRENT [PICTURE…]".into());
    };
    let dir = Path::new(dir);
    let options =
        EngineOptions { threads: threads.parse()?, concurrent: concurrent.parse()?, quick_start: false };
    memory("start");
    let start = Instant::now();
    let read = |name: &str| std::fs::read(dir.join(name));
    let files = [
        read("ocr-det.onnx")?,
        read("ocr-rec.onnx")?,
        read("ocr-cls.onnx")?,
        read("face-det.onnx")?,
        read("face-emb.onnx")?,
    ];
    println!("files read          {:8.1} ms", ms(start));
    let start = Instant::now();
    let engine = match engine.as_str() {
        "ort" => Engine::ort(&dir.join("libonnxruntime.so.1.31.1").canonicalize()?, "1.31.1", options)?,
        _ => Engine::rten(options),
    };
    println!("{} {}  {:8.1} ms", engine.name(), engine.version(), ms(start));
    memory("engine");
    let start = Instant::now();
    let [ocr_det, ocr_rec, ocr_cls, face_det, face_emb] = &files;
    let bytes = ModelBytes { ocr_det, ocr_rec, ocr_cls, face_det, face_emb, live_passive: None };
    let models = Models::load(&bytes, &engine)?;
    println!("models loaded       {:8.1} ms", ms(start));
    drop(files);
    memory("loaded");
    resampling()?;
    for path in pictures {
        let picture = image::open(path)?.to_rgb8();
        println!("{path}: {:?}", picture.dimensions());
        text(&models, &picture)?;
        pair(&models, &picture)?;
        faces(&models, &picture)?;
        memory("after");
    }
    Ok(())
}

fn resampling() -> Result<(), Box<dyn Error>> {
    let photo = RgbImage::from_fn(4032, 3024, |x, y| image::Rgb([x as u8, y as u8, (x ^ y) as u8]));
    let corners = [[700.0, 610.0], [3300.0, 580.0], [3350.0, 2210.0], [690.0, 2250.0]];
    let to = [[0.0, 0.0], [1000.0, 0.0], [1000.0, 631.0], [0.0, 631.0]];
    let map = Homography::between(&to, &corners).ok_or("no map")?;
    let warp = |sampling| {
        median(5, || -> Result<(), Box<dyn Error>> {
            std::hint::black_box(warp_perspective(&photo, &map, 1000, 631, sampling, Border::Replicate));
            Ok(())
        })
    };
    println!(
        "warp 1000x631: bilinear {:.1} ms, bicubic {:.1} ms",
        warp(Sampling::Bilinear)?,
        warp(Sampling::Bicubic)?
    );
    for side in [2000, 1600, 640, 320] {
        let time = median(5, || -> Result<(), Box<dyn Error>> {
            std::hint::black_box(shrink_to_fit(&photo, side));
            Ok(())
        })?;
        println!("12 MP to {side}: {time:.1} ms");
    }
    Ok(())
}

fn text(models: &Models, picture: &RgbImage) -> Result<(), Box<dyn Error>> {
    let exact = |width, height| DetectOptions {
        input: InputSize::Exact { width, height },
        ..DetectOptions::default()
    };
    let sizes = [
        ("recipe", DetectOptions::default()),
        ("960x608", exact(960, 608)),
        ("800x512", exact(800, 512)),
        ("640x416", exact(640, 416)),
    ];
    for (name, options) in sizes {
        let boxes = ocr::detect(models, picture, &options)?;
        let time = median(5, || ocr::detect(models, picture, &options).map(drop))?;
        println!("  detect {name:8} {:3} lines {time:8.1} ms", boxes.len());
    }
    let boxes = ocr::detect(models, picture, &DetectOptions::default())?;
    let strips: Vec<RgbImage> = boxes.iter().map(|b| ocr::crop_line(picture, b)).collect();
    let lines = ocr::recognise(models, &strips, None)?;
    let time = median(3, || ocr::recognise(models, &strips, None).map(drop))?;
    println!("  recognise {:3} lines {time:8.1} ms", strips.len());
    for (line, b) in lines.iter().zip(&boxes) {
        println!("    {:.3} {} {:?}", line.confidence, line.text, b.corners[0]);
    }
    Ok(())
}

/// Both sides of a card at once, as a verification does it.
fn pair(models: &Models, picture: &RgbImage) -> Result<(), Box<dyn Error>> {
    let options =
        DetectOptions { input: InputSize::Exact { width: 640, height: 416 }, ..DetectOptions::default() };
    let side = || -> Result<(), EngineError> {
        let boxes = ocr::detect(models, picture, &options)?;
        let strips: Vec<RgbImage> = boxes.iter().map(|b| ocr::crop_line(picture, b)).collect();
        ocr::recognise_logits(models, &strips).map(drop)
    };
    let time = median(7, || {
        std::thread::scope(|scope| {
            let other = scope.spawn(side);
            side()?;
            other.join().map_err(|_| "the other thread stopped")??;
            Ok::<(), Box<dyn Error>>(())
        })
    })?;
    println!("  two sides on two threads: {time:.1} ms");
    Ok(())
}

fn faces(models: &Models, picture: &RgbImage) -> Result<(), Box<dyn Error>> {
    let found = face::detect(models, picture)?;
    println!("  face detect {:8.1} ms", median(5, || face::detect(models, picture).map(drop))?);
    for f in &found {
        println!("    {:?}", face::measure(picture, f));
        let time = median(5, || face::embed(models, picture, &f.points).map(drop))?;
        let averaged = median(5, || face::embed_averaged(models, picture, &f.points).map(drop))?;
        println!("    embed {time:.1} ms, averaged {averaged:.1} ms");
    }
    Ok(())
}

fn ms(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1000.0
}

fn median<E>(n: usize, mut run: impl FnMut() -> Result<(), E>) -> Result<f64, E> {
    let mut times = Vec::with_capacity(n);
    for _ in 0..n {
        let start = Instant::now();
        run()?;
        times.push(ms(start));
    }
    times.sort_by(f64::total_cmp);
    Ok(times.first().copied().unwrap_or(f64::NAN))
}

/// Linux only; silent elsewhere.
fn memory(when: &str) {
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else { return };
    let of = |key: &str| {
        status
            .lines()
            .find(|l| l.starts_with(key))
            .and_then(|l| l.split_whitespace().nth(1)?.parse::<u64>().ok())
    };
    if let (Some(now), Some(peak)) = (of("VmRSS"), of("VmHWM")) {
        println!("memory {when:8} {:5} MiB, peak {:5} MiB", now / 1024, peak / 1024);
    }
}
