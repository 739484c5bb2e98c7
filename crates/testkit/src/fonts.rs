//! The fonts the cards are set in: Debian's Noto CJK collection, found by face name.

use std::path::{Path, PathBuf};

use ab_glyph::{Font, FontVec};

/// Where Debian and its descendants put `fonts-noto-cjk`.
const NOTO_DIR: &str = "/usr/share/fonts/opentype/noto";

/// Environment variable naming another directory with the four Noto CJK collections.
pub const FONT_DIR_VARIABLE: &str = "SHIMING_TESTKIT_FONTS";

/// Why the fonts could not be loaded.
#[derive(Debug)]
pub enum FontError {
    /// The collection is not installed.
    Missing(PathBuf),
    /// The file is there but holds no such face, or is damaged.
    Unusable {
        /// The collection file.
        path: PathBuf,
        /// The face that was looked for.
        face: &'static str,
    },
}

impl std::fmt::Display for FontError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing(path) => write!(
                f,
                "the font collection {} is missing; install it with `apt-get install fonts-noto-cjk` \
                 or name its directory in {FONT_DIR_VARIABLE}",
                path.display()
            ),
            Self::Unusable { path, face } => write!(
                f,
                "{} holds no usable face \"{face}\"; reinstall it with \
                 `apt-get install --reinstall fonts-noto-cjk`",
                path.display()
            ),
        }
    }
}

impl std::error::Error for FontError {}

/// A face to set text in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// Values and labels.
    Sans,
    /// Headings of foreign documents, marks.
    SansBold,
    /// Numbers and MRZ lines (fixed width).
    Mono,
    /// Receipts, first-generation values.
    Serif,
    /// Titles of the emblem side.
    SerifBold,
}

/// All faces, loaded once.
pub struct Fonts {
    sans: FontVec,
    sans_bold: FontVec,
    mono: FontVec,
    serif: FontVec,
    serif_bold: FontVec,
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fonts(Noto CJK SC)")
    }
}

impl Fonts {
    /// Loads the simplified Chinese faces from the directory in `SHIMING_TESTKIT_FONTS`, else from
    /// where Debian's package puts them.
    pub fn load() -> Result<Self, FontError> {
        let dir = std::env::var_os(FONT_DIR_VARIABLE).map_or_else(|| PathBuf::from(NOTO_DIR), PathBuf::from);
        Self::load_from(&dir)
    }

    /// Loads the simplified Chinese faces from the Noto CJK collections in `dir`.
    pub fn load_from(dir: &Path) -> Result<Self, FontError> {
        let sans = read(dir, "NotoSansCJK-Regular.ttc")?;
        let mono = face(dir, "NotoSansCJK-Regular.ttc", &sans, "Noto Sans Mono CJK SC")?;
        Ok(Self {
            sans: face(dir, "NotoSansCJK-Regular.ttc", &sans, "Noto Sans CJK SC")?,
            mono,
            sans_bold: load_face(dir, "NotoSansCJK-Bold.ttc", "Noto Sans CJK SC")?,
            serif: load_face(dir, "NotoSerifCJK-Regular.ttc", "Noto Serif CJK SC")?,
            serif_bold: load_face(dir, "NotoSerifCJK-Bold.ttc", "Noto Serif CJK SC")?,
        })
    }

    /// The font of a face.
    pub fn get(&self, face: Face) -> &FontVec {
        match face {
            Face::Sans => &self.sans,
            Face::SansBold => &self.sans_bold,
            Face::Mono => &self.mono,
            Face::Serif => &self.serif,
            Face::SerifBold => &self.serif_bold,
        }
    }

    /// Whether the face can show every character of `text`.
    pub fn covers(&self, face: Face, text: &str) -> bool {
        let font = self.get(face);
        text.chars().all(|c| c == ' ' || font.glyph_id(c).0 != 0)
    }
}

fn read(dir: &Path, file: &str) -> Result<Vec<u8>, FontError> {
    let path = dir.join(file);
    std::fs::read(&path).map_err(|_| FontError::Missing(path))
}

fn load_face(dir: &Path, file: &str, family: &'static str) -> Result<FontVec, FontError> {
    let data = read(dir, file)?;
    face(dir, file, &data, family)
}

fn face(dir: &Path, file: &str, data: &[u8], family: &'static str) -> Result<FontVec, FontError> {
    let unusable = || FontError::Unusable { path: dir.join(file), face: family };
    let index = face_index(data, family).ok_or_else(unusable)?;
    FontVec::try_from_vec_and_index(data.to_vec(), index).map_err(|_| unusable())
}

/// Index of the face whose family name (name id 1, Windows platform, UTF-16BE) is `family` in an
/// OpenType collection. The order of the faces differs between releases of the package, so a
/// fixed index would silently give Japanese glyph shapes.
fn face_index(data: &[u8], family: &str) -> Option<u32> {
    let u16_at = |at: usize| Some(u16::from_be_bytes(data.get(at..at + 2)?.try_into().ok()?) as usize);
    let u32_at = |at: usize| Some(u32::from_be_bytes(data.get(at..at + 4)?.try_into().ok()?) as usize);
    if data.get(..4)? != b"ttcf" {
        return None;
    }
    let wanted: Vec<u8> = family.encode_utf16().flat_map(u16::to_be_bytes).collect();
    (0..u32_at(8)?.min(64)).find_map(|face| {
        let font = u32_at(12 + 4 * face)?;
        let tables = u16_at(font + 4)?;
        let record =
            (0..tables).map(|t| font + 12 + 16 * t).find(|&r| data.get(r..r + 4) == Some(b"name"))?;
        let name = u32_at(record + 8)?;
        let strings = name + u16_at(name + 4)?;
        (0..u16_at(name + 2)?)
            .map(|i| name + 6 + 12 * i)
            .any(|r| {
                let text = || {
                    let start = strings + u16_at(r + 10)?;
                    data.get(start..start + u16_at(r + 8)?)
                };
                u16_at(r) == Some(3) && u16_at(r + 6) == Some(1) && text() == Some(&wanted)
            })
            .then_some(face as u32)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_font_names_the_package_to_install() {
        let error = Fonts::load_from(Path::new("no/such/dir")).expect_err("nothing is there");
        assert!(error.to_string().contains("apt-get install fonts-noto-cjk"), "{error}");
    }

    #[test]
    fn a_damaged_collection_is_an_error_not_a_panic() {
        assert_eq!(face_index(b"ttcf\0\x01\0\0\0\0\0\x02\xff\xff\xff\xff", "x"), None);
        assert_eq!(face_index(b"", "x"), None);
    }
}
