//! The tree cut into tiles (C2SP tlog-tiles): files of up to 256 hashes that never change once full.

use super::proof::ProofError;
use super::tree::{Nodes, node_hash};
use crate::digest::Sha256;
use std::fmt;
use std::str::FromStr;

/// Hashes of a full tile, entries of a full bundle.
pub const TILE_HASHES: u16 = 256;
const WIDTH: u64 = 256;
/// Tree levels that one tile level stands for.
const HEIGHT: u32 = 8;
/// Highest tile level the specification allows.
const LEVEL_MAX: u8 = 63;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TileKind {
    /// Hashes of tree level 8 × this.
    Hashes(u8),
    /// The entries themselves.
    Entries,
}

/// Where a tile lies below the log's prefix: `tile/<L>/<N>[.p/<W>]`, `tile/entries/<N>[.p/<W>]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TilePath {
    kind: TileKind,
    index: u64,
    width: u16,
}

/// The text is no tile path in its one spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not the path of a tile")]
pub struct NotATilePath;

/// How many tiles one level of a tree has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LevelLayout {
    /// Tile level; 0 holds leaf hashes.
    pub level: u8,
    /// Full tiles.
    pub full: u64,
    /// Hashes in the last, partial tile; 0 if there is none.
    pub partial_width: u16,
}

impl TilePath {
    /// A tile of 1 to 256 hashes or entries; levels go to 63.
    pub fn new(kind: TileKind, index: u64, width: u16) -> Result<Self, NotATilePath> {
        let level = matches!(kind, TileKind::Entries | TileKind::Hashes(..=LEVEL_MAX));
        if level && (1..=TILE_HASHES).contains(&width) {
            Ok(Self { kind, index, width })
        } else {
            Err(NotATilePath)
        }
    }

    /// What it holds.
    pub fn kind(&self) -> TileKind {
        self.kind
    }

    /// Its place on its level.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// Hashes or entries in it, 1 to 256.
    pub fn width(&self) -> u16 {
        self.width
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hashes(level) => write!(f, "tile/{level}/")?,
            TileKind::Entries => f.write_str("tile/entries/")?,
        }
        f.write_str(&index_path(self.index))?;
        if self.width < TILE_HASHES { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

impl FromStr for TilePath {
    type Err = NotATilePath;

    fn from_str(text: &str) -> Result<Self, NotATilePath> {
        let (kind, rest) =
            text.strip_prefix("tile/").and_then(|rest| rest.split_once('/')).ok_or(NotATilePath)?;
        let kind = match kind {
            "entries" => TileKind::Entries,
            level => TileKind::Hashes(level.parse().map_err(|_| NotATilePath)?),
        };
        let (index, width) = match rest.split_once(".p/") {
            Some((index, width)) => (index, width.parse().map_err(|_| NotATilePath)?),
            None => (rest, TILE_HASHES),
        };
        let mut number = 0_u64;
        for group in index.split('/') {
            let digits = group.strip_prefix('x').unwrap_or(group);
            let value: u64 = digits.parse().map_err(|_| NotATilePath)?;
            number = number.checked_mul(1_000).and_then(|n| n.checked_add(value)).ok_or(NotATilePath)?;
        }
        // Signs, missing zeros and misplaced x all show when it is written back.
        let path = Self::new(kind, number, width)?;
        if path.to_string() == text { Ok(path) } else { Err(NotATilePath) }
    }
}

/// Groups of three digits, all but the last marked with x.
fn index_path(index: u64) -> String {
    let mut text = format!("{:03}", index % 1_000);
    let mut rest = index / 1_000;
    while rest > 0 {
        text = format!("x{:03}/{text}", rest % 1_000);
        rest /= 1_000;
    }
    text
}

/// The tiles of a tree with this many leaves, level by level.
pub fn layout(size: u64) -> Vec<LevelLayout> {
    let mut levels = Vec::new();
    let mut count = size;
    while count > 0 {
        let (full, partial) = (count / WIDTH, count % WIDTH);
        levels.push(LevelLayout { level: levels.len() as u8, full, partial_width: partial as u16 });
        count = full;
    }
    levels
}

/// The hash tiles of a tree with this many leaves: levels ascending, then indices ascending.
pub fn tiles(size: u64) -> impl Iterator<Item = TilePath> {
    layout(size).into_iter().flat_map(|LevelLayout { level, full, partial_width }| {
        let kind = TileKind::Hashes(level);
        let whole = (0..full).map(move |index| TilePath { kind, index, width: TILE_HASHES });
        let last = (partial_width > 0).then_some(TilePath { kind, index: full, width: partial_width });
        whole.chain(last)
    })
}

/// The content of a hash tile: 32 bytes for each hash. Entries are bundled by [`bundle`](super::bundle).
pub fn tile_bytes(nodes: &impl Nodes, path: TilePath) -> Result<Vec<u8>, ProofError> {
    let TileKind::Hashes(tile_level) = path.kind else { return Ok(Vec::new()) };
    let level = u32::from(tile_level) * HEIGHT;
    let mut bytes = Vec::with_capacity(usize::from(path.width) * 32);
    for at in 0..u64::from(path.width) {
        let index = path.index.checked_mul(WIDTH).and_then(|first| first.checked_add(at));
        let index = index.ok_or(ProofError::Outside { index: path.index, size: u64::MAX })?;
        bytes.extend(nodes.node(level, index).ok_or(ProofError::Missing { level, index })?.as_bytes());
    }
    Ok(bytes)
}

/// A tree read from its tiles, for proofs without the entries. `read` gets tile level and index and gives
/// the widest version of that tile there is; it should remember what it read, since one proof asks for a
/// tile up to eight times.
pub struct TileNodes<F> {
    read: F,
}

impl<F: Fn(u8, u64) -> Option<Vec<u8>>> TileNodes<F> {
    /// Reads through this.
    pub fn new(read: F) -> Self {
        Self { read }
    }
}

impl<F> fmt::Debug for TileNodes<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TileNodes(…)")
    }
}

