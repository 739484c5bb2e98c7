//! Quality of a picture of a card: values and the place where each is worst, no opinion.

use crate::picture::Picture;
use image::RgbImage;
use shiming_domain::evidence::Measurement;

/// Corners of a card in working pixels, in the card's reading direction: top left, top right, bottom
/// right, bottom left. They may lie outside the picture.
pub type CardCorners = [[f32; 2]; 4];

/// Measures the picture of a card.
///
/// `flat` is the card seen flat, as large as its working pixels deserve; when it is `None` it is made
/// here. Boxes are in pixels of the upright original.
pub fn measure_card(picture: &Picture, corners: &CardCorners, flat: Option<&RgbImage>) -> Vec<Measurement> {
    let _ = (picture, corners, flat);
    Vec::new()
}

/// Measures a picture that shows no card (a selfie): brightness and clipping of the whole picture.
pub fn measure_scene(picture: &Picture) -> Vec<Measurement> {
    let _ = picture;
    Vec::new()
}
