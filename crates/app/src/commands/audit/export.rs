//! Writing an export: tiles as C2SP tlog-tiles lays them out, and the same entries as lines.

use super::{CHECKPOINT, LINES};
use crate::exit::Failure;
use anyhow::{Context as _, anyhow};
use shiming_store::{Store, audit};
use shiming_vault::audit::{
    Entry, MemoryTree, TILE_HASHES, TileKind, TilePath, bundle, leaf_hash, tile_bytes, tiles,
};
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;

/// Writes the first `size` entries; answers how many.
pub(super) async fn export(store: &Store, size: i64, note: &str, folder: &Path) -> Result<u64, Failure> {
    fs::create_dir(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let mut lines = BufWriter::new(File::create_new(folder.join(LINES))?);
    let mut tree = MemoryTree::default();
    let mut from = 0;
    while from < size {
        let wanted = i64::from(TILE_HASHES).min(size - from);
        let mut tx = store.read().await?;
        let stored = audit::entries(&mut tx, from, u32::try_from(wanted)?).await?;
        drop(tx);
        if i64::try_from(stored.len())? != wanted {
            return Err(anyhow!(
                "the database has fewer entries than were signed: {from} and some of {size}"
            )
            .into());
        }
        let entries = stored.into_iter().map(|row| Entry::from_bytes(row.entry));
        let entries: Vec<Entry> = entries.collect::<Result<_, _>>()?;
        for entry in &entries {
            tree.push(leaf_hash(entry.as_bytes()));
            lines.write_all(entry.as_bytes())?;
            lines.write_all(b"\n")?;
        }
        let index = u64::try_from(from / i64::from(TILE_HASHES))?;
        let path = TilePath::new(TileKind::Entries, index, u16::try_from(wanted)?)?;
        write(folder, path, &bundle(&entries)?)?;
        from += wanted;
    }
    for path in tiles(tree.size()) {
        write(folder, path, &tile_bytes(&tree, path)?)?;
    }
    lines.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
    fs::write(folder.join(CHECKPOINT), note)?;
    Ok(tree.size())
}

fn write(folder: &Path, path: TilePath, bytes: &[u8]) -> Result<(), Failure> {
    let file = folder.join(path.to_string());
    if let Some(parent) = file.parent() {
        fs::create_dir_all(parent)?;
    }
    Ok(fs::write(&file, bytes).with_context(|| format!("cannot write {}", file.display()))?)
}
