//! From bytes to an upright picture at working resolution, under limits of bytes, pixels and memory.

mod error;

pub use error::{Advice, DecodeError, Foreign};

use crate::picture::Picture;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat};
use shiming_domain::evidence::FileFacts;
use std::io::Cursor;

/// What a file may be at most. All are checked before any pixel is allocated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub bytes_max: u64,
    /// Width × height of the stored picture.
    pub pixels_max: u64,
    /// Longest side of the working picture, pixels. Larger pictures are shrunk to it by averaging.
    pub working_side_max: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes_max: 10 << 20, pixels_max: 25_000_000, working_side_max: 2048 }
    }
}

/// Decodes a JPEG, PNG or WebP file, told by its content.
///
/// Pure: the same bytes give the same pixels. Never panics; peak memory is bounded by the limits.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Picture, DecodeError> {
    if bytes.is_empty() {
        return Err(DecodeError::Empty);
    }
    if bytes.len() as u64 > limits.bytes_max {
        return Err(DecodeError::TooManyBytes { bytes: bytes.len() as u64, bytes_max: limits.bytes_max });
    }
    let format = match image::guess_format(bytes) {
        Ok(f @ (ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) => f,
        Ok(_) | Err(_) => return Err(DecodeError::UnknownFormat),
    };
    let mut reader = image::ImageReader::with_format(Cursor::new(bytes), format);
    reader.no_limits();
    let mut decoder = reader.into_decoder().map_err(|_| DecodeError::Damaged)?;
    let (w, h) = decoder.dimensions();
    if u64::from(w) * u64::from(h) > limits.pixels_max {
        return Err(DecodeError::TooManyPixels { width_px: w, height_px: h, pixels_max: limits.pixels_max });
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let grey_file = !decoder.color_type().has_color();
    let mut full = DynamicImage::from_decoder(decoder).map_err(|_| DecodeError::Damaged)?;
    full.apply_orientation(orientation);
    let (width_px, height_px) = (full.width(), full.height());
    let scale = (width_px.max(height_px) as f32 / limits.working_side_max as f32).max(1.0);
    let full = full.into_rgb8();
    let rgb = if scale > 1.0 {
        image::imageops::thumbnail(
            &full,
            ((width_px as f32 / scale).round() as u32).max(1),
            ((height_px as f32 / scale).round() as u32).max(1),
        )
    } else {
        full
    };
    Ok(Picture {
        rgb,
        scale,
        file: FileFacts {
            format: match format {
                ImageFormat::Png => "png",
                ImageFormat::WebP => "webp",
                _ => "jpeg",
            }
            .to_owned(),
            size_bytes: bytes.len() as u64,
            width_px,
            height_px,
        },
        grey_file,
        orientation: orientation.to_exif(),
    })
}
