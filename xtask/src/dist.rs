//! A folder to hand over.

use crate::process::say;
use crate::setup::Programs;
use crate::workspace::Metadata;
use anyhow::{Context, bail};
use std::fs;
use std::path::Path;

/// The program without models may weigh this much, MB.
const BINARY_MB_MAX: u64 = 30;

/// Builds the release binary, checks its size, and lays it out with its documents.
pub(crate) fn dist(root: &Path) -> anyhow::Result<()> {
    crate::web::build(root)?;
    let binary = Programs::build(root)?.program();
    let metadata = Metadata::read(root)?;
    let app = metadata.members().find(|package| package.name == "shiming-app").context("no shiming-app")?;
    let name = format!("shiming-{}-{}-{}", app.version, std::env::consts::OS, std::env::consts::ARCH);
    let folder = metadata.target_directory.join("dist").join(name);
    fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
    let bytes = fs::metadata(&binary).with_context(|| format!("reading {}", binary.display()))?.len();
    if bytes > BINARY_MB_MAX * 1_000_000 {
        bail!("the program has {bytes} bytes, more than {BINARY_MB_MAX} MB");
    }
    copy(&binary, &folder.join("shiming"))?;
    for document in ["LICENSE", "README.md", "README.zh-CN.md", "CHANGELOG.md", "models/manifest.toml"] {
        let from = root.join(document);
        // The workspace may not carry every document yet; what is there comes along.
        if from.is_file() {
            copy(&from, &folder.join(from.file_name().unwrap_or(document.as_ref())))?;
        }
    }
    let mb = bytes as f64 / 1e6;
    say(&format!("{mb:.1} MB program (limit {BINARY_MB_MAX}) in {}", folder.display()));
    Ok(())
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::copy(from, to).with_context(|| format!("copying {} to {}", from.display(), to.display()))?;
    Ok(())
}
