//! Takes listed files out of a package, and nothing else.
//!
//! Paths inside a package are only compared, never used to write; sizes come from the manifest, never from
//! the package.

use super::item::Part;
use shiming_vault::digest::Sha256;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

/// Most bytes a tar archive may unpack to while we look through it.
const UNPACKED_BYTES_MAX: u64 = 1 << 30;
/// Most entries looked at.
const ENTRIES_MAX: usize = 100_000;

/// How a package is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Zip,
    TarGz,
}

impl Format {
    /// By the end of the file's name, as the registries write it.
    pub(super) fn of(file: &str) -> Option<Self> {
        [(".whl", Self::Zip), (".tgz", Self::TarGz), (".tar.gz", Self::TarGz)]
            .into_iter()
            .find_map(|(end, format)| file.ends_with(end).then_some(format))
    }
}

/// Why a file could not be taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum UnpackError {
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    #[error("it has no file {0}")]
    Absent(String),
    #[error("{0} is in it twice")]
    Twice(String),
    #[error("{0} is not a regular file")]
    NotAFile(String),
    #[error("{path} is {found} bytes long instead of {expected}")]
    Size { path: String, expected: u64, found: u64 },
    #[error("{path} has the sha256 {found} instead of {expected}")]
    Hash { path: String, expected: Sha256, found: Sha256 },
    #[error("it unpacks to more than is allowed")]
    TooLarge,
}

/// The contents of `parts`, in their order, each checked against its size and hash.
pub(super) fn take(file: &Path, format: Format, parts: &[Part]) -> Result<Vec<Vec<u8>>, UnpackError> {
    let archive = File::open(file).map_err(|e| UnpackError::Unreadable(e.to_string()))?;
    match format {
        Format::Zip => from_zip(archive, parts),
        Format::TarGz => from_tar_gz(archive, parts),
    }
}

fn from_zip(archive: File, parts: &[Part]) -> Result<Vec<Vec<u8>>, UnpackError> {
    let unreadable = |e: zip::result::ZipError| UnpackError::Unreadable(e.to_string());
    let mut archive = zip::ZipArchive::new(BufReader::new(archive)).map_err(unreadable)?;
    if archive.len() > ENTRIES_MAX {
        return Err(UnpackError::TooLarge);
    }
    let mut contents = Vec::with_capacity(parts.len());
    for part in parts {
        let mut entry = match archive.by_name(&part.path) {
            Ok(entry) => entry,
            Err(zip::result::ZipError::FileNotFound) => return Err(UnpackError::Absent(part.path.clone())),
            Err(other) => return Err(unreadable(other)),
        };
        if !entry.is_file() || entry.is_symlink() {
            return Err(UnpackError::NotAFile(part.path.clone()));
        }
        contents.push(read_part(&mut entry, part)?);
    }
    Ok(contents)
}

fn from_tar_gz(archive: File, parts: &[Part]) -> Result<Vec<Vec<u8>>, UnpackError> {
    let unreadable = |e: std::io::Error| UnpackError::Unreadable(e.to_string());
    // One byte more than allowed, so that reaching the limit can be told from ending at it.
    let unpacked = flate2::read::GzDecoder::new(BufReader::new(archive)).take(UNPACKED_BYTES_MAX);
    let mut archive = tar::Archive::new(unpacked);
    let mut found: Vec<Option<Vec<u8>>> = parts.iter().map(|_| None).collect();
    for (index, entry) in archive.entries().map_err(unreadable)?.enumerate() {
        if index >= ENTRIES_MAX {
            return Err(UnpackError::TooLarge);
        }
        let mut entry = entry.map_err(unreadable)?;
        let path = entry.path_bytes().into_owned();
        let Some((part, slot)) =
            parts.iter().zip(&mut found).find(|(part, _)| part.path.as_bytes() == path.as_slice())
        else {
            continue;
        };
        if !entry.header().entry_type().is_file() {
            return Err(UnpackError::NotAFile(part.path.clone()));
        }
        if slot.is_some() {
            return Err(UnpackError::Twice(part.path.clone()));
        }
        *slot = Some(read_part(&mut entry, part)?);
    }
    let absent = |part: &Part| UnpackError::Absent(part.path.clone());
    found.into_iter().zip(parts).map(|(content, part)| content.ok_or_else(|| absent(part))).collect()
}

/// Reads at most one byte more than the manifest says, whatever the package claims.
fn read_part(reader: &mut impl Read, part: &Part) -> Result<Vec<u8>, UnpackError> {
    let mut content = Vec::with_capacity(usize::try_from(part.bytes).unwrap_or(0));
    reader
        .take(part.bytes + 1)
        .read_to_end(&mut content)
        .map_err(|e| UnpackError::Unreadable(format!("{}: {e}", part.path)))?;
    if content.len() as u64 != part.bytes {
        let found = content.len() as u64;
        return Err(UnpackError::Size { path: part.path.clone(), expected: part.bytes, found });
    }
    let found = Sha256::of(&content);
    if found != part.sha256 {
        return Err(UnpackError::Hash { path: part.path.clone(), expected: part.sha256, found });
    }
    Ok(content)
}
