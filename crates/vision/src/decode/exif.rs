//! The one thing wanted from EXIF: which way up the picture is.
//!
//! Only the first directory is looked at and no offset is followed twice, so directories that point at
//! themselves or at each other cost nothing.

/// TIFF tag 0x0112 (EXIF 2.32 §4.6.4 A).
const TAG_ORIENTATION: u16 = 0x0112;
/// Type SHORT.
const TYPE_SHORT: u16 = 3;
/// Real directories have some dozens of entries.
const ENTRIES_MAX: usize = 512;

/// The orientation 1–8 in a TIFF structure (the EXIF payload after `Exif\0\0`); `None` when there is
/// none, or a value outside 1–8.
pub(super) fn orientation(tiff: &[u8]) -> Option<u8> {
    let big = match tiff.get(..4)? {
        b"II*\0" => false,
        b"MM\0*" => true,
        _ => return None,
    };
    let u16_at = |at: usize| -> Option<u16> {
        let b: [u8; 2] = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if big { u16::from_be_bytes(b) } else { u16::from_le_bytes(b) })
    };
    let u32_at = |at: usize| -> Option<u32> {
        let b: [u8; 4] = tiff.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if big { u32::from_be_bytes(b) } else { u32::from_le_bytes(b) })
    };
    let directory = usize::try_from(u32_at(4)?).ok()?;
    let entries = usize::from(u16_at(directory)?).min(ENTRIES_MAX);
    for i in 0..entries {
        let entry = directory.checked_add(2 + 12 * i)?;
        if u16_at(entry)? == TAG_ORIENTATION {
            let plain = u16_at(entry + 2)? == TYPE_SHORT && u32_at(entry + 4)? == 1;
            let value = u16_at(entry + 8)?;
            return (plain && (1..=8).contains(&value)).then_some(value as u8);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tiff(big: bool, value: u16) -> Vec<u8> {
        let w2 = |v: u16| if big { v.to_be_bytes() } else { v.to_le_bytes() };
        let w4 = |v: u32| if big { v.to_be_bytes() } else { v.to_le_bytes() };
        let mut out = if big { b"MM\0*".to_vec() } else { b"II*\0".to_vec() };
        out.extend(w4(8));
        out.extend(w2(1));
        out.extend(w2(TAG_ORIENTATION));
        out.extend(w2(TYPE_SHORT));
        out.extend(w4(1));
        out.extend(w2(value));
        out.extend([0, 0]);
        out.extend(w4(8)); // the next directory is this one again
        out
    }

    #[test]
    fn all_eight_values_in_both_byte_orders() {
        for value in 1..=8 {
            assert_eq!(orientation(&tiff(false, value)), Some(value as u8));
            assert_eq!(orientation(&tiff(true, value)), Some(value as u8));
        }
    }

    #[test]
    fn nonsense_is_no_orientation() {
        assert_eq!(orientation(&tiff(false, 0)), None);
        assert_eq!(orientation(&tiff(false, 9)), None);
        assert_eq!(orientation(b""), None);
        assert_eq!(orientation(b"II*\0\xff\xff\xff\xff"), None);
        let whole = tiff(true, 6);
        for end in 0..whole.len() - 6 {
            assert_eq!(orientation(&whole[..end]), None);
        }
    }
}
