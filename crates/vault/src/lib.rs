//! The only crate that touches cryptography.
//!
//! Pure functions over bytes: no I/O, no clock, no generator of its own. Time and [`Entropy`] come in as
//! arguments; [`OsEntropy`] is the one to pass outside tests.
//!
//! | module | for |
//! | --- | --- |
//! | [`digest`] | SHA-256 of files and decisions |
//! | [`keys`] | root, tenant and data keys; what is wrapped and what is derived |
//! | [`seal`] | [`Sealed`](seal::Sealed) values bound to their place |
//! | [`index`] | finding equal values without storing them |
//! | [`password`] | Argon2id with a pepper |
//! | [`token`] | session tokens, API keys, codes, recovery codes |
//! | [`totp`] | authenticator apps |
//! | [`passkey`] | what browsers and authenticators answer |
//! | [`audit`] | canonical entries, Merkle tree, tiles, signed checkpoints, commitments |
//!
//! Secrets are wiped when dropped, have no printed form, and are compared in constant time. Bad input is a
//! typed error. Suite 1 is XChaCha20-Poly1305 with SHA-256; values carry a suite byte, so that another can
//! follow.

mod aead;
pub mod audit;
pub mod digest;
mod entropy;
pub mod index;
pub mod keys;
mod mac;
mod parts;
pub mod passkey;
pub mod password;
pub mod seal;
mod secret;
mod text;
pub mod token;
pub mod totp;
#[cfg(test)]
mod vectors;

pub use entropy::{Entropy, OsEntropy};
pub use parts::{BadName, NAME_BYTES_MAX};
