//! Signed notes (C2SP signed-note): text, a blank line, signature lines.

use super::signer::{NoteVerifier, is_key_name};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

/// Bytes of a note.
pub const NOTE_BYTES_MAX: usize = 65_536;
/// Signature lines of a note.
pub const SIGNATURES_MAX: usize = 64;

/// A parsed note. Nothing in it is believed before [`verify`](Self::verify).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    name: String,
    key_id: [u8; 4],
    signature: Vec<u8>,
}

/// A note cannot be read or believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Not the form of a signed note.
    #[error("this is not a signed note")]
    Malformed,
    /// More than [`NOTE_BYTES_MAX`] bytes or [`SIGNATURES_MAX`] signatures.
    #[error("a signed note has at most {NOTE_BYTES_MAX} bytes and {SIGNATURES_MAX} signatures")]
    TooLarge,
    /// None of the signatures is by the key that must have signed.
    #[error("the note is not signed by the known key")]
    UnknownKey,
    /// The known key's signature does not fit the text.
    #[error("the signature does not fit the note")]
    BadSignature,
}

impl Note {
    /// Reads a note: UTF-8 without control characters but newlines, ending in one, with at least one
    /// signature line.
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        if note.len() > NOTE_BYTES_MAX {
            return Err(NoteError::TooLarge);
        }
        if !is_note_text(note) {
            return Err(NoteError::Malformed);
        }
        // The last blank line parts them; the text keeps its own newline.
        let (text, lines) = note.rsplit_once("\n\n").ok_or(NoteError::Malformed)?;
        let lines = lines.strip_suffix('\n').ok_or(NoteError::Malformed)?;
        let signatures =
            lines.split('\n').map(Line::parse).collect::<Option<Vec<_>>>().ok_or(NoteError::Malformed)?;
        if signatures.len() > SIGNATURES_MAX {
            return Err(NoteError::TooLarge);
        }
        Ok(Self { text: format!("{text}\n"), signatures })
    }

    /// The text, if the key signed it. Lines by other keys are ignored, whatever they hold: they may be
    /// witnesses' or of an algorithm that comes later.
    pub fn verify(&self, key: &NoteVerifier) -> Result<&str, NoteError> {
        let mut ours = self
            .signatures
            .iter()
            .filter(|line| line.name == key.name() && line.key_id == key.key_id())
            .peekable();
        if ours.peek().is_none() {
            return Err(NoteError::UnknownKey);
        }
        // Every line that claims to be by this key must be.
        if ours.all(|line| key.accepts(self.text.as_bytes(), &line.signature)) {
            Ok(&self.text)
        } else {
            Err(NoteError::BadSignature)
        }
    }
}

impl Line {
    /// `— name base64(key id ‖ signature)`.
    fn parse(line: &str) -> Option<Self> {
        let (name, coded) = line.strip_prefix("— ")?.split_once(' ')?;
        let bytes = BASE64_STANDARD.decode(coded).ok()?;
        let (key_id, signature) = bytes.split_first_chunk()?;
        if !is_key_name(name) || signature.is_empty() {
            return None;
        }
        Some(Self { name: name.to_owned(), key_id: *key_id, signature: signature.to_vec() })
    }
}

/// Whether a note may hold the text: it ends in a newline and has no other control characters.
pub(super) fn is_note_text(text: &str) -> bool {
    text.ends_with('\n') && !text.chars().any(|c| c < ' ' && c != '\n')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::{self, text};
    use proptest::prelude::*;

    fn published() -> (NoteVerifier, String, String) {
        let file = vectors::load("tlog-tiles");
        let case = &file["published_signed_note"];
        (text(case, "verifier_key").parse().unwrap(), text(case, "text").into(), text(case, "note").into())
    }

    #[test]
    fn the_published_note_is_believed() {
        let (key, text, note) = published();
        assert_eq!(Note::parse(&note).unwrap().verify(&key), Ok(text.as_str()));
    }

    #[test]
    fn lines_by_other_keys_change_nothing() {
        let (key, text, note) = published();
        let others = "— witness.example/w AAAAAAAAAAAAAAAAAAAAAAAAAAA=\n— PeterNeumann AAAAAQI=\n";
        for both in [format!("{note}{others}"), note.replace("\n\n", &format!("\n\n{others}"))] {
            assert_eq!(Note::parse(&both).unwrap().verify(&key), Ok(text.as_str()));
        }
        let only_others = format!("{text}\n{others}");
        assert_eq!(Note::parse(&only_others).unwrap().verify(&key), Err(NoteError::UnknownKey));
    }

    #[test]
    fn one_bad_line_by_the_known_key_spoils_the_note() {
        let (key, _, note) = published();
        let bad = note.lines().last().unwrap().replace("ZJkuBS9U", "ZJkuBS9V");
        let both = format!("{note}{bad}\n");
        assert_eq!(Note::parse(&both).unwrap().verify(&key), Err(NoteError::BadSignature));
    }

    #[test]
    fn odd_notes_are_named() {
        let line = "— a AAAAAAA=\n";
        for wrong in [
            "",
            "\n",
            "\n\n",
            "text\n",
            "text\n\n",
            "text\n\n— a AAAAAAA=",
            "text\n\n— a\n",
            "text\n\n— a b c\n",
            "text\n\n— a+b AAAAAAA=\n",
            "text\n\n—  AAAAAAA=\n",
            "text\n\n- a AAAAAAA=\n",
            "text\n\n— a AAAA\n",
            "te\0xt\n\n— a AAAAAAA=\n",
            "te\rxt\n\n— a AAAAAAA=\n",
            "text\n\n— a AAAAAAA=\n\n",
            "text\n\n— a AAAAAAA=\nx\n",
        ] {
            assert_eq!(Note::parse(wrong), Err(NoteError::Malformed), "{wrong:?}");
        }
        assert!(Note::parse(&format!("text\n\n{}", line.repeat(SIGNATURES_MAX))).is_ok());
        let many = format!("text\n\n{}", line.repeat(SIGNATURES_MAX + 1));
        assert_eq!(Note::parse(&many), Err(NoteError::TooLarge));
        assert_eq!(Note::parse(&"x".repeat(NOTE_BYTES_MAX + 1)), Err(NoteError::TooLarge));
    }

    proptest! {
        #[test]
        fn any_change_of_a_character_is_noticed(at in 0_usize..300, other in any::<char>()) {
            let (key, _, note) = published();
            let mut characters: Vec<char> = note.chars().collect();
            let at = at % characters.len();
            prop_assume!(characters[at] != other);
            characters[at] = other;
            let changed: String = characters.into_iter().collect();
            let believed = Note::parse(&changed).is_ok_and(|note| note.verify(&key).is_ok());
            prop_assert!(!believed);
        }
    }
}
