//! Cutting a line out of a picture.

use super::TextBox;
use crate::models::Models;
use crate::runtime::EngineError;
use crate::warp::{Border, Homography, Sampling, resize_bilinear, warp_perspective};
use image::{RgbImage, imageops};

/// Height and greatest width of the classifier's input, pixels.
const CLS_H: usize = 48;
const CLS_W: usize = 192;
/// Probability above which a line counts as upside down.
const TURNED: f32 = 0.9;

/// The line as an upright strip. A box at least 1.5 times higher than wide is a vertical line and is turned
/// by 90° anticlockwise. A degenerate box gives a single black pixel.
pub fn crop_line(picture: &RgbImage, text: &TextBox) -> RgbImage {
    let [tl, tr, br, bl] = text.corners;
    let length = |p: [f32; 2], q: [f32; 2]| (p[0] - q[0]).hypot(p[1] - q[1]);
    let width = length(tl, tr).max(length(bl, br)).floor();
    let height = length(tl, bl).max(length(tr, br)).floor();
    let target = [[0.0, 0.0], [width, 0.0], [width, height], [0.0, height]];
    let usable = width >= 1.0 && height >= 1.0;
    let Some(map) = Homography::between(&target, &text.corners).filter(|_| usable) else {
        return RgbImage::new(1, 1);
    };
    // Never more pixels than the picture itself has along its diagonal.
    let limit = (picture.width() as f32).hypot(picture.height() as f32) + 1.0;
    let (w, h) = (width.min(limit) as u32, height.min(limit) as u32);
    // An upright box needs no resampling: the warp would copy pixel by pixel. Corners are whole pixels.
    let [tl, tr, br, bl] = text.corners.map(|p| p.map(|v| v as u32));
    let is_upright = tl[1] == tr[1] && bl[1] == br[1] && tl[0] == bl[0] && tr[0] == br[0];
    let strip = if is_upright {
        imageops::crop_imm(picture, tl[0], tl[1], w, h).to_image()
    } else {
        warp_perspective(picture, &map, w, h, Sampling::Bicubic, Border::Replicate)
    };
    if height / width >= 1.5 { imageops::rotate270(&strip) } else { strip }
}

/// Turns a strip that stands on its head. Not needed on a rectified card of known orientation.
pub fn upright(models: &Models, strip: RgbImage) -> Result<RgbImage, EngineError> {
    if strip.width() == 0 || strip.height() == 0 {
        return Ok(strip);
    }
    let aspect = f64::from(strip.width()) / f64::from(strip.height());
    let width = ((CLS_H as f64 * aspect).ceil() as usize).clamp(1, CLS_W);
    let small = resize_bilinear(&strip, width as u32, CLS_H as u32);
    let mut input = vec![0.0; 3 * CLS_H * CLS_W];
    super::write_bgr(&small, CLS_W, CLS_H, &mut input);
    let outputs = models.ocr_cls()?.run(&[1, 3, CLS_H, CLS_W], &input)?;
    let output = outputs.single()?;
    let &[same, turned] = output.data() else {
        return Err(EngineError::Shape {
            model: "ocr-cls",
            detail: format!("[1, 2] expected, {:?} found", output.shape()),
        });
    };
    Ok(if turned > same && turned > TURNED { imageops::rotate180(&strip) } else { strip })
}
