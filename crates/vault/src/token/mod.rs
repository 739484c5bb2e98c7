//! Secrets that people and machines carry: tokens, API keys, one-time codes, recovery codes.
//!
//! Tokens and keys are 256 random bits, so a plain SHA-256 hides them well enough and can be looked up.
//! Six-digit codes are so few that only a keyed hash bound to their request hides them.

mod api_key;
mod code;
mod opaque;
mod recovery;

pub use api_key::{ApiKey, ApiKeyError, Mode};
pub use code::{CODE_DIGITS, Code, CodeKey, CodeMac};
pub use opaque::{NotAToken, Token, TokenHash};
pub use recovery::{NotARecoveryCode, RECOVERY_CODES, RecoveryCode, RecoveryHash};
