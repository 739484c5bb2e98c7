//! Keys: one root outside the database, everything else wrapped below it.
//!
//! ```text
//! root key                 from the operator, never stored by us
//!  ├─ tenant key           random; wraps the tenant's data keys
//!  │   └─ data key         random; one per subject and purpose, seals content
//!  ├─ tenant secret        random; HKDF gives blind index, pepper, code and commitment keys
//!  └─ signing seed         random; Ed25519 for checkpoints and receipts
//! ```
//!
//! Data keys are **random, never derived**: a derived key could be derived again, and destroying it would
//! be a lie. The tenant secret is apart from the tenant key, so that rotating the latter leaves every
//! index valid. The map from ids to stored [`WrappedKey`]s, their states and their deletion belong to the
//! store; this module only ever sees what it is handed.

pub(crate) mod derive;
mod error;
mod id;
mod published;
mod ring;
mod root;
mod state;
mod wrap;

pub use derive::TenantSecret;
pub use error::KeyError;
pub use id::{KeyId, NotAKeyId};
pub use published::is_published;
pub use ring::{DataKey, KeyRing, Owner};
pub use root::{RootKey, RootKeyError, Weakness};
pub use state::{KeyState, NotAKeyState, NotAPurpose, Purpose, WrongStep};
pub use wrap::{SigningSeed, WRAPPED_BYTES, WrappedKey};
