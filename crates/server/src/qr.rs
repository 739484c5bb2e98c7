//! QR codes as SVG, drawn here so that pages need no library for them and no other host sees what is in them.

use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write as _;

/// Light modules that a reader needs around the code.
const QUIET: usize = 4;

/// Dark on light in every theme; `None` if the text is too long. Level Q: a quarter of it may be hidden by a fold, a
/// smear or a reflection.
pub(crate) fn svg(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::Q).ok()?;
    let width = code.width();
    let side = width + 2 * QUIET;
    let mut path = String::new();
    for (at, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            // Writing into a text cannot fail.
            let _ = write!(path, "M{} {}h1v1h-1z", at % width + QUIET, at / width + QUIET);
        }
    }
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::svg;

    #[test]
    fn a_text_becomes_squares_within_a_quiet_border() {
        let drawn = svg("otpauth://totp/Shiming:reviewer?secret=ABC&issuer=Shiming").unwrap_or_default();
        // The finder pattern's corner is the first dark module, four from the edge.
        assert!(drawn.contains("<path d=\"M4 4h1v1h-1z"), "{drawn}");
        assert!(!drawn.contains("M3 "), "the border is quiet");
        assert!(!drawn.contains("ABC"), "the text itself is not written out");
        assert_eq!(svg(&"x".repeat(5_000)), None);
    }
}
