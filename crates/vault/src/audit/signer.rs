//! Keys of signed notes: Ed25519 (RFC 8032), as C2SP signed-note writes them.

use super::note::{NOTE_BYTES_MAX, NoteError, is_note_text};
use crate::keys::SigningSeed;
use crate::text::{hex, unhex};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::Digest as _;
use std::fmt;
use std::str::FromStr;

/// The algorithm byte of Ed25519 in signed notes.
const ED25519: u8 = 1;
const NAME_BYTES_MAX: usize = 255;

/// Signs notes in the name of a log. One name for each installation, such as `example.test/audit`.
pub struct NoteSigner {
    verifier: NoteVerifier,
    key: SigningKey,
}

/// The public half: `name+key id+base64(1 ‖ public key)`. Kept for ever, also of keys no longer used.
#[derive(Clone, PartialEq, Eq)]
pub struct NoteVerifier {
    name: String,
    key: VerifyingKey,
}

/// The name cannot stand in a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a log's name has 1 to {NAME_BYTES_MAX} bytes without white space and plus signs")]
pub struct NotAnOrigin;

/// The text is no verifier key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a verifier key is name+8 hexadecimal digits+base64")]
pub struct NotAVerifier;

impl NoteSigner {
    /// With an unwrapped key.
    pub fn new(name: &str, seed: &SigningSeed) -> Result<Self, NotAnOrigin> {
        Self::from_seed(name, seed.seed.bytes())
    }

    fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, NotAnOrigin> {
        if !is_key_name(name) {
            return Err(NotAnOrigin);
        }
        let key = SigningKey::from_bytes(seed);
        Ok(Self { verifier: NoteVerifier { name: name.to_owned(), key: key.verifying_key() }, key })
    }

    /// The public half.
    pub fn verifier(&self) -> &NoteVerifier {
        &self.verifier
    }

    /// A signed note of any text that ends in a newline: receipts, the announcement of a new key. A text whose
    /// first line is the log's name would be a checkpoint and is refused; those are made by
    /// [`Checkpoint::sign`](super::Checkpoint::sign) alone.
    pub fn sign(&self, text: &str) -> Result<String, NoteError> {
        if !is_note_text(text) || text.lines().next() == Some(self.verifier.name()) {
            return Err(NoteError::Malformed);
        }
        let note = self.sign_any(text);
        if note.len() > NOTE_BYTES_MAX { Err(NoteError::TooLarge) } else { Ok(note) }
    }

    /// The whole note: text, blank line, one signature line.
    pub(super) fn sign_any(&self, text: &str) -> String {
        let signature = self.key.sign(text.as_bytes()).to_bytes();
        let coded = BASE64_STANDARD.encode([&self.verifier.key_id()[..], &signature].concat());
        format!("{text}\n— {} {coded}\n", self.verifier.name)
    }
}

impl fmt::Debug for NoteSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NoteSigner({})", self.verifier)
    }
}

impl NoteVerifier {
    /// The name of the log, which is also the first line of its checkpoints.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// First four bytes of SHA-256(name ‖ newline ‖ algorithm ‖ public key).
    pub(super) fn key_id(&self) -> [u8; 4] {
        let digest: [u8; 32] = sha2::Sha256::new()
            .chain_update(&self.name)
            .chain_update([b'\n', ED25519])
            .chain_update(self.key.as_bytes())
            .finalize()
            .into();
        let [a, b, c, d, ..] = digest;
        [a, b, c, d]
    }

    /// Strict verification: no small-order keys, one encoding of each signature.
    pub(super) fn accepts(&self, text: &[u8], signature: &[u8]) -> bool {
        let Ok(signature) = signature.try_into() else { return false };
        self.key.verify_strict(text, &Signature::from_bytes(signature)).is_ok()
    }
}

impl fmt::Display for NoteVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let coded = BASE64_STANDARD.encode([&[ED25519][..], self.key.as_bytes()].concat());
        write!(f, "{}+{}+{coded}", self.name, hex(&self.key_id()))
    }
}

impl fmt::Debug for NoteVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for NoteVerifier {
    type Err = NotAVerifier;

