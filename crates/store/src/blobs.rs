//! Sealed files in the data folder. There is no way to write one in clear.
//!
//! Commit that it is begun, write the file, then commit the row that names it; those that were begun and never named
//! are swept by a job ([`begun`](crate::begun)). A file is never removed inside a transaction.

use crate::Error;
use shiming_domain::id::FileId;
use shiming_vault::seal::Sealed;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The folder of sealed files.
#[derive(Clone, Debug)]
pub struct Blobs {
    folder: Arc<Path>,
}

impl Blobs {
    /// Opens the folder, making it if need be.
    pub async fn open(folder: PathBuf) -> Result<Self, Error> {
        let folder: Arc<Path> = folder.into();
        let made = Arc::clone(&folder);
        run("written", move || make_private(&made)).await?;
        Ok(Self { folder })
    }

    /// Writes a file so that it survives a power cut, or not at all.
    pub async fn put(&self, id: FileId, content: &Sealed) -> Result<(), Error> {
        let path = self.path(id);
        let bytes = content.as_bytes().to_vec();
        run("written", move || write(&path, &bytes)).await
    }

    /// Reads a file.
    pub async fn get(&self, id: FileId) -> Result<Sealed, Error> {
        let path = self.path(id);
        let read = run("read", move || match fs::read(path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        });
        let bytes = read.await?.ok_or(Error::BlobMissing)?;
        Sealed::from_bytes(bytes).map_err(|_| crate::Broken::new("blob", "content", id.to_string()).into())
    }

    /// Removes a file, half written or whole; one that is not there is no error.
    pub async fn remove(&self, id: FileId) -> Result<(), Error> {
        let path = self.path(id);
        run("removed", move || {
            [beside(&path), path].iter().try_for_each(|path| match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            })
        })
        .await
    }

    /// Two levels of folders by the last characters, which are chance; the first are time.
    fn path(&self, id: FileId) -> PathBuf {
        let name = id.to_string();
        let tail = name.get(name.len().saturating_sub(4)..).unwrap_or("0000");
        let (a, b) = tail.split_at(2);
        self.folder.join(a).join(b).join(name)
    }
}

async fn run<T: Send + 'static>(
    step: &'static str,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|gone| Err(io::Error::other(gone))).map_err(|source| Error::Blob { step, source })
}

/// Where a file grows until it is whole.
fn beside(path: &Path) -> PathBuf {
    path.with_extension("part")
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    make_private(folder)?;
    let beside = beside(path);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    // The name is in the folder, which must last as well.
    File::open(folder)?.sync_all()
}

fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
