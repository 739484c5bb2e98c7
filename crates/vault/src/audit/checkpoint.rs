//! Checkpoints (C2SP tlog-checkpoint): origin, size and root, signed.

use super::note::{Note, NoteError};
use super::signer::{NoteSigner, NoteVerifier};
use crate::digest::Sha256;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

/// What a log says of itself at one moment. Only [`open`](Self::open) makes one of a stranger's bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Name of the log.
    pub origin: String,
    /// Entries.
    pub size: u64,
    /// Root over all entries.
    pub root: Sha256,
}

/// A checkpoint is not what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The note around it.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The signed text is no checkpoint.
    #[error("the signed text is not a checkpoint")]
    Malformed,
    /// The checkpoint is of another log than the key's.
    #[error("the checkpoint is of another log")]
    OtherOrigin,
}

impl Checkpoint {
    /// The signed note.
    pub fn sign(size: u64, root: Sha256, signer: &NoteSigner) -> String {
        let root = BASE64_STANDARD.encode(root.as_bytes());
        signer.sign_any(&format!("{}\n{size}\n{root}\n", signer.verifier().name()))
    }

    /// The checkpoint inside a note, if this key signed it and it is of the key's log.
    pub fn open(note: &str, key: &NoteVerifier) -> Result<Self, CheckpointError> {
        let note = Note::parse(note)?;
        let checkpoint = Self::parse(note.verify(key)?).ok_or(CheckpointError::Malformed)?;
        if checkpoint.origin == key.name() { Ok(checkpoint) } else { Err(CheckpointError::OtherOrigin) }
    }

    /// Three lines, each in its one spelling; further lines are extensions and only must not be empty.
    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        if origin.is_empty() || lines.any(str::is_empty) {
            return None;
        }
        let number: u64 = size.parse().ok()?;
        if number.to_string() != size {
            return None;
        }
        let root = Sha256::from_bytes(BASE64_STANDARD.decode(root).ok()?.try_into().ok()?);
        Some(Self { origin: origin.to_owned(), size: number, root })
    }
}

#[cfg(test)]
mod tests {
    use super::super::signer::published;
    use super::super::tree::numbered;
    use super::*;
    use crate::vectors::{hash, list, load, number, text};

    #[test]
    fn the_published_checkpoints_are_signed_and_opened() {
        let file = load("tlog-tiles");
        let log = &file["synthetic_checkpoints"];
        let signer = published();
        for case in list(log, "checkpoints") {
            let (size, root) = (number(case, "size"), hash(text(case, "root")));
            assert_eq!(numbered(size).root(), root);
            assert_eq!(Checkpoint::sign(size, root, &signer), text(case, "note"), "{case}");
            assert!(text(case, "note").starts_with(text(case, "text")));
            let opened = Checkpoint::open(text(case, "note"), signer.verifier()).unwrap();
            assert_eq!(opened, Checkpoint { origin: text(log, "origin").into(), size, root });
        }
    }

    #[test]
    fn the_published_bad_ones_are_refused_for_their_reason() {
        let file = load("tlog-tiles");
        for case in list(&file["synthetic_checkpoints"], "negative") {
            let error = Checkpoint::open(text(case, "note"), published().verifier()).unwrap_err();
            let expected = match text(case, "expect") {
                "bad_signature" => CheckpointError::Note(NoteError::BadSignature),
                "malformed" => CheckpointError::Note(NoteError::Malformed),
                "malformed_checkpoint" => CheckpointError::Malformed,
                "unknown_key" => CheckpointError::Note(NoteError::UnknownKey),
                other => panic!("{other}"),
            };
            assert_eq!(error, expected, "{case}");
        }
    }

    #[test]
    fn a_signed_text_must_still_be_a_checkpoint_of_this_log() {
        let signer = published();
        let name = signer.verifier().name();
        let root = BASE64_STANDARD.encode([7; 32]);
        let open = |text: &str| Checkpoint::open(&signer.sign_any(text), signer.verifier());
        assert!(open(&format!("{name}\n5\n{root}\n")).is_ok());
        assert!(open(&format!("{name}\n5\n{root}\nextension\n")).is_ok());
        assert_eq!(open(&format!("other.example\n5\n{root}\n")), Err(CheckpointError::OtherOrigin));
        for wrong in [
            format!("{name}\n"),
            format!("{name}\n5\n"),
            format!("{name}\n+5\n{root}\n"),
            format!("{name}\n-5\n{root}\n"),
            format!("{name}\n5 \n{root}\n"),
            format!("{name}\n18446744073709551616\n{root}\n"),
            format!("{name}\n5\n{}\n", root.trim_end_matches('=')),
            format!("{name}\n5\nAAAA\n"),
            format!("{name}\n5\n{root}\n\nextension\n"),
        ] {
            assert_eq!(open(&wrong), Err(CheckpointError::Malformed), "{wrong:?}");
        }
    }
}