    fn from_str(text: &str) -> Result<Self, NotAVerifier> {
        // Base64 holds plus signs too, so only the first two part the text.
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(coded)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NotAVerifier);
        };
        let bytes = BASE64_STANDARD.decode(coded).map_err(|_| NotAVerifier)?;
        let Some((&ED25519, key)) = bytes.split_first() else { return Err(NotAVerifier) };
        let key = key.try_into().map_err(|_| NotAVerifier)?;
        let key = VerifyingKey::from_bytes(key).map_err(|_| NotAVerifier)?;
        let verifier = Self { name: name.to_owned(), key };
        let same = unhex(id).is_some_and(|id| id == verifier.key_id());
        if is_key_name(name) && same && !verifier.key.is_weak() { Ok(verifier) } else { Err(NotAVerifier) }
    }
}

pub(super) fn is_key_name(name: &str) -> bool {
    let fits = |c: char| !c.is_whitespace() && !c.is_control() && c != '+';
    (1..=NAME_BYTES_MAX).contains(&name.len()) && name.chars().all(fits)
}

#[cfg(test)]
pub(super) fn published() -> NoteSigner {
    use crate::vectors::{load, text};
    let file = load("tlog-tiles");
    let log = &file["synthetic_checkpoints"];
    let seed = unhex(text(log, "private_key_seed_hex")).unwrap().try_into().unwrap();
    NoteSigner::from_seed(text(log, "origin"), &seed).unwrap()
}

#[cfg(test)]
mod tests {
    use super::super::note::Note;
    use super::*;
    use crate::vectors::{load, text};

    #[test]
    fn the_published_keys_are_read_and_written() {
        let file = load("tlog-tiles");
        let log = &file["synthetic_checkpoints"];
        assert_eq!(published().verifier().to_string(), text(log, "verifier_key"));
        for key in [text(log, "verifier_key"), text(&file["published_signed_note"], "verifier_key")] {
            assert_eq!(key.parse::<NoteVerifier>().unwrap().to_string(), key);
        }
    }

    #[test]
    fn any_text_can_be_signed_but_no_checkpoint_be_slipped_in() {
        let signer = published();
        for text in ["receipt\n", "two\n\nparagraphs\n", "\n", "口令 — name AAAA\n\n"] {
            let note = Note::parse(&signer.sign(text).unwrap()).unwrap();
            assert_eq!(note.verify(signer.verifier()), Ok(text));
        }
        let name = signer.verifier().name();
        let forged = format!("{name}\n5\n{}\n", BASE64_STANDARD.encode([7; 32]));
        for wrong in ["", "no newline", "bell\u{7}\n", "tab\t\n", &forged, &format!("{name}\n")] {
            assert_eq!(signer.sign(wrong), Err(NoteError::Malformed), "{wrong:?}");
        }
        let room = NOTE_BYTES_MAX - (signer.sign_any("\n").len() - 1);
        assert!(signer.sign(&format!("{}\n", "x".repeat(room - 1))).is_ok());
        assert_eq!(signer.sign(&format!("{}\n", "x".repeat(room))), Err(NoteError::TooLarge));
    }

    #[test]
    fn other_texts_are_no_keys() {
        let good = published().verifier().to_string();
        for (from, to) in [
            ("+759ced8b", ""),
            ("759ced8b", "759ced8c"),
            ("759ced8b", "759ced8"),
            ("log.", "lag."),
            ("log.", " log."),
            ("AfgM", "AvgM"),
            ("u7jQ", "u7j"),
            ("u7jQ", "u7jQAAAA"),
        ] {
            let wrong = good.replacen(from, to, 1);
            assert_ne!(wrong, good);
            assert_eq!(wrong.parse::<NoteVerifier>(), Err(NotAVerifier), "{wrong}");
        }
        // The neutral point: signatures by it can be made without any secret.
        let mut neutral = [0; 32];
        neutral[0] = 1;
        let key = VerifyingKey::from_bytes(&neutral).unwrap();
        let weak = NoteVerifier { name: "weak.example".to_owned(), key }.to_string();
        assert_eq!(weak.parse::<NoteVerifier>(), Err(NotAVerifier));
        for wrong in ["", "+", "++", "a+b+c"] {
            assert_eq!(wrong.parse::<NoteVerifier>(), Err(NotAVerifier));
        }
        for name in ["", "a b", "a+b", "a\nb", "\u{3000}", &"x".repeat(256)] {
            assert_eq!(NoteSigner::from_seed(name, &[9; 32]).unwrap_err(), NotAnOrigin, "{name}");
        }
        assert_eq!(format!("{:?}", published()), format!("NoteSigner({good})"));
    }
}
