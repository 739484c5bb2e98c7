//! What a file is, by its content. Names and declared types are never trusted.

use super::error::{DecodeError, Foreign};

/// The formats that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Jpeg,
    Png,
    WebP,
}

impl Format {
    /// As in `FileFacts::format`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::WebP => "webp",
        }
    }
}

pub(super) const PNG_SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Names the format, or says why it is refused.
pub(super) fn sniff(bytes: &[u8]) -> Result<Format, DecodeError> {
    if bytes.is_empty() {
        return Err(DecodeError::Empty);
    }
    if bytes.starts_with(b"\xff\xd8\xff") {
        return Ok(Format::Jpeg);
    }
    if bytes.starts_with(PNG_SIGNATURE) {
        return Ok(Format::Png);
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Ok(Format::WebP);
    }
    // The beginning of one of ours, cut short.
    let cut = |whole: &[u8]| bytes.len() < whole.len() && whole.starts_with(bytes);
    if cut(b"\xff\xd8\xff") || cut(PNG_SIGNATURE) || (bytes.len() < 12 && bytes.starts_with(b"RIFF")) {
        return Err(DecodeError::Truncated);
    }
    Err(foreign(bytes).map_or(DecodeError::UnknownFormat, DecodeError::Unsupported))
}

/// Starts of files of other formats.
const STARTS: &[(&[u8], Foreign)] = &[
    (b"GIF87a", Foreign::Gif),
    (b"GIF89a", Foreign::Gif),
    (b"II*\0", Foreign::Tiff),
    (b"MM\0*", Foreign::Tiff),
    (b"II+\0", Foreign::Tiff),
    (b"MM\0+", Foreign::Tiff),
    (b"BM", Foreign::Bmp),
    (b"\0\0\x01\0", Foreign::Ico),
    (b"8BPS", Foreign::Psd),
    (b"\xff\x0a", Foreign::JpegXl),
    (b"\0\0\0\x0cJXL \r\n\x87\n", Foreign::JpegXl),
    (b"\0\0\0\x0cjP  \r\n\x87\n", Foreign::Jpeg2000),
    (b"\xff\x4f\xff\x51", Foreign::Jpeg2000),
    (b"PK\x03\x04", Foreign::Archive),
    (b"PK\x05\x06", Foreign::Archive),
    (b"Rar!\x1a\x07", Foreign::Archive),
    (b"7z\xbc\xaf\x27\x1c", Foreign::Archive),
    (b"\x1f\x8b", Foreign::Archive),
    (b"\x1a\x45\xdf\xa3", Foreign::Video),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Foreign::Archive),
];

fn foreign(bytes: &[u8]) -> Option<Foreign> {
    if bytes.get(4..8) == Some(b"ftyp") {
        return Some(iso_media(bytes));
    }
    if let Some(&(_, format)) = STARTS.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Some(format);
    }
    // PDF readers accept the header anywhere in the first kilobyte, so people have such files.
    let head = &bytes[..bytes.len().min(1024)];
    if contains(head, b"%PDF-") {
        return Some(Foreign::Pdf);
    }
    let text: Vec<u8> =
        head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start().to_ascii_lowercase();
    if contains(&text, b"<svg") {
        return Some(Foreign::Svg);
    }
    if text.starts_with(b"<!doctype html") || text.starts_with(b"<html") {
        return Some(Foreign::Html);
    }
    None
}

/// ISO base media files: the brands say whether it is a still picture or a video.
fn iso_media(bytes: &[u8]) -> Foreign {
    let size = bytes.first_chunk::<4>().map_or(0, |b| u32::from_be_bytes(*b)) as usize;
    let brands = bytes.get(8..size.clamp(8, 256).min(bytes.len())).unwrap_or(&[]);
    let has = |names: &[&[u8; 4]]| brands.chunks_exact(4).any(|b| names.iter().any(|n| b == *n));
    if has(&[b"avif", b"avis"]) {
        Foreign::Avif
    } else if has(&[b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"heif"]) {
        Foreign::Heic
    } else {
        Foreign::Video
    }
}

/// `needle` occurs in `hay`.
pub(super) fn contains(hay: &[u8], needle: &[u8]) -> bool {
    hay.windows(needle.len()).any(|w| w == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(bytes: &[u8]) -> &'static str {
        sniff(bytes).map_or_else(|e| e.code(), Format::name)
    }

    #[test]
    fn content_decides() {
        assert_eq!(code(b"\xff\xd8\xff\xe0...."), "jpeg");
        assert_eq!(code(b"\x89PNG\r\n\x1a\n...."), "png");
        assert_eq!(code(b"RIFF\x10\0\0\0WEBPVP8 "), "webp");
        assert_eq!(code(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"), "heic_not_supported");
        assert_eq!(code(b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf"), "format_not_supported");
        assert_eq!(code(b"%PDF-1.7\n"), "pdf_not_supported");
        assert_eq!(code(b"\n\n%PDF-1.7\n"), "pdf_not_supported");
        assert_eq!(code(b"GIF89a......"), "format_not_supported");
        assert_eq!(code(b"  <?xml version='1.0'?><svg xmlns="), "format_not_supported");
        assert_eq!(code(b"hello"), "unknown_format");
        assert_eq!(code(b""), "empty_file");
        assert_eq!(code(b"\xff\xd8"), "truncated");
    }
}
