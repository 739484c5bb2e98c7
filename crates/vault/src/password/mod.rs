//! Passwords: Argon2id (RFC 9106) over a peppered form, stored as a PHC string.
//!
//! Hashing takes 64 MiB and about a tenth of a second. How many run at once is the caller's to limit
//! (security rules, section 2: as many as cores, at most 64 waiting).

mod breached;
mod cost;
mod length;
mod phc;
mod verify;

pub use breached::BreachFingerprint;
pub use cost::{Cost, CostError};
pub use length::{CHARS_MAX, CHARS_MIN_ALONE, CHARS_MIN_WITH_FACTOR, LengthError, check_length};
pub use phc::{NoMemory, NotAHash};
pub use verify::{PasswordError, Passwords, Pepper, StoredPassword, Verdict};
