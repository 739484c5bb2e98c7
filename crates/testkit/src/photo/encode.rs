//! JPEG bytes with an EXIF orientation.

use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, RgbImage};

/// The stored pixels of an upright picture under an EXIF orientation (1–8): turned the other way,
/// so that a reader that applies the orientation sees it upright.
pub fn store_turned(upright: RgbImage, orientation: u8) -> RgbImage {
    let inverse = match Orientation::from_exif(orientation) {
        Some(Orientation::Rotate90) => Orientation::Rotate270,
        Some(Orientation::Rotate270) => Orientation::Rotate90,
        // The others are their own inverse.
        Some(other) => other,
        None => return upright,
    };
    if inverse == Orientation::NoTransforms {
        return upright;
    }
    let mut picture = DynamicImage::ImageRgb8(upright);
    picture.apply_orientation(inverse);
    picture.into_rgb8()
}

/// JPEG bytes of an upright picture, stored under an EXIF orientation. Orientation 1 is written
/// without any EXIF block, as a scanner would.
pub fn jpeg(upright: RgbImage, quality: u8, orientation: u8) -> Result<Vec<u8>, image::ImageError> {
    let stored = store_turned(upright, orientation);
    let mut bytes = Vec::with_capacity(stored.len() / 6);
    JpegEncoder::new_with_quality(&mut bytes, quality.clamp(1, 100)).encode_image(&stored)?;
    if orientation > 1 {
        // Right after the start-of-image marker.
        bytes.splice(2..2, exif_segment(orientation));
    }
    Ok(bytes)
}

/// An APP1 segment whose only entry is the orientation (TIFF tag 0x0112, SHORT, little-endian).
fn exif_segment(orientation: u8) -> Vec<u8> {
    let mut tiff = vec![b'I', b'I', 42, 0, 8, 0, 0, 0, 1, 0];
    tiff.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]);
    tiff.extend([0, 0, 0, 0]);
    let length = (2 + 6 + tiff.len()) as u16;
    let mut segment = vec![0xFF, 0xE1];
    segment.extend(length.to_be_bytes());
    segment.extend(*b"Exif\0\0");
    segment.extend(tiff);
    segment
}

#[cfg(test)]
mod tests {
    use image::{ImageDecoder, ImageReader, Rgb};

    use super::*;

    #[test]
    fn every_orientation_reads_back_as_the_same_upright_picture() {
        // Four differently coloured quarters: any wrong turn or mirror shows.
        let quarters = RgbImage::from_fn(96, 64, |x, y| {
            Rgb([if x < 48 { 30 } else { 220 }, if y < 32 { 30 } else { 220 }, 90])
        });
        for orientation in 1..=8 {
            let bytes = jpeg(quarters.clone(), 95, orientation).expect("encodes");
            let mut decoder =
                ImageReader::with_format(std::io::Cursor::new(&bytes), image::ImageFormat::Jpeg)
                    .into_decoder()
                    .expect("decodes");
            let tag = decoder.orientation().expect("has an orientation");
            assert_eq!(tag.to_exif(), orientation);
            let mut picture = DynamicImage::from_decoder(decoder).expect("decodes");
            picture.apply_orientation(tag);
            let picture = picture.into_rgb8();
            assert_eq!(picture.dimensions(), (96, 64), "orientation {orientation}");
            for (x, y) in [(10, 10), (80, 10), (80, 50), (10, 50)] {
                let (got, want) = (picture.get_pixel(x, y).0, quarters.get_pixel(x, y).0);
                assert!(got.iter().zip(want).all(|(a, b)| a.abs_diff(b) < 12), "orientation {orientation}");
            }
        }
    }
}
