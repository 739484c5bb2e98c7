//! Building the pages (`web/`), which the server embeds.

use crate::process::{capture, run, say};
use crate::workspace::Metadata;
use anyhow::{Context as _, bail};
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Folders that are made, not written.
const MADE: [&str; 2] = ["node_modules", "dist"];
/// Folders that look at the pages and do not go into them: whoever changes a test need not build the program again.
const LOOKERS: [&str; 3] = ["e2e", "lighthouse", "tests"];

/// Installs the packages that the lock file names and builds the pages, each only if what it is made from changed.
pub(crate) fn build(root: &Path) -> anyhow::Result<()> {
    let web = root.join("web");
    packages(root)?;
    let stamp = Stamp::of(root, "web-dist", &inputs(&web, &[&MADE[..], &LOOKERS].concat())?)?;
    if stamp.holds() && web.join("dist/.vite/manifest.json").is_file() {
        say("pages: nothing changed");
        return Ok(());
    }
    run(npm(&web).args(["run", "--silent", "build"]))?;
    stamp.set()
}

/// Types, accessibility warnings of the compiler, texts, unit tests, and the weight of what is built.
pub(crate) fn check(root: &Path) -> anyhow::Result<()> {
    let web = root.join("web");
    build(root)?;
    let stamp = Stamp::of(root, "web-checked", &inputs(&web, &MADE)?)?;
    if !stamp.holds() {
        for script in ["check", "unit"] {
            run(npm(&web).args(["run", "--silent", script]))?;
        }
        stamp.set()?;
    }
    run(npm(&web).args(["run", "--silent", "budgets"]))
}

fn packages(root: &Path) -> anyhow::Result<()> {
    let web = root.join("web");
    let named = [web.join("package-lock.json"), web.join("package.json"), web.join(".npmrc")];
    let stamp = Stamp::of(root, "web-packages", &named)?;
    if stamp.holds() && web.join("node_modules").is_dir() {
        return Ok(());
    }
    run(npm(&web).args(["ci", "--no-audit", "--no-fund"]))?;
    stamp.set()
}

/// The pages are built with tools that refuse older versions of Node.js, and say so in ways nobody understands.
pub(crate) fn node_is_new_enough(root: &Path) -> anyhow::Result<()> {
    let file = root.join("web/package.json");
    let package: serde_json::Value = serde_json::from_str(&fs::read_to_string(&file)?)?;
    let wanted =
        package["engines"]["node"].as_str().context("web/package.json names no version of Node.js")?;
    let here = capture(Command::new("node").arg("--version")).context("node does not start")?;
    let (oldest, here) = (wanted.trim_start_matches(">="), here.trim().trim_start_matches('v'));
    if version(here) < version(oldest) {
        bail!(
            "Node.js {here} is too old for the pages, which need {oldest} or newer. Please install a newer one, \
             for example the package nodejs of a newer release of your system, then run this again."
        );
    }
    Ok(())
}

/// The numbers of a version, in order; what is none counts as nothing.
fn version(text: &str) -> Vec<u32> {
    text.split('.').map(|part| part.parse().unwrap_or(0)).collect()
}

/// npm in `web/`.
pub(crate) fn npm(web: &Path) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(web);
    command
}

/// Every file but those in some folders.
fn inputs(web: &Path, without: &[&str]) -> anyhow::Result<Vec<PathBuf>> {
    let mut folders = vec![web.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))? {
            let entry = entry?;
            if !entry.file_type()?.is_dir() {
                files.push(entry.path());
            } else if !without.contains(&entry.file_name().to_string_lossy().as_ref()) {
                folders.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Remembers what something was made from.
struct Stamp {
    file: PathBuf,
    value: String,
}

impl Stamp {
    fn of(root: &Path, name: &str, inputs: &[PathBuf]) -> anyhow::Result<Self> {
        let mut hasher = DefaultHasher::new();
        for input in inputs {
            input.strip_prefix(root).unwrap_or(input).hash(&mut hasher);
            fs::read(input).with_context(|| format!("reading {}", input.display()))?.hash(&mut hasher);
        }
        let file = Metadata::read(root)?.target_directory.join(format!("{name}.stamp"));
        Ok(Self { file, value: format!("{:016x}", hasher.finish()) })
    }

    fn holds(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|kept| kept == self.value)
    }

    fn set(&self) -> anyhow::Result<()> {
        let file = &self.file;
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(file, &self.value).with_context(|| format!("writing {}", file.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn versions_are_compared_by_number() {
        assert!(version("18.19.0") < version("20.19"));
        assert!(version("20.9.0") < version("20.19"));
        assert!(version("20.19.0") >= version("20.19"));
        assert!(version("22.1.0") >= version("20.19"));
    }
}
