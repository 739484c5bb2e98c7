//! Verifying an export with nothing but a public key and checkpoints that were kept outside.

use super::{CHECKPOINT, LINES};
use crate::exit::Failure;
use anyhow::{Context as _, anyhow};
use shiming_vault::audit::{
    Checkpoint, MemoryTree, NOTE_BYTES_MAX, NoteVerifier, TILE_HASHES, TileKind, TilePath, Verified,
    check_entries, leaf_hash, tile_bytes, tiles, unbundle,
};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

/// Bytes of a file with anchors.
const ANCHORS_BYTES_MAX: u64 = 64 << 20;
/// Bytes of a bundle: 256 entries, each behind its length.
const BUNDLE_BYTES_MAX: u64 = 256 * 65_537;

/// Holds the export against its own checkpoint and the anchors; answers how many anchors there were.
pub(super) fn verify(folder: &Path, key: &str, anchors: &[PathBuf]) -> Result<(Verified, usize), Failure> {
    let key = public_key(key)?;
    let note = read_text(&folder.join(CHECKPOINT), NOTE_BYTES_MAX as u64)?;
    let own = Checkpoint::open(&note, &key).context("the export's own checkpoint is not believed")?;
    let size = own.size;
    let mut checkpoints = vec![own];
    for file in anchors {
        for note in notes(&read_text(file, ANCHORS_BYTES_MAX)?) {
            let anchor = Checkpoint::open(&note, &key);
            checkpoints
                .push(anchor.with_context(|| format!("a checkpoint in {} is not believed", file.display()))?);
        }
    }
    let kept = checkpoints.len() - 1;

    let mut tree = MemoryTree::default();
    let mut lines = BufReader::new(fs::File::open(folder.join(LINES)).context("opening the entries")?);
    let mut entries: Vec<Vec<u8>> = Vec::new();
    let width = u64::from(TILE_HASHES);
    for index in 0..size.div_ceil(width) {
        let count = u16::try_from(width.min(size - index * width))?;
        let path = TilePath::new(TileKind::Entries, index, count)?;
        let bytes = read(folder, path, BUNDLE_BYTES_MAX)?;
        for entry in unbundle(&bytes, count).with_context(|| format!("{path} cannot be read"))? {
            tree.push(leaf_hash(entry));
            // Whoever reads the lines must read what was signed.
            let mut line = Vec::new();
            lines.read_until(b'\n', &mut line)?;
            if line.strip_suffix(b"\n") != Some(entry) {
                let at = entries.len();
                return Err(anyhow!("line {} of {LINES} is not entry {at} of the tiles", at + 1).into());
            }
            entries.push(entry.to_vec());
        }
    }
    if !lines.fill_buf()?.is_empty() {
        return Err(anyhow!("{LINES} holds more than the {size} entries that were signed").into());
    }
    let verified = check_entries(&entries, &checkpoints)?;
    for path in tiles(tree.size()) {
        if read(folder, path, u64::from(TILE_HASHES) * 32)? != tile_bytes(&tree, path)? {
            return Err(anyhow!("{path} does not fit the entries").into());
        }
    }
    Ok((verified, kept))
}

/// The key itself, or a file with it.
fn public_key(text: &str) -> Result<NoteVerifier, Failure> {
    if let Ok(key) = text.parse() {
        return Ok(key);
    }
    let file = read_text(Path::new(text), 4096).map_err(|_| {
        Failure::usage(anyhow!("--pubkey is neither a public key nor a file with one"))
            .hint("shiming audit export prints the key of an installation")
    })?;
    let key = file.trim().parse();
    key.map_err(|error: shiming_vault::audit::NotAVerifier| {
        Failure::usage(anyhow!(error).context(text.to_owned()))
    })
}

/// Notes one after another, a blank line after each, as `audit.anchor_file` holds them. A note itself has one
/// blank line, before its signatures.
fn notes(text: &str) -> Vec<String> {
    let parts: Vec<&str> = text.split("\n\n").filter(|part| !part.trim().is_empty()).collect();
    let pair = |pair: &[&str]| {
        pair.iter().map(|part| part.trim_matches('\n')).collect::<Vec<_>>().join("\n\n") + "\n"
    };
    parts.chunks(2).map(pair).collect()
}

fn read(folder: &Path, path: TilePath, bytes_max: u64) -> Result<Vec<u8>, Failure> {
    let file = folder.join(path.to_string());
    bounded(&file, bytes_max)
}

fn read_text(file: &Path, bytes_max: u64) -> Result<String, Failure> {
    Ok(String::from_utf8(bounded(file, bytes_max)?)
        .with_context(|| format!("{} is not text", file.display()))?)
}

fn bounded(file: &Path, bytes_max: u64) -> Result<Vec<u8>, Failure> {
    let shown = || format!("cannot read {}", file.display());
    if fs::metadata(file).with_context(shown)?.len() > bytes_max {
        return Err(anyhow!("{} has more than {bytes_max} bytes", file.display()).into());
    }
    Ok(fs::read(file).with_context(shown)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_parted_by_their_second_blank_line() {
        let one = "log\n1\nroot\n\n— log sig1\n";
        let two = "log\n2\nroot\n\n— log sig2\n";
        assert_eq!(notes(one), [one]);
        assert_eq!(notes(&format!("{one}\n{two}\n")), [one, two]);
        assert!(notes("\n\n").is_empty());
    }
}
