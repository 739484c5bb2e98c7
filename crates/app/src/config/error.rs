//! What is wrong with a configuration: which setting, where it was set, and what to do.

use super::layers::Origin;
use std::fmt;
use std::path::PathBuf;

/// A configuration that cannot be used. Values are never repeated: they may be secrets.
#[derive(Debug)]
pub(crate) enum ConfigError {
    /// The file cannot be read.
    File { path: PathBuf, source: std::io::Error },
    /// The file is no TOML.
    Syntax { path: PathBuf, message: String },
    /// No such setting; perhaps another was meant.
    Unknown { key: String, origin: Origin, near: Option<String> },
    /// Another kind of value than the setting's.
    Type { key: String, origin: Origin, wanted: &'static str },
    /// The right kind, and not usable. The problem says what would be.
    Value { key: String, origin: Origin, problem: String },
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, source } => {
                write!(f, "the configuration {} cannot be read: {source}", path.display())
            }
            Self::Syntax { path, message } => {
                write!(f, "the configuration {} is not valid TOML: {message}", path.display())
            }
            Self::Unknown { key, origin, near } => {
                write!(f, "there is no setting `{key}` ({origin})")?;
                near.as_ref().map_or(Ok(()), |near| write!(f, "; did you mean `{near}`?"))
            }
            Self::Type { key, origin, wanted } => write!(f, "`{key}` must be {wanted} ({origin})"),
            Self::Value { key, origin, problem } => write!(f, "`{key}` {problem} ({origin})"),
        }
    }
}

impl std::error::Error for ConfigError {}
