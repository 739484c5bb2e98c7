//! Dependencies that no source file names.

use crate::process::say;
use crate::tidy::files::{is_word, rust_files};
use crate::workspace::{Dependency, Metadata, Package};
use anyhow::bail;
use std::path::Path;

/// Fails with every unused entry listed.
pub(crate) fn report(root: &Path) -> anyhow::Result<()> {
    let metadata = Metadata::read(root)?;
    let mut unused = Vec::new();
    let mut checked = 0;
    for package in metadata.members() {
        let sources = sources(package)?;
        for dependency in &package.dependencies {
            checked += 1;
            if !is_used(dependency, &sources) {
                unused.push(format!("{} does not use {}", package.name, dependency.name));
            }
        }
    }
    if unused.is_empty() {
        say(&format!("{checked} dependency entries, all used"));
        return Ok(());
    }
    bail!("{}", unused.join("\n"))
}

fn sources(package: &Package) -> anyhow::Result<Vec<String>> {
    let mut texts = Vec::new();
    for file in rust_files(package.folder())? {
        texts.push(std::fs::read_to_string(file)?);
    }
    Ok(texts)
}

/// Named as a word anywhere in the crate's Rust files: imprecise, but it has no false alarms.
fn is_used(dependency: &Dependency, sources: &[String]) -> bool {
    let name = dependency.rename.as_deref().unwrap_or(&dependency.name).replace('-', "_");
    sources.iter().any(|text| is_word(text, &name))
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_dependency_is_used() {
        super::report(&crate::workspace::root().unwrap()).unwrap();
    }
}
