//! Writing the answer.

use crate::exit::Failure;
use anyhow::Context as _;
use serde::Serialize;
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

/// Prints one JSON object and a line break.
pub(crate) fn json(value: &impl Serialize) -> Result<(), Failure> {
    let mut bytes = serde_json::to_vec_pretty(value)?;
    bytes.push(b'\n');
    print(&bytes)
}

/// Prints text.
pub(crate) fn text(text: &str) -> Result<(), Failure> {
    print(text.as_bytes())
}

fn print(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        // The reader of a pipe has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other.context("cannot write to standard output")?),
    }
}

/// Writes a file that was asked for.
pub(crate) fn file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
    tracing::info!(bytes = bytes.len(), "report written");
    Ok(())
}
