//! Habits of the house.

use super::{Checkout, files};
use anyhow::Context;
use std::fs;

/// Lines from which a file is pointed out, and from which it fails.
const LINES_NOTE: usize = 500;
const LINES_MAX: usize = 700;
/// Bytes a file in git may have.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// Our programs, whatever they are written in.
fn is_code(file: &str) -> bool {
    files::has_extension(file, &["rs", "py"])
}

/// Lock files name the registry they were resolved with; that is cargo's business.
fn is_lock(file: &str) -> bool {
    file.ends_with("Cargo.lock")
}

pub(super) fn lints(checkout: &Checkout) -> anyhow::Result<Vec<String>> {
    let mut wrong = Vec::new();
    for package in checkout.metadata.members() {
        let text = fs::read_to_string(&package.manifest_path)
            .with_context(|| format!("reading {}", package.manifest_path.display()))?;
        let manifest: toml::Table = toml::from_str(&text)?;
        let takes = manifest.get("lints").and_then(|lints| lints.get("workspace")?.as_bool());
        if takes != Some(true) {
            wrong.push(format!("{} lacks [lints] workspace = true", package.name));
        }
    }
    Ok(wrong)
}

pub(super) fn allows(checkout: &Checkout) -> anyhow::Result<Vec<String>> {
    // Written in two parts, or this file would break its own rules.
    search(checkout, &[concat!("#[", "allow("), concat!("#![", "allow(")], is_code)
}

pub(super) fn unfinished(checkout: &Checkout) -> anyhow::Result<Vec<String>> {
    let marks = [
        concat!("todo", "!("),
        concat!("unimplemented", "!("),
        concat!("FIX", "ME"),
        concat!("XX", "X:"),
        concat!("#[", "ignore"),
    ];
    search(checkout, &marks, is_code)
}

pub(super) fn machine(checkout: &Checkout) -> anyhow::Result<Vec<String>> {
    let mut words: Vec<String> = [
        concat!("/tm", "p/"),
        concat!("/ro", "ot/"),
        concat!("pypi", ".org"),
        concat!("pythonhosted", ".org"),
        concat!("registry.npmjs", ".org"),
        concat!("\"resolved\": ", "\"http"),
    ]
    .map(str::to_owned)
    .into();
    // The folders this checkout happens to lie in.
    let around = checkout.root.parent().into_iter().map(std::path::Path::to_path_buf);
    let home = std::env::var_os("HOME").map(std::path::PathBuf::from);
    // `/src` or `/home` alone is a word that any text may hold.
    let long = |folder: &std::path::PathBuf| folder.components().count() > 2;
    words.extend(around.chain(home).filter(long).map(|folder| format!("{}/", folder.display())));
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    search(checkout, &words, |file| !is_lock(file))
}

fn search(
    checkout: &Checkout,
    words: &[&str],
    looked_at: impl Fn(&str) -> bool,
) -> anyhow::Result<Vec<String>> {
    let mut wrong = Vec::new();
    for file in checkout.files.all().filter(|file| looked_at(file)) {
        let Some(text) = files::text(checkout.root, file)? else { continue };
        for (index, line) in text.lines().enumerate() {
            for word in words.iter().filter(|word| holds(line, word)) {
                wrong.push(format!("{file}:{} holds {word}", index + 1));
            }
        }
    }
    Ok(wrong)
}

/// A path counts only where it begins: `crates/vision/src/` does not hold a checkout that lies in `/src/`.
fn holds(line: &str, word: &str) -> bool {
    let goes_on = |c: char| c.is_alphanumeric() || "._-/*})]>".contains(c);
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|head| head.chars().next_back());
        !(word.starts_with('/') && before.is_some_and(goes_on))
    })
}

/// Source files beyond the length that is pointed out.
pub(super) fn long_files(checkout: &Checkout) -> anyhow::Result<Vec<(String, usize)>> {
    let mut long = Vec::new();
    for file in checkout.files.all().filter(|file| is_code(file)) {
        let lines = files::text(checkout.root, file)?.map_or(0, |text| text.lines().count());
        if lines > LINES_NOTE {
            long.push((file.to_owned(), lines));
        }
    }
    Ok(long)
}

pub(super) fn file_length(checkout: &Checkout) -> anyhow::Result<Vec<String>> {
    let long = long_files(checkout)?.into_iter().filter(|(_, lines)| *lines > LINES_MAX);
    Ok(long.map(|(file, lines)| format!("{file} has {lines} lines, more than {LINES_MAX}")).collect())
}

pub(super) fn large_files(checkout: &Checkout) -> anyhow::Result<Vec<String>> {
    let mut wrong = Vec::new();
    for file in checkout.files.all() {
        let bytes = fs::metadata(checkout.root.join(file)).with_context(|| format!("reading {file}"))?.len();
        if bytes > FILE_BYTES_MAX {
            wrong.push(format!("{file} has {bytes} bytes, more than {FILE_BYTES_MAX}"));
        }
    }
    Ok(wrong)
}

/// The short run names every target, so that a new one cannot be forgotten.
pub(super) fn fuzz_targets(checkout: &Checkout) -> anyhow::Result<Vec<String>> {
    const SHORT_RUN: &str = "crates/engine/tests/fuzz_smoke.rs";
    let short = files::text(checkout.root, SHORT_RUN)?.context("the short fuzz run is not text")?;
    let targets: Vec<&str> = checkout
        .files
        .rust("fuzz/fuzz_targets/")
        .filter_map(|file| file.rsplit('/').next()?.strip_suffix(".rs"))
        .collect();
    let mut wrong: Vec<String> = targets
        .iter()
        .filter(|target| !short.contains(&format!("\"{target}\"")))
        .map(|target| format!("{SHORT_RUN} does not run {target}"))
        .collect();
    for needed in ["id_number", "mrz", "image_header", "policy"] {
        if !targets.contains(&needed) {
            wrong.push(format!("fuzz/fuzz_targets/{needed}.rs is missing"));
        }
    }
    Ok(wrong)
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn a_path_counts_where_it_begins() {
        assert!(holds("see /src/shiming", "/src/"));
        assert!(holds("path=\"/src/x\"", "/src/"));
        assert!(!holds("crates/vision/src/lib.rs", "/src/"));
        assert!(!holds("{root}/src/lib.rs", "/src/"));
        assert!(holds("files.host.example", "host.example"));
    }
}