impl<F: Fn(u8, u64) -> Option<Vec<u8>>> Nodes for TileNodes<F> {
    fn node(&self, level: u32, index: u64) -> Option<Sha256> {
        // The subtree's hash is made of 1 to 128 hashes that lie side by side in one tile.
        let (tile_level, height) = (u8::try_from(level / HEIGHT).ok()?, level % HEIGHT);
        let first = index.checked_mul(1 << height)?;
        let tile = (self.read)(tile_level, first / WIDTH)?;
        let start = (first % WIDTH) as usize * 32;
        let mut row: Vec<Sha256> = tile
            .get(start..start + (32 << height))?
            .chunks_exact(32)
            .map(|hash| Some(Sha256::from_bytes(hash.try_into().ok()?)))
            .collect::<Option<_>>()?;
        while row.len() > 1 {
            row = row
                .chunks_exact(2)
                .filter_map(|pair| match pair {
                    [left, right] => Some(node_hash(left, right)),
                    _ => None,
                })
                .collect();
        }
        row.first().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::super::proof::{consistency, inclusion};
    use super::super::tree::numbered;
    use super::*;
    use crate::vectors::{self, hash, list, number, text};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[test]
    fn the_published_index_paths_come_out() {
        for case in list(&vectors::load("tlog-tiles"), "index_paths") {
            let (index, expected) = (number(case, "index"), text(case, "path"));
            assert_eq!(index_path(index), expected);
            let path: TilePath = format!("tile/0/{expected}").parse().unwrap();
            assert_eq!(path, TilePath::new(TileKind::Hashes(0), index, 256).unwrap());
        }
    }

    #[test]
    fn the_published_layouts_come_out() {
        for case in list(&vectors::load("tlog-tiles"), "layouts") {
            let expected: Vec<LevelLayout> = case["levels"]
                .as_array()
                .unwrap()
                .iter()
                .map(|level| LevelLayout {
                    level: number(level, "level") as u8,
                    full: number(level, "full"),
                    partial_width: number(level, "partial_width") as u16,
                })
                .collect();
            assert_eq!(layout(number(case, "size")), expected, "{case}");
        }
        assert_eq!(layout(u64::MAX).len(), 8);
    }

    #[test]
    fn the_published_log_comes_out_tile_by_tile() {
        let file = vectors::load("tlog-tiles");
        let log = &file["synthetic_log"];
        let size = number(log, "size");
        let tree = numbered(size);
        assert_eq!(tree.root(), hash(text(log, "root")));
        let all: BTreeMap<String, Vec<u8>> =
            tiles(size).map(|path| (path.to_string(), tile_bytes(&tree, path).unwrap())).collect();
        assert_eq!(all.len() as u64, number(log, "tiles_total"));
        for case in list(log, "tiles") {
            let path: TilePath = text(case, "path").parse().unwrap();
            assert_eq!(
                (path.kind(), path.index()),
                (TileKind::Hashes(number(case, "level") as u8), number(case, "index"))
            );
            let bytes = &all[text(case, "path")];
            assert_eq!(bytes.len() as u64, number(case, "bytes"), "{case}");
            assert_eq!(bytes.len(), usize::from(path.width()) * 32);
            assert_eq!(Sha256::of(bytes), hash(text(case, "sha256")), "{case}");
        }
        let joined: Vec<u8> = tiles(size).flat_map(|path| all[&path.to_string()].clone()).collect();
        assert_eq!(Sha256::of(&joined), hash(text(log, "sha256_of_all_tiles_concatenated")));

        // Proofs from the tiles are the proofs from the tree.
        let by_place: BTreeMap<(u8, u64), Vec<u8>> = tiles(size)
            .filter_map(|path| match path.kind() {
                TileKind::Hashes(level) => Some(((level, path.index()), all[&path.to_string()].clone())),
                TileKind::Entries => None,
            })
            .collect();
        let stored = TileNodes::new(|level, index| by_place.get(&(level, index)).cloned());
        for (index, from) in
            [(0, 1), (255, 256), (256, 257), (65_535, 65_536), (69_999, 70_000), (12_345, 699)]
        {
            assert_eq!(inclusion(&stored, index, size), inclusion(&tree, index, size));
            assert_eq!(consistency(&stored, from, size), consistency(&tree, from, size));
        }
        assert_eq!(stored.node(0, size), None);
        assert_eq!(stored.node(64, 0), None);
        assert_eq!(stored.node(u32::MAX, u64::MAX), None);
    }

    #[test]
    fn other_spellings_are_refused() {
        for wrong in [
            "",
            "tile",
            "tile/",
            "tile/0",
            "tile/0/",
            "tile/0/0",
            "tile/0/0000",
            "tile/0/+01",
            "tile/00/000",
            "tile/64/000",
            "tile/-1/000",
            "tile/x/000",
            "tile/0/x000/001",
            "tile/0/001/000",
            "tile/0/x001/x000",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/01",
            "tile/0/000.p/65536",
            "tile/0/000.p/",
            "/tile/0/000",
            "tile/0/000/",
            "tile/0/../000",
            "tile/entries/1",
            "tile/entry/000",
            "tile/0/x018/x446/x744/x073/x709/x551/616",
        ] {
            assert_eq!(wrong.parse::<TilePath>(), Err(NotATilePath), "{wrong}");
        }
        assert!(TilePath::new(TileKind::Entries, 0, 0).is_err());
        assert!(TilePath::new(TileKind::Hashes(64), 0, 1).is_err());
        let last = TilePath::new(TileKind::Hashes(7), u64::MAX, 256).unwrap();
        assert!(matches!(tile_bytes(&numbered(1), last), Err(ProofError::Outside { .. })));
    }

    proptest! {
        #[test]
        fn every_path_is_read_back(level in 0_u8..64, index in any::<u64>(), width in 1_u16..=256) {
            for kind in [TileKind::Hashes(level), TileKind::Entries] {
                let path = TilePath::new(kind, index, width).unwrap();
                prop_assert_eq!(path.to_string().parse(), Ok(path));
            }
        }

        #[test]
        fn any_text_is_a_path_or_an_error(text in "tile/[0-9exnti/.p]{0,20}") {
            if let Ok(path) = text.parse::<TilePath>() {
                prop_assert_eq!(path.to_string(), text);
            }
        }
    }
}
