//! Files made in code: PNG chunks, JPEG segments, containers.

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};
use std::io::Write;

pub(crate) fn fixture(name: &str) -> Vec<u8> {
    // The service's tests send the same files over HTTP.
    let path = format!("{}/../vision/tests/data/decode/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|e| panic!("{path}: {e}"))
}

pub(crate) const FIXTURES: [&str; 13] = [
    "alpha.png",
    "alpha.webp",
    "baseline_420.jpg",
    "baseline_422.jpg",
    "baseline_444.jpg",
    "cmyk_adobe.jpg",
    "grey.jpg",
    "grey16.png",
    "lossless.webp",
    "lossy.webp",
    "palette.png",
    "progressive.jpg",
    "restart.jpg",
];

/// The colour of the fixtures at a place.
pub(crate) fn formula(x: u32, y: u32) -> [u8; 3] {
    let blue = if (x < 28) == (y < 20) { 60 } else { 200 };
    [(40 + x * 3) as u8, (40 + y * 4) as u8, blue]
}

pub(crate) fn chunk(kind: &[u8], body: &[u8]) -> Vec<u8> {
    let mut crc = Crc::new();
    crc.update(kind);
    crc.update(body);
    [&(body.len() as u32).to_be_bytes(), kind, body, &crc.sum().to_be_bytes()].concat()
}

pub(crate) fn header(width: u32, height: u32, depth: u8, colour: u8, interlace: u8) -> Vec<u8> {
    let body =
        [&width.to_be_bytes()[..], &height.to_be_bytes()[..], &[depth, colour, 0, 0, interlace]].concat();
    chunk(b"IHDR", &body)
}

pub(crate) fn deflated(raw: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(raw).unwrap();
    encoder.finish().unwrap()
}

/// So many zeros, deflated.
pub(crate) fn deflated_zeros(count: usize) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    let block = vec![0; 1 << 20];
    let mut left = count;
    while left > 0 {
        let n = left.min(block.len());
        encoder.write_all(&block[..n]).unwrap();
        left -= n;
    }
    encoder.finish().unwrap()
}

/// A PNG of these chunks, signature and end added.
pub(crate) fn png(chunks: &[Vec<u8>]) -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunks.concat(), chunk(b"IEND", &[])].concat()
}

/// Adam7 passes: first column, first row, column step, row step (PNG, 8.2).
const ADAM7: [(u32, u32, u32, u32); 7] =
    [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

/// The formula as an RGB PNG of 8 or 16 bits, plain or interlaced (ISO/IEC 15948 §8.2).
pub(crate) fn formula_png(depth: u8, interlaced: bool) -> Vec<u8> {
    let (width, height) = (56_u32, 40_u32);
    // Start and step of each of the seven passes, or of the only one.
    let passes: &[(u32, u32, u32, u32)] = if interlaced { &ADAM7 } else { &[(0, 0, 1, 1)] };
    let mut raw = Vec::new();
    for &(x0, y0, dx, dy) in passes {
        for y in (y0..height).step_by(dy as usize) {
            raw.push(0);
            for x in (x0..width).step_by(dx as usize) {
                for v in formula(x, y) {
                    raw.push(v);
                    if depth == 16 {
                        raw.push(v);
                    }
                }
            }
        }
    }
    png(&[header(width, height, depth, 2, u8::from(interlaced)), chunk(b"IDAT", &deflated(&raw))])
}

/// A TIFF structure whose only entry is the orientation and whose next directory is itself.
pub(crate) fn exif(orientation: u16) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    tiff.extend(orientation.to_le_bytes());
    tiff.extend([0, 0]);
    tiff.extend(8_u32.to_le_bytes());
    tiff
}

/// A JPEG segment.
pub(crate) fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    [&[0xFF, marker][..], &((body.len() + 2) as u16).to_be_bytes(), body].concat()
}

/// The JPEG with a segment put in after its start marker.
pub(crate) fn with_segment(jpeg: &[u8], marker: u8, body: &[u8]) -> Vec<u8> {
    [&jpeg[..2], &segment(marker, body), &jpeg[2..]].concat()
}

pub(crate) fn with_orientation(jpeg: &[u8], orientation: u16) -> Vec<u8> {
    with_segment(jpeg, 0xE1, &[b"Exif\0\0".to_vec(), exif(orientation)].concat())
}

/// Where the first segment with this marker starts (a marker of the header, not of the scan).
pub(crate) fn find_segment(jpeg: &[u8], marker: u8) -> usize {
    let mut at = 2;
    while jpeg[at + 1] != marker {
        at += 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
    }
    at
}

/// The JPEG with other dimensions in its frame header.
pub(crate) fn with_dimensions(jpeg: &[u8], frame_marker: u8, width: u16, height: u16) -> Vec<u8> {
    let at = find_segment(jpeg, frame_marker);
    let mut out = jpeg.to_vec();
    out[at + 5..at + 7].copy_from_slice(&height.to_be_bytes());
    out[at + 7..at + 9].copy_from_slice(&width.to_be_bytes());
    out
}

/// Where the entropy-coded data of the first scan starts.
pub(crate) fn scan_start(jpeg: &[u8]) -> usize {
    let at = find_segment(jpeg, 0xDA);
    at + 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]))
}

/// A WebP file of these chunks.
pub(crate) fn webp(chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut body = b"WEBP".to_vec();
    for (kind, data) in chunks {
        body.extend_from_slice(*kind);
        body.extend((data.len() as u32).to_le_bytes());
        body.extend_from_slice(data);
        if data.len() % 2 == 1 {
            body.push(0);
        }
    }
    [b"RIFF".as_slice(), &(body.len() as u32).to_le_bytes(), &body].concat()
}

/// The smallest ZIP archive: only the end record.
pub(crate) const EMPTY_ZIP: &[u8] = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
