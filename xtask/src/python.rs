//! Python packages that only tests use, in a folder of their own.

use crate::process::{run, say};
use anyhow::Context;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A mail server to send test letters to, and what it needs.
const PACKAGES: [&str; 3] = ["aiosmtpd==1.4.6", "atpublic==9.0.0", "attrs==26.1.0"];

/// Installs the packages unless they are there; answers the folder for `PYTHONPATH`. Not a virtual
/// environment: that needs another package on Debian.
pub(crate) fn packages(target: &Path) -> anyhow::Result<PathBuf> {
    let folder = target.join("tools").join("python");
    let list = PACKAGES.join("\n");
    let mark = folder.join("installed.txt");
    if fs::read_to_string(&mark).is_ok_and(|there| there == list) {
        say(&format!("python: {} are there", PACKAGES.join(", ")));
        return Ok(folder);
    }
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("removing {}", folder.display()))?;
    }
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check", "--target"]);
    run(pip.arg(&folder).args(PACKAGES))?;
    fs::write(&mark, list).with_context(|| format!("writing {}", mark.display()))?;
    Ok(folder)
}
