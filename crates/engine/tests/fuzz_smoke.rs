//! The short fuzz run: every fuzz target's body on mutated examples, on a stable compiler.
//!
//! A fixed number of rounds from fixed seeds, so that a failure today is a failure tomorrow and a slow
//! machine tests the same as a fast one. `SHIMING_FUZZ_ROUNDS` asks for more. Long, coverage-guided runs are
//! described in CONTRIBUTING.md; `fuzz/fuzz_targets` calls the same bodies.

use serde_json::Value;
use shiming_domain::replay::Record;
use shiming_engine::models::Manifest;
use shiming_vision::convert::onnx_metadata;
use shiming_vision::decode::{Limits, decode};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// Longest input made, bytes.
const INPUT_BYTES_MAX: usize = 64 << 10;

/// Knuth's constant steps and a mix: the examples need variety, not secrecy.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

/// Values that sit at the edges of lengths and counts.
const EDGES: [u8; 8] = [0, 1, 0x0a, 0x22, 0x3c, 0x7f, 0x80, 0xff];

fn mutate(seeds: &[Vec<u8>], chance: &mut Chance) -> Vec<u8> {
    let mut input = seeds[chance.below(seeds.len())].clone();
    for _ in 0..=chance.below(6) {
        let at = chance.below(input.len().max(1)).min(input.len());
        match chance.below(8) {
            0 if !input.is_empty() => input[at] = chance.next() as u8,
            1 if !input.is_empty() => input[at] = EDGES[chance.below(EDGES.len())],
            2 if !input.is_empty() => input[at] ^= 1 << chance.below(8),
            3 => input.truncate(at),
            4 => input.insert(at, chance.next() as u8),
            5 if !input.is_empty() => {
                let end = (at + 1 + chance.below(16)).min(input.len());
                input.drain(at..end);
            }
            6 => {
                let end = (at + chance.below(64)).min(input.len());
                let copy = input[at..end].to_vec();
                input.splice(at..at, copy);
            }
            _ => {
                let other = &seeds[chance.below(seeds.len())];
                let from = chance.below(other.len().max(1)).min(other.len());
                let piece = other[from..(from + chance.below(64)).min(other.len())].to_vec();
                input.splice(at..at, piece);
            }
        }
    }
    input.truncate(INPUT_BYTES_MAX);
    input
}

/// Runs one target; on a panic says which input made it.
fn run(target: &str, rounds: u64, seeds: &[Vec<u8>], body: impl Fn(&[u8])) {
    assert!(!seeds.is_empty(), "{target} has no examples");
    let rounds = std::env::var("SHIMING_FUZZ_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(rounds);
    let mut chance = Chance(target.bytes().map(u64::from).sum());
    let mutated = std::iter::repeat_with(|| mutate(seeds, &mut chance)).take(rounds as usize);
    for input in seeds.iter().cloned().chain(mutated) {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| body(&input))) {
            println!("{target} fails on these bytes: {}", input.escape_ascii());
            std::panic::resume_unwind(panic);
        }
    }
    println!("{target}: {} examples, {rounds} mutations", seeds.len());
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every text in a file of published vectors, behind the two bytes that choose the reference date.
fn texts(file: &str) -> Vec<Vec<u8>> {
    fn collect(value: &Value, found: &mut Vec<Vec<u8>>) {
        match value {
            Value::String(text) => found.push([&[0x2a, 0x6e], text.as_bytes()].concat()),
            Value::Array(items) => {
                let lines: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
                if let Some(lines) = lines {
                    found.push([&[0x2a, 0x6e], lines.join("\n").as_bytes()].concat());
                }
                for item in items {
                    collect(item, found);
                }
            }
            Value::Object(fields) => {
                for field in fields.values() {
                    collect(field, found);
                }
            }
            _ => {}
        }
    }
    let text = fs::read_to_string(repository().join("crates/idcard/tests/vectors").join(file))
        .expect("published vectors");
    let mut found = Vec::new();
    collect(&serde_json::from_str(&text).expect("vectors are JSON"), &mut found);
    found
}

fn folder(path: &str) -> Vec<Vec<u8>> {
    let mut files: Vec<PathBuf> = fs::read_dir(repository().join(path))
        .expect("a folder of examples")
        .flatten()
        .map(|e| e.path())
        .collect();
    // The order of a directory is the file system's; the run must not depend on it.
    files.sort();
    files.iter().filter(|file| file.is_file()).map(|file| fs::read(file).expect("an example")).collect()
}

#[test]
fn id_numbers() {
    run("id_number", 20_000, &texts("id-numbers.json"), shiming_idcard::fuzzing::id_number);
}

#[test]
fn machine_readable_zones() {
    run("mrz", 20_000, &texts("icao-mrz.json"), shiming_idcard::fuzzing::mrz);
}

#[test]
fn policies() {
    run("policy", 2_000, &folder("policies"), shiming_domain::fuzzing::policy);
}

#[test]
fn stored_records() {
    let records = folder("fuzz/seeds/record");
    for record in &records {
        // Else the mutations only test the JSON parser. An example is the `record` of `shiming verify --json`
        // with `decision` put into it.
        assert!(Record::from_json(record).is_ok(), "an example is no record any more");
    }
    run("record", 4_000, &records, shiming_domain::fuzzing::record);
}

#[test]
fn image_headers() {
    // Small limits: what is tested is the way to a verdict, not how long pixels take.
    let limits = Limits { bytes_max: 1 << 20, pixels_max: 100_000, working_side_max: 64 };
    run("image_header", 20_000, &folder("fuzz/seeds/image_header"), |bytes| {
        if let Ok(picture) = decode(bytes, &limits) {
            let (width, height) = picture.rgb.dimensions();
            assert!(width.max(height) <= limits.working_side_max, "the working picture keeps its limit");
            let stored = u64::from(picture.file.width_px) * u64::from(picture.file.height_px);
            assert!(stored <= limits.pixels_max, "the stored picture keeps its limit");
            assert_eq!(picture.file.size_bytes, bytes.len() as u64);
        }
    });
}

#[test]
fn models_manifests() {
    run("models_manifest", 1_000, &folder("models"), |bytes| {
        let _ = Manifest::parse(&String::from_utf8_lossy(bytes));
    });
}

#[test]
fn properties_of_onnx_files() {
    // producer_name, then a property `character` = "ab".
    let small = b"\x08\x08\x12\x02me\x72\x0f\x0a\x09character\x12\x02ab".to_vec();
    assert_eq!(onnx_metadata(&small, "character"), Ok(Some("ab")));
    run("onnx_metadata", 20_000, &[small], |bytes| {
        let _ = onnx_metadata(bytes, "character");
    });
}
