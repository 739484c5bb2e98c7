//! Bodies of the fuzz targets, callable on stable: any bytes in, no panic, and what is promised holds.
//!
//! A broken promise panics, which is what a fuzzer looks for; nothing else calls these.

use crate::number::{self, MAX_AGE_YEARS, NumberKind};
use crate::{Date, LegalName, cross, mrz, name, parse_printed_date, validity};

/// A reference date inside the bytes' reach: the first two choose it.
fn split(data: &[u8]) -> Option<(Date, String)> {
    let (days, text) = data.split_at_checked(2)?;
    let days = i32::from(u16::from_le_bytes([*days.first()?, *days.get(1)?]));
    // 1950-01-01 and up to 180 years later.
    let today = Date::from_julian_day(2_433_283 + days).ok()?;
    Some((today, String::from_utf8_lossy(text).into_owned()))
}

/// Numbers, names, dates and the rules between them.
///
/// # Panics
/// If a promise of the crate is broken.
pub fn id_number(data: &[u8]) {
    let Some((today, text)) = split(data) else { return };
    let normal = number::normalize(&text);
    assert_eq!(number::normalize(normal.reveal()).reveal(), normal.reveal(), "the normal form is stable");
    for kind in NumberKind::ALL.into_iter().map(Some).chain([None]) {
        let report = number::check(&text, kind, today, MAX_AGE_YEARS);
        assert!(report.errors.is_sorted() && report.warnings.is_sorted());
        assert_eq!(report.is_valid(), report.id_number().is_some());
        if let Some(id) = report.id_number() {
            assert!(number::check(id.reveal(), Some(id.kind()), today, MAX_AGE_YEARS).is_valid());
            assert!(number::detect(&text).contains(&id.kind()));
            assert_ne!(id.masked(), id.reveal());
        }
        let printed = cross::Printed {
            birth: Some(&text),
            sex: Some(&text),
            ethnicity: Some(&text),
            issuer: Some(&text),
        };
        let _ = cross::check(&report, printed);
    }
    if let (Ok(card), birth) = (validity::parse(&text), parse_printed_date(&text)) {
        let _ = (
            validity::check(card, birth, today),
            validity::check_temporary(card, validity::TEMPORARY_MONTHS, birth, today),
        );
    }
    let folded = name::fold(&text);
    assert_eq!(name::fold(&folded), folded, "folding twice changes nothing");
    if let Ok(name) = LegalName::parse(&text) {
        assert_eq!(LegalName::parse(name.reveal()).as_ref(), Ok(&name));
        assert_ne!(name.compare(&name), crate::NameMatch::Different);
    }
}

/// Machine-readable zones, as lines and as text.
///
/// # Panics
/// If a promise of the crate is broken.
pub fn mrz(data: &[u8]) {
    let Some((today, text)) = split(data) else { return };
    let lines: Vec<&str> = text.lines().collect();
    for report in [mrz::parse_or_repair(&lines, today), mrz::read(&text, today)] {
        if report.is_valid() {
            let again = mrz::parse(&report.lines, today);
            assert!(again.is_valid() && again.fields == report.fields, "what is reported holds as it stands");
        }
        assert!(!report.repaired || report.is_valid(), "a repair is returned only if it holds");
        assert_eq!(report.repaired, report.lines != report.raw_lines);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn bodies_accept_anything() {
        for data in
            [&b""[..], b"x", b"\0\0", b"\xff\xff\xff\xfe110105", &[0x3c; 300], b"ab11010519491231002X"]
        {
            super::id_number(data);
            super::mrz(data);
        }
    }
}
