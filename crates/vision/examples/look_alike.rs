//! How far the looks of one photograph's copies lie apart, and how near those of different photographs.
//!
//! ```text
//! cargo run --release -p shiming-testkit --bin paint -- set --cards 40 --out pictures
//! cargo run --release -p shiming-vision --example look_alike -- pictures
//! ```

use image::RgbImage;
use image::imageops::{self, FilterType};
use shiming_testkit::labels::Labels;
use shiming_vision::alike::{Look, fills_picture};
use shiming_vision::decode::{Limits, decode};
use shiming_vision::encode::jpeg;
use std::path::Path;

type Change = fn(&RgbImage) -> RgbImage;

/// What people and chat programs do to a photograph before it is sent again.
const CHANGES: [(&str, Change); 10] = [
    ("jpeg 85", |p| again(p, 85)),
    ("jpeg 40", |p| again(p, 40)),
    ("half size", |p| imageops::resize(p, p.width() / 2, p.height() / 2, FilterType::Triangle)),
    ("640 px", |p| imageops::resize(p, 640, 640 * p.height() / p.width(), FilterType::Triangle)),
    ("brighter 15 %", |p| scaled(p, 1.15)),
    ("darker 15 %", |p| scaled(p, 0.85)),
    ("crop 1 %", |p| cropped(p, 0.01)),
    ("crop 2 %", |p| cropped(p, 0.02)),
    ("crop 4 %", |p| cropped(p, 0.04)),
    ("all of it, crop 1 %", |p| {
        again(
            &cropped(
                &scaled(&imageops::resize(p, 900, 900 * p.height() / p.width(), FilterType::Triangle), 1.1),
                0.01,
            ),
            70,
        )
    }),
];

fn again(picture: &RgbImage, quality: u8) -> RgbImage {
    let bytes = jpeg(picture, u32::MAX, quality).unwrap_or_default();
    decode(&bytes, &Limits::default()).map_or_else(|_| picture.clone(), |picture| picture.rgb)
}

fn scaled(picture: &RgbImage, factor: f32) -> RgbImage {
    let mut out = picture.clone();
    for value in out.as_mut() {
        *value = (f32::from(*value) * factor).min(255.0) as u8;
    }
    out
}

/// So much off every side.
fn cropped(picture: &RgbImage, share: f32) -> RgbImage {
    let off = |n: u32| (n as f32 * share) as u32;
    let (w, h) = picture.dimensions();
    imageops::crop_imm(picture, off(w), off(h), w - 2 * off(w), h - 2 * off(h)).to_image()
}

struct Photo {
    file: String,
    fills: bool,
    look: Look,
    copies: Vec<(&'static str, Look)>,
}

#[expect(clippy::print_stdout, reason = "the output of an example")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dir = std::env::args().nth(1).ok_or("give a painted folder")?;
    let dir = Path::new(&dir);
    let mut photos = Vec::new();
    for label in Labels::read(dir)?.pictures {
        let picture = decode(&std::fs::read(dir.join(&label.file))?, &Limits::default())?;
        let Some(look) = Look::of(&picture.rgb) else { continue };
        let fills = label.corners.is_some_and(|corners| fills_picture(&corners, &picture));
        let copies =
            CHANGES.iter().filter_map(|(name, change)| Some((*name, Look::of(&change(&picture.rgb))?)));
        photos.push(Photo { file: label.file, fills, look, copies: copies.collect() });
    }
    println!("{} pictures", photos.len());
    for (name, _) in CHANGES {
        let of = |photo: &Photo| {
            photo.copies.iter().find(|(n, _)| *n == name).map(|(_, look)| (photo.look, *look))
        };
        let pairs: Vec<(Look, Look)> = photos.iter().filter_map(of).collect();
        let mut bits: Vec<u32> = pairs.iter().map(|(a, b)| a.distance(b)).collect();
        bits.sort_unstable();
        let found =
            pairs.iter().filter(|(a, b)| a.bands().iter().zip(b.bands()).any(|(x, y)| *x == y)).count();
        let at =
            |share: f32| bits.get(((bits.len().max(1) - 1) as f32 * share) as usize).copied().unwrap_or(0);
        println!(
            "{name:20} median {:3}  95 % {:3}  worst {:3}  a band in common {found} of {}",
            at(0.5),
            at(0.95),
            at(1.0),
            bits.len()
        );
    }
    for (what, fills) in [("photographs", false), ("cards that fill the picture", true)] {
        let of_kind: Vec<&Photo> = photos.iter().filter(|photo| photo.fills == fills).collect();
        let mut nearest: Vec<(u32, &str, &str)> = Vec::new();
        let (mut pairs, mut candidates) = (0_u64, 0_u64);
        for (n, a) in of_kind.iter().enumerate() {
            for b in of_kind.iter().skip(n + 1) {
                pairs += 1;
                candidates += u64::from(a.look.bands().iter().zip(b.look.bands()).any(|(x, y)| *x == y));
                nearest.push((a.look.distance(&b.look), &a.file, &b.file));
            }
        }
        nearest.sort_unstable();
        println!("\n{} {what}, {pairs} pairs, {candidates} with a band in common; nearest:", of_kind.len());
        for (bits, a, b) in nearest.iter().take(8) {
            println!("  {bits:3} bits  {a}  {b}");
        }
        for limit in [8, 15, 20, 24, 31, 40] {
            println!("  within {limit}: {}", nearest.iter().filter(|(bits, ..)| *bits <= limit).count());
        }
    }
    Ok(())
}
