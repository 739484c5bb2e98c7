//! The marker structure of a JPEG file (ITU-T T.81 annex B), read without decoding anything.

use super::super::error::DecodeError;
use super::super::exif;
use super::super::sniff::contains;

/// Scans a progressive file may have. Encoders write about ten; each costs a pass over the picture.
pub(super) const SCANS_MAX: usize = 32;

/// How the samples are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Process {
    /// SOF0 or SOF1, Huffman, 8 bit.
    Sequential,
    /// SOF2, Huffman, 8 bit.
    Progressive,
}

/// One colour channel of the frame header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Component {
    pub(super) id: u8,
    /// Blocks per MCU across, 1–4.
    pub(super) across: usize,
    /// Blocks per MCU down, 1–4.
    pub(super) down: usize,
    /// Which quantiser table, 0–3.
    pub(super) table: usize,
}

/// What the markers say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) components: Vec<Component>,
    pub(super) process: Process,
    /// Colour transform of the Adobe segment, where there is one.
    pub(super) adobe: Option<u8>,
    /// There is a JFIF segment.
    pub(super) jfif: bool,
    pub(super) orientation: u8,
    /// The XMP packet announces a video behind the picture.
    pub(super) motion_photo: bool,
    /// Where the picture ends: one past its EOI marker.
    pub(super) end: usize,
}

const DAMAGED: DecodeError = DecodeError::Damaged;

fn variant(feature: &'static str) -> DecodeError {
    DecodeError::UnsupportedVariant { format: "jpeg", feature }
}

/// Reads the frame header and what stands before it, checks that the segments chain up to an end marker.
pub(super) fn read(bytes: &[u8]) -> Result<Header, DecodeError> {
    let mut frame = None;
    let mut orientation = None;
    let mut motion_photo = false;
    let (mut adobe, mut jfif) = (None, false);
    let mut scans = 0;
    let mut walk = Walk { bytes, at: 2 };
    let end = loop {
        let (marker, body) = walk.next_segment()?;
        match marker {
            0xD9 => break walk.at,
            0xC0..=0xC2 => {
                if frame.is_some() {
                    return Err(DAMAGED);
                }
                frame = Some(read_frame(marker, body)?);
            }
            0xC3 | 0xCB => return Err(variant("lossless coding")),
            0xDC => return Err(variant("height given after the picture")),
            0xC5..=0xC7 | 0xCD..=0xCF | 0xDE | 0xDF => return Err(variant("hierarchical coding")),
            0xC9 | 0xCA | 0xCC => return Err(variant("arithmetic coding")),
            0xDA => {
                if frame.is_none() {
                    return Err(DAMAGED);
                }
                scans += 1;
                if scans > SCANS_MAX {
                    return Err(variant("more than 32 scans"));
                }
                walk.skip_scan();
            }
            0xE1 => {
                if let Some(tiff) = body.strip_prefix(b"Exif\0\0") {
                    orientation = orientation.or_else(|| exif::orientation(tiff));
                } else if body.starts_with(b"http://ns.adobe.com/xap/1.0/\0") {
                    motion_photo |= contains(body, b"MotionPhoto") || contains(body, b"MicroVideo");
                }
            }
            0xE0 => jfif |= body.starts_with(b"JFIF\0"),
            0xEE if body.starts_with(b"Adobe") => adobe = adobe.or(body.get(11).copied()),
            _ => {}
        }
    };
    let (width, height, components, process) = frame.ok_or(DAMAGED)?;
    if scans == 0 {
        return Err(DAMAGED);
    }
    Ok(Header {
        width,
        height,
        components,
        process,
        adobe,
        jfif,
        orientation: orientation.unwrap_or(1),
        motion_photo,
        end,
    })
}

fn read_frame(marker: u8, body: &[u8]) -> Result<(u32, u32, Vec<Component>, Process), DecodeError> {
    let &[precision, h1, h0, w1, w0, count, ref rest @ ..] = body else { return Err(DAMAGED) };
    if precision != 8 {
        return Err(variant("more than 8 bits per sample"));
    }
    if !matches!(count, 1 | 3 | 4) {
        return Err(variant("number of colour channels"));
    }
    if rest.len() != 3 * usize::from(count) {
        return Err(DAMAGED);
    }
    let (width, height) = (u16::from_be_bytes([w1, w0]), u16::from_be_bytes([h1, h0]));
    if height == 0 {
        return Err(variant("height given after the picture"));
    }
    let components: Vec<Component> = rest
        .chunks_exact(3)
        .map(|c| Component {
            id: c[0],
            across: usize::from(c[1] >> 4),
            down: usize::from(c[1] & 15),
            table: usize::from(c[2]),
        })
        .collect();
    let sound = |c: &Component| (1..=4).contains(&c.across) && (1..=4).contains(&c.down) && c.table < 4;
    if !components.iter().all(sound) {
        return Err(DAMAGED);
    }
    let process = if marker == 0xC2 { Process::Progressive } else { Process::Sequential };
    Ok((width.into(), height.into(), components, process))
}

/// Length of the JPEG stream that `bytes` begins with, end marker included.
pub(in super::super) fn end_of_stream(bytes: &[u8]) -> Option<usize> {
    let mut walk = Walk { bytes, at: 2 };
    let mut scans = 0;
    loop {
        match walk.next_segment().ok()?.0 {
            0xD9 => return Some(walk.at),
            0xDA => {
                scans += 1;
                if scans > SCANS_MAX {
                    return None;
                }
                walk.skip_scan();
            }
            _ => {}
        }
    }
}

/// Steps from segment to segment.
pub(super) struct Walk<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Walk<'a> {
    /// The next marker and its body, which is empty for EOI.
    pub(super) fn next_segment(&mut self) -> Result<(u8, &'a [u8]), DecodeError> {
        let byte = |at: usize| self.bytes.get(at).copied().ok_or(DecodeError::Truncated);
        if byte(self.at)? != 0xFF {
            return Err(DAMAGED);
        }
        // Any number of fill bytes may precede a marker (T.81 B.1.1.2).
        while byte(self.at)? == 0xFF {
            self.at += 1;
        }
        let marker = byte(self.at)?;
        self.at += 1;
        if marker == 0xD9 {
            return Ok((marker, &[]));
        }
        if marker < 0xC0 || (0xD0..=0xD8).contains(&marker) {
            return Err(DAMAGED);
        }
        let length = usize::from(u16::from_be_bytes([byte(self.at)?, byte(self.at + 1)?]));
        if length < 2 {
            return Err(DAMAGED);
        }
        let body = self.bytes.get(self.at + 2..self.at + length).ok_or(DecodeError::Truncated)?;
        self.at += length;
        Ok((marker, body))
    }

    /// Moves over entropy-coded data to the next marker that is neither stuffing nor a restart.
    pub(super) fn skip_scan(&mut self) {
        while let Some(rest) = self.bytes.get(self.at..) {
            let Some(step) = rest.iter().position(|&b| b == 0xFF) else {
                self.at = self.bytes.len();
                return;
            };
            self.at += step;
            match self.bytes.get(self.at + 1) {
                Some(0x00 | 0xD0..=0xD7) => self.at += 2,
                Some(0xFF) => self.at += 1,
                _ => return,
            }
        }
    }
}
