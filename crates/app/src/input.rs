//! Reading what was named on the command line, and no more of it than can be used.

use shiming_engine::Given;
use std::io::{self, ErrorKind, Read as _};
use std::path::Path;

/// Largest text, number or decision that is read, bytes.
pub(crate) const TEXT_BYTES_MAX: u64 = 16 << 20;

/// A file, `-` being standard input; or the reason there are no bytes.
pub(crate) enum Input {
    Bytes(Vec<u8>),
    Missing,
    Unreadable(io::Error),
}

impl Input {
    /// Reads at most `bytes_max + 1` bytes: one more than is allowed shows that it is too much.
    pub(crate) fn read(path: &Path, bytes_max: u64) -> Self {
        let read = if path == Path::new("-") {
            take(io::stdin().lock(), bytes_max)
        } else {
            // A folder can be opened on some systems, and a pipe or device may never end.
            match std::fs::metadata(path) {
                Ok(meta) if meta.is_dir() => Err(ErrorKind::IsADirectory.into()),
                Ok(_) => std::fs::File::open(path).and_then(|file| take(file, bytes_max)),
                Err(error) => Err(error),
            }
        };
        match read {
            Ok(bytes) => Self::Bytes(bytes),
            Err(error) if error.kind() == ErrorKind::NotFound => Self::Missing,
            Err(error) => Self::Unreadable(error),
        }
    }

    /// A picture file.
    pub(crate) fn picture(path: &Path) -> Self {
        Self::read(path, Given::bytes_max())
    }

    pub(crate) fn given(&self) -> Given<'_> {
        match self {
            Self::Bytes(bytes) => Given::Bytes(bytes),
            Self::Missing => Given::Missing,
            Self::Unreadable(_) => Given::Unreadable,
        }
    }
}

fn take(reader: impl io::Read, bytes_max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(bytes_max + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_up_to_the_limit() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a");
        std::fs::write(&file, [7; 100]).unwrap();
        let len = |limit| match Input::read(&file, limit) {
            Input::Bytes(bytes) => bytes.len(),
            _ => 0,
        };
        assert_eq!((len(1000), len(100), len(10)), (100, 100, 11));
        assert!(matches!(Input::read(&dir.path().join("b"), 10), Input::Missing));
        assert!(matches!(Input::read(dir.path(), 10), Input::Unreadable(_)));
    }
}
