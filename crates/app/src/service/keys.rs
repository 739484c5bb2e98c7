//! The root key: read, or made at the first start, and refused where it is not safe.

use crate::config::{Config, RootKeyFrom};
use crate::exit::Failure;
use anyhow::{Context as _, anyhow};
use shiming_vault::keys::{KeyId, RootKey};
use shiming_vault::{Entropy as _, OsEntropy};
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;

/// What is wrong with a file that holds a root key, and what to do about it.
pub(crate) fn fault(path: &Path, data: &Path) -> Option<String> {
    let shown = path.display();
    // Links and dots are looked through, as a backup would.
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if real(path).starts_with(real(data)) {
        return Some(format!(
            "the root key {shown} lies in the data folder, so every backup of it would hold the key; move it \
             elsewhere and set keys.root_key_file"
        ));
    }
    #[cfg(unix)]
    if let Ok(facts) = fs::metadata(path) {
        use std::os::unix::fs::PermissionsExt as _;
        if facts.permissions().mode() & 0o077 != 0 {
            return Some(format!("others may read the root key {shown}; run: chmod 600 {shown}"));
        }
    }
    None
}

/// The name of the key in a file, `None` if there is no file, or why it cannot be used.
pub(crate) fn look(path: &Path, data: &Path) -> Result<Option<KeyId>, String> {
    if !path.exists() {
        return Ok(None);
    }
    read(path, data).map(|key| Some(key.id())).map_err(|failure| failure.text())
}

/// The root key and former ones. Makes a key file at the first start; `has_data` forbids that, because data
/// that exist were sealed with another key.
pub(crate) fn load(config: &Config, has_data: bool) -> Result<(RootKey, Vec<RootKey>), Failure> {
    let root = match &config.keys.root {
        RootKeyFrom::Environment(secret) => {
            RootKey::from_text(secret.reveal()).context("SHIMING_ROOT_KEY cannot be used")?
        }
        RootKeyFrom::File(path) => {
            if !path.exists() {
                if has_data {
                    return Err(anyhow!(
                        "the root key {} is missing and the database already has keys under it; bring the \
                         file back from where you keep it, nothing else opens this database",
                        path.display()
                    )
                    .into());
                }
                make(path).with_context(|| format!("cannot make the root key {}", path.display()))?;
                tracing::warn!(
                    path = %path.display(),
                    "made a root key; keep a copy in a safe place, apart from the backups of the data"
                );
            }
            read(path, &config.data)?
        }
    };
    let older = config.keys.older.iter().map(|path| read(path, &config.data));
    Ok((root, older.collect::<Result<_, _>>()?))
}

fn read(path: &Path, data: &Path) -> Result<RootKey, Failure> {
    if let Some(fault) = fault(path, data) {
        return Err(anyhow!(fault).into());
    }
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(RootKey::from_text(&text).with_context(|| format!("{} cannot be used", path.display()))?)
}

fn make(path: &Path) -> std::io::Result<()> {
    let mut bytes = [0; 32];
    OsEntropy.fill(&mut bytes);
    let mut text = bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    text.push('\n');
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        make_private(folder)?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Makes a folder that only its owner may enter.
pub(crate) fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_only_for_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let (path, data) = (folder.path().join("keys/root.key"), folder.path().join("data"));
        make(&path).unwrap();
        assert_eq!(fault(&path, &data), None);
        let first = read(&path, &data).unwrap().id();
        assert_eq!(make(&path).unwrap_err().kind(), std::io::ErrorKind::AlreadyExists);
        assert_eq!(read(&path, &data).unwrap().id(), first);
    }

    #[cfg(unix)]
    #[test]
    fn a_key_that_others_may_read_or_that_backups_would_hold_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (path, data) = (folder.path().join("root.key"), folder.path().join("data"));
        make(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(fault(&path, &data).unwrap().contains("chmod 600"));
        fs::create_dir(&data).unwrap();
        let inside = data.join("root.key");
        make(&inside).unwrap();
        assert!(fault(&inside, &data).unwrap().contains("lies in the data folder"));
        let link = folder.path().join("link.key");
        std::os::unix::fs::symlink(&inside, &link).unwrap();
        assert!(fault(&link, &data).unwrap().contains("lies in the data folder"));
    }
}
