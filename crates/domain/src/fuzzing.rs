//! Bodies of the fuzz targets, callable on stable: any bytes in, no panic, and what is promised holds.

use crate::policy::{PRESETS, Policy, preset_text};
use crate::replay::Record;

/// A policy file: the bytes as they are, and as an edit of a preset.
///
/// # Panics
/// If a promise is broken.
pub fn policy(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    accepted_or_explained(&text);
    // Random bytes rarely come near a valid file; the first three choose a place in a preset to put them.
    let Some(([which, high, low], insert)) = data.split_first_chunk::<3>() else { return };
    let Some(name) = PRESETS.get(usize::from(*which) % PRESETS.len()) else { return };
    let Ok(preset) = preset_text(name) else { return };
    let mut at = usize::from(u16::from_be_bytes([*high, *low])) % preset.len();
    while !preset.is_char_boundary(at) {
        at -= 1;
    }
    let (head, tail) = preset.split_at(at);
    accepted_or_explained(&format!("{head}{}{tail}", String::from_utf8_lossy(insert)));
}

fn accepted_or_explained(text: &str) {
    match Policy::from_toml(text) {
        Ok(policy) => {
            assert_eq!(policy.text(), text, "the text that is hashed is the text that was read");
            assert!(!policy.label().is_empty());
        }
        Err(error) => {
            let lines = text.matches('\n').count() + 1;
            assert!(error.line.is_none_or(|line| (1..=lines).contains(&line)), "a line that exists");
            assert!(!error.problem.is_empty());
        }
    }
}

/// A stored decision record.
pub fn record(data: &[u8]) {
    if let Ok(record) = Record::from_json(data) {
        for name in PRESETS {
            let Ok(policy) = Policy::preset(name) else { continue };
            let _ = crate::replay::replay(&record, &policy);
        }
    }
}
