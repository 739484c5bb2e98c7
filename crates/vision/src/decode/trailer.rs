//! Data after the picture, and files that are two formats at once.
//!
//! The rule (check `file_readable`): nothing may follow the picture, except
//! - padding: zeros, blanks and line ends;
//! - in a JPEG, further complete JPEG streams: phones append a gain map, a depth map or a preview that
//!   way (CIPA DC-007 multi-picture format);
//! - in a JPEG, the video of a "motion photo", and only when the picture's own XMP announces one;
//! - in a JPEG, the closing record that some phones write, which names itself at its very end.
//!
//! None of these is ever interpreted. And whatever is inside the picture, a file that is at the same time
//! a complete ZIP archive or begins like a PDF is refused.

use super::error::DecodeError;
use super::jpeg;
use super::sniff::contains;

/// Only padding.
pub(super) fn is_padding(rest: &[u8]) -> bool {
    rest.iter().all(|b| matches!(b, 0 | b' ' | b'\r' | b'\n'))
}

/// What follows a JPEG's end marker is harmless.
pub(super) fn after_jpeg(mut rest: &[u8], announces_motion_photo: bool) -> bool {
    // A phone writes a handful of streams at most.
    for _ in 0..16 {
        if is_padding(rest) {
            return true;
        }
        let padding = rest.iter().take_while(|&&b| b == 0).count();
        let stream = &rest[padding..];
        if !stream.starts_with(b"\xff\xd8\xff") {
            return (announces_motion_photo && is_video(rest))
                || is_closing_record(rest, announces_motion_photo);
        }
        match jpeg::end_of_stream(stream) {
            Some(end) => rest = &stream[end..],
            None => return false,
        }
    }
    false
}

/// A sequence of ISO media boxes that begins with `ftyp` and fills the rest, a closing record aside.
fn is_video(rest: &[u8]) -> bool {
    if rest.get(4..8) != Some(b"ftyp") {
        return false;
    }
    let mut at = 0;
    while let Some(head) = rest.get(at..).and_then(|r| r.first_chunk::<8>()) {
        let size = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        if !head[4..].iter().all(|b| b.is_ascii_graphic() || *b == b' ') {
            break;
        }
        match size {
            0 => return true,
            8.. if at + size <= rest.len() => at += size,
            _ => return false,
        }
    }
    is_padding(&rest[at..]) || is_closing_record(&rest[at..], true)
}

/// The record of one large maker: a directory `SEFH` … `SEFT` at the very end, its length before `SEFT`.
/// The entries it lists stand before it; a video among them only where the picture announces one.
fn is_closing_record(rest: &[u8], video_announced: bool) -> bool {
    let Some(body) = rest.strip_suffix(b"SEFT") else { return false };
    let Some((body, length)) = body.split_last_chunk::<4>() else { return false };
    let length = u32::from_le_bytes(*length) as usize;
    let Some(start) = body.len().checked_sub(length) else { return false };
    let (entries, directory) = body.split_at(start);
    covers(directory, entries.len())
        && (video_announced || !contains(entries, b"ftyp"))
        && !contains(entries, b"PK\x05\x06")
}

/// Whether the directory lists entries that fill the bytes before it exactly: `SEFH`, version, count, then for
/// each entry its kind, how far before the directory it begins, and its length. All little-endian.
fn covers(directory: &[u8], before: usize) -> bool {
    const HEAD: usize = 12;
    const ENTRY: usize = 12;
    let number = |at: usize| {
        let bytes = directory.get(at..).and_then(|d| d.first_chunk::<4>());
        bytes.map_or(0, |b| u32::from_le_bytes(*b) as usize)
    };
    let count = number(8);
    if !directory.starts_with(b"SEFH") || count == 0 || count.saturating_mul(ENTRY) + HEAD != directory.len()
    {
        return false;
    }
    let mut at = before;
    (0..count).all(|i| {
        let (offset, length) = (number(HEAD + i * ENTRY + 4), number(HEAD + i * ENTRY + 8));
        let follows = offset == at && length > 0 && length <= at;
        at = at.saturating_sub(length);
        follows
    }) && at == 0
}

/// The end record of a ZIP archive: signature and 18 bytes, then a comment that reaches the end of the file.
const RECORD: usize = 22;

/// The file is also something else: a whole ZIP archive, or a PDF to PDF readers.
pub(super) fn refuse_second_format(bytes: &[u8]) -> Result<(), DecodeError> {
    // PDF readers look for the header in the first kilobyte.
    if contains(&bytes[..bytes.len().min(1024)], b"%PDF-") {
        return Err(DecodeError::TrailingData);
    }
    let tail = &bytes[bytes.len().saturating_sub(RECORD + usize::from(u16::MAX))..];
    let is_end_record = |w: &[u8]| w.starts_with(b"PK\x05\x06");
    for (at, window) in tail.windows(RECORD).enumerate() {
        if is_end_record(window) {
            let comment = usize::from(u16::from_le_bytes([window[20], window[21]]));
            if at + RECORD + comment == tail.len() {
                return Err(DecodeError::TrailingData);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_is_harmless_and_text_is_not() {
        assert!(after_jpeg(&[0; 100], false));
        assert!(after_jpeg(b"\r\n", false));
        assert!(!after_jpeg(b"<?php", false));
        assert!(!after_jpeg(b"\0\0PK\x03\x04", false));
    }

    #[test]
    fn a_video_needs_an_announcement() {
        let video = b"\0\0\0\x10ftypisom\0\0\0\0\0\0\0\x0bmdatabc";
        assert!(after_jpeg(video, true));
        assert!(!after_jpeg(video, false));
        assert!(!after_jpeg(&[video.as_slice(), b"PK\x03\x04zip"].concat(), true));
    }

    #[test]
    fn a_closing_record_must_account_for_every_byte() {
        let record = |data: &[u8], listed: u32| {
            let mut directory = b"SEFH\x6b\0\0\0\x01\0\0\0\0\0\x01\x0a".to_vec();
            directory.extend((data.len() as u32).to_le_bytes());
            directory.extend(listed.to_le_bytes());
            let length = (directory.len() as u32).to_le_bytes();
            [data, &directory, &length, b"SEFT"].concat()
        };
        assert!(after_jpeg(&record(b"\0\0\x01\x0aImage_UTC_Data1700000000000", 31), false));
        assert!(!after_jpeg(&record(b"<?php system()?> and what else", 16), false));
        assert!(!after_jpeg(&record(b"PK\x05\x06 an archive", 15), false));
        assert!(!after_jpeg(b"anything SEFH\0\0\0\0\0\0\0\0\x0c\0\0\0SEFT", false));
    }

    #[test]
    fn an_archive_in_a_comment_is_seen() {
        let mut zip = b"\xff\xd8 anything PK\x05\x06".to_vec();
        zip.extend([0; 16]);
        zip.extend([3, 0]);
        zip.extend(b"end");
        assert!(refuse_second_format(&zip).is_err());
        zip.push(b'!');
        assert!(refuse_second_format(&zip).is_ok());
    }
}
