//! Pictures back to bytes, for reports and for storage after metadata was dropped.

use crate::warp::shrink_to_fit;
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageError, RgbImage};

/// Pixels of a picture, so that callers need no image library of their own.
pub type Pixels = RgbImage;

/// The picture as a JPEG file without metadata, shrunk until its longest side is `side_px_max`.
///
/// `quality` is 1 to 100. Fails only on an empty picture.
pub fn jpeg(picture: &RgbImage, side_px_max: u32, quality: u8) -> Result<Vec<u8>, ImageError> {
    let shrunk = shrink_to_fit(picture, side_px_max.max(1));
    let picture = shrunk.as_ref().map_or(picture, |(small, _)| small);
    let (width, height) = picture.dimensions();
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality.clamp(1, 100)).encode(
        picture.as_raw(),
        width,
        height,
        ExtendedColorType::Rgb8,
    )?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::{Limits, decode};

    #[test]
    fn what_was_written_can_be_read_and_is_small_enough() {
        let picture = RgbImage::from_fn(800, 400, |x, _| image::Rgb([(x / 4) as u8, 90, 40]));
        let read = decode(&jpeg(&picture, 200, 85).unwrap(), &Limits::default()).unwrap();
        assert_eq!(read.rgb.dimensions(), (200, 100));
        assert!(jpeg(&RgbImage::new(0, 0), 200, 85).is_err());
    }
}
