//! The audit tree: entries nobody can change unseen, provable without the database.
//!
//! Entries are canonical JSON ([`Entry`]); their hashes form an RFC 6962 tree ([`Frontier`], [`inclusion`],
//! [`consistency`]), cut into C2SP tiles ([`TilePath`]); a [`Checkpoint`] signed as a [`Note`] fixes size and
//! root; [`check_entries`] holds an export against checkpoints and outside anchors. A chain alone cannot show
//! that its end was cut off or that its owner wrote all of it anew: that needs a checkpoint kept elsewhere.

mod bundle;
mod canonical;
mod checkpoint;
mod commit;
mod export;
mod note;
mod number;
mod proof;
mod signer;
mod tile;
mod tree;

pub use bundle::{BundleError, bundle, unbundle};
pub use canonical::{ENTRY_BYTES_MAX, Entry, EntryError, canonical_json};
pub use checkpoint::{Checkpoint, CheckpointError};
pub use commit::{CommitKey, Commitment, Salt};
pub use export::{ExportFault, Verified, check_entries};
pub use note::{NOTE_BYTES_MAX, Note, NoteError, SIGNATURES_MAX};
pub use proof::{ProofError, consistency, inclusion, verify_consistency, verify_inclusion};
pub use signer::{NotAVerifier, NotAnOrigin, NoteSigner, NoteVerifier};
pub use tile::{
    LevelLayout, NotATilePath, TILE_HASHES, TileKind, TileNodes, TilePath, layout, tile_bytes, tiles,
};
pub use tree::{Frontier, MemoryTree, Nodes, NotAFrontier, empty_root, leaf_hash, node_hash};
