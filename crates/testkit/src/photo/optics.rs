//! Blur of the lens and of movement.

use image::RgbImage;
use image::imageops::FilterType;

use super::split_rows;

/// Gaussian blur with a deviation in pixels; wide ones through a smaller picture, where they cost
/// little and look the same.
pub(super) fn gaussian(image: RgbImage, sigma_px: f32) -> RgbImage {
    if sigma_px < 0.3 {
        return image;
    }
    if sigma_px > 6.0 {
        let factor = (sigma_px / 3.0).floor();
        let (w, h) = image.dimensions();
        let side = |v: u32| ((v as f32 / factor).round() as u32).max(2);
        let small = image::imageops::thumbnail(&image, side(w), side(h));
        let blurred = separable(&small, sigma_px / factor);
        return image::imageops::resize(&blurred, w, h, FilterType::Triangle);
    }
    separable(&image, sigma_px)
}

fn separable(image: &RgbImage, sigma: f32) -> RgbImage {
    let reach = (sigma * 3.0).ceil().max(1.0) as usize;
    let mut weights: Vec<f32> =
        (0..=2 * reach).map(|i| (-((i as f32 - reach as f32) / sigma).powi(2) / 2.0).exp()).collect();
    let sum: f32 = weights.iter().sum();
    for weight in &mut weights {
        *weight /= sum;
    }

    let (w, h) = (image.width() as usize, image.height() as usize);
    let stride = w * 3;
    let source: &[u8] = image;
    // Across: each row padded by its edge pixels, so the inner loop has no branch.
    let mut across = vec![0_u16; stride * h];
    split_rows(&mut across, stride, h, &|first, rows| {
        let mut padded = vec![0.0_f32; stride + reach * 6];
        let mut sums = vec![0.0_f32; stride];
        for (r, out) in rows.chunks_exact_mut(stride).enumerate() {
            let row = &source[(first + r) * stride..][..stride];
            for (i, value) in padded.iter_mut().enumerate() {
                let pixel = (i / 3).saturating_sub(reach).min(w - 1);
                *value = f32::from(row[pixel * 3 + i % 3]);
            }
            sums.fill(0.0);
            for (t, &weight) in weights.iter().enumerate() {
                for (sum, value) in sums.iter_mut().zip(&padded[t * 3..]) {
                    *sum += weight * value;
                }
            }
            for (o, s) in out.iter_mut().zip(&sums) {
                *o = (s * 256.0 + 0.5) as u16;
            }
        }
    });
    let mut result = RgbImage::new(image.width(), image.height());
    let data: &mut [u8] = &mut result;
    split_rows(data, stride, h, &|first, rows| {
        let mut sums = vec![0.0_f32; stride];
        for (r, out) in rows.chunks_exact_mut(stride).enumerate() {
            sums.fill(0.0);
            for (t, &weight) in weights.iter().enumerate() {
                let y = (first + r + t).saturating_sub(reach).min(h - 1);
                for (sum, &value) in sums.iter_mut().zip(&across[y * stride..][..stride]) {
                    *sum += weight * f32::from(value);
                }
            }
            for (o, s) in out.iter_mut().zip(&sums) {
                *o = (s / 256.0 + 0.5) as u8;
            }
        }
    });
    result
}

/// Movement along a straight line while the shutter is open: the mean over `length_px` in
/// direction `to` (radians), a step per pixel.
pub(super) fn motion(image: &RgbImage, length_px: f32, to: f32) -> RgbImage {
    let steps = (length_px.round() as usize).clamp(1, 400);
    let (sin, cos) = to.sin_cos();
    let shifts: Vec<(isize, isize)> = (0..=steps)
        .map(|i| {
            let t = i as f32 / steps as f32 - 0.5;
            ((t * length_px * cos).round() as isize, (t * length_px * sin).round() as isize)
        })
        .collect();
    let (w, h) = (image.width() as usize, image.height() as usize);
    let stride = w * 3;
    let reach = shifts.iter().map(|s| s.0.unsigned_abs()).max().unwrap_or(0);
    let source: &[u8] = image;
    let mut result = RgbImage::new(image.width(), image.height());
    let data: &mut [u8] = &mut result;
    let scale = 1.0 / shifts.len() as f32;
    split_rows(data, stride, h, &|first, rows| {
        let mut padded = vec![0_u8; stride + reach * 6];
        let mut sums = vec![0_u32; stride];
        for (r, out) in rows.chunks_exact_mut(stride).enumerate() {
            sums.fill(0);
            let mut current = None;
            for &(dx, dy) in &shifts {
                let y = ((first + r) as isize + dy).clamp(0, h as isize - 1) as usize;
                if current != Some(y) {
                    current = Some(y);
                    let row = &source[y * stride..][..stride];
                    for i in 0..reach {
                        padded[i * 3..i * 3 + 3].copy_from_slice(&row[..3]);
                        padded[(reach + w + i) * 3..][..3].copy_from_slice(&row[stride - 3..]);
                    }
                    padded[reach * 3..][..stride].copy_from_slice(row);
                }
                let start = (reach as isize + dx).max(0) as usize * 3;
                for (sum, &v) in sums.iter_mut().zip(&padded[start..]) {
                    *sum += u32::from(v);
                }
            }
            for (o, &s) in out.iter_mut().zip(&sums) {
                *o = (s as f32 * scale + 0.5) as u8;
            }
        }
    });
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dot() -> RgbImage {
        let mut image = RgbImage::new(41, 31);
        image.get_pixel_mut(20, 15).0 = [255; 3];
        image
    }

    #[test]
    fn a_blurred_dot_keeps_its_light_and_place() {
        let blurred = gaussian(dot(), 1.5);
        let sum: u32 = blurred.pixels().map(|p| u32::from(p.0[0])).sum();
        assert!((200..310).contains(&sum), "{sum}");
        assert!(blurred.get_pixel(20, 15).0[0] > blurred.get_pixel(22, 15).0[0]);
        assert_eq!(blurred.get_pixel(18, 15), blurred.get_pixel(22, 15));
        assert_eq!(blurred.get_pixel(20, 13), blurred.get_pixel(20, 17));
    }

    #[test]
    fn movement_smears_along_its_direction_only() {
        let moved = motion(&dot(), 8.0, 0.0);
        assert!(moved.get_pixel(17, 15).0[0] > 20);
        assert_eq!(moved.get_pixel(20, 13).0[0], 0);
    }
}
