//! What the sources of the lower crates may not name.

use super::{Checkout, files};

/// The pure crates and where their sources lie.
pub(super) const PURE: [(&str, &str); 2] =
    [("shiming-idcard", "crates/idcard/src/"), ("shiming-domain", "crates/domain/src/")];

/// Time and chance come in as arguments; everything else stays outside.
const IMPURE: [&str; 17] = [
    "SystemTime",
    "Instant",
    "now_utc",
    "now_local",
    "UtcDateTime::now",
    "thread_rng",
    "rand::",
    "getrandom",
    "std::env",
    "env::var",
    "std::fs",
    "std::io",
    "std::net",
    "std::process",
    "std::thread",
    "println!",
    "async fn",
];

/// `vision` may use threads and byte streams, but nothing that reaches out of the process.
const OUTSIDE: [&str; 10] = [
    "SystemTime",
    "Instant::now",
    "now_utc",
    "thread_rng",
    "std::env",
    "env::var",
    "std::fs",
    "std::net",
    "std::process",
    "println!",
];

pub(super) fn sources(checkout: &Checkout) -> anyhow::Result<Vec<String>> {
    let mut wrong = Vec::new();
    for (_, folder) in PURE {
        wrong.extend(named(checkout, folder, &IMPURE)?);
    }
    Ok(wrong)
}

pub(super) fn vision(checkout: &Checkout) -> anyhow::Result<Vec<String>> {
    named(checkout, "crates/vision/src/", &OUTSIDE)
}

fn named(checkout: &Checkout, folder: &str, banned: &[&str]) -> anyhow::Result<Vec<String>> {
    let mut wrong = Vec::new();
    let tests = |file: &&str| !file.ends_with("/tests.rs") && !file.contains("/tests/");
    for file in checkout.files.rust(folder).filter(tests) {
        let Some(text) = files::text(checkout.root, file)? else { continue };
        for (line, code) in files::code_lines(&text) {
            for word in banned.iter().filter(|word| code.contains(**word)) {
                wrong.push(format!("{file}:{line} names {word}"));
            }
        }
    }
    Ok(wrong)
}
