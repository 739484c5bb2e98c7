//! QR codes as SVG, drawn here so that pages need no library for them and no other host sees what is in them.

use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};

/// Dark on light with the quiet zone the standard asks for, also on dark pages. `None` if the text is too long.
pub(crate) fn svg(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    Some(code.render::<svg::Color<'_>>().min_dimensions(240, 240).build())
}

#[cfg(test)]
mod tests {
    use super::svg;

    #[test]
    fn a_uri_becomes_a_drawing_and_a_book_does_not() {
        let drawn = svg("otpauth://totp/Shiming:reviewer?secret=ABC&issuer=Shiming");
        assert!(drawn.is_some_and(|drawn| drawn.contains("<svg") && drawn.contains("<path")));
        assert_eq!(svg(&"x".repeat(4000)), None);
    }
}
