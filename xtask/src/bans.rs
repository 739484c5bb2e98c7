//! Licences, banned crates, duplicate versions, sources and wildcards, by the lists in `deny.toml`.
//!
//! The lists are cargo-deny's own, so who has that tool can run it; it takes too long to build to be part of
//! every set-up (docs/adr/0002-models-and-install.md). Known vulnerabilities are left to it.

use crate::process::say;
use crate::spdx;
use crate::workspace::{Metadata, Package};
use anyhow::{Context, bail};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

#[derive(Deserialize)]
struct Deny {
    licenses: Licenses,
    bans: Bans,
}

#[derive(Deserialize)]
struct Licenses {
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Bans {
    deny: Vec<Named>,
    #[serde(default)]
    skip: Vec<Named>,
}

#[derive(Deserialize)]
struct Named {
    #[serde(rename = "crate")]
    name: String,
    reason: String,
}

/// Fails with every violation listed.
pub(crate) fn report(root: &Path) -> anyhow::Result<()> {
    let file = root.join("deny.toml");
    let text = std::fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
    let deny: Deny = toml::from_str(&text).context("deny.toml is not as expected")?;
    let metadata = Metadata::read(root)?;
    let foreign: Vec<&Package> = metadata.packages.iter().filter(|p| !metadata.is_member(p)).collect();
    let mut wrong = licences(&foreign, &deny.licenses.allow);
    wrong.extend(banned(&foreign, &deny.bans.deny));
    wrong.extend(duplicates(&foreign, &deny.bans.skip));
    wrong.extend(foreign.iter().filter_map(|package| strange_source(package)));
    wrong.extend(metadata.members().flat_map(wildcards));
    if wrong.is_empty() {
        say(&format!(
            "{} crates: all licences allowed, none banned, no unexplained duplicate, all from the registry",
            foreign.len()
        ));
        return Ok(());
    }
    bail!("{}", wrong.join("\n"))
}

fn licences(packages: &[&Package], allowed: &[String]) -> Vec<String> {
    let problem = |package: &&Package| {
        let Some(licence) = &package.license else { return Some("states no licence".to_owned()) };
        match spdx::allows(licence, allowed) {
            Ok(true) => None,
            Ok(false) => Some(format!("is under {licence}, which deny.toml does not allow")),
            Err(error) => Some(error.to_string()),
        }
    };
    let tell = |p: &&Package| problem(p).map(|problem| format!("{} {} {problem}", p.name, p.version));
    packages.iter().filter_map(tell).collect()
}

fn banned(packages: &[&Package], bans: &[Named]) -> Vec<String> {
    let ban = |package: &&Package| bans.iter().find(|ban| ban.name == package.name);
    let tell = |p: &&Package| ban(p).map(|ban| format!("{} is banned: {}", p.name, ban.reason));
    packages.iter().filter_map(tell).collect()
}

/// Two versions of one crate, unless a reason is written down; and written reasons that no longer apply.
fn duplicates(packages: &[&Package], skip: &[Named]) -> Vec<String> {
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in packages {
        versions.entry(&package.name).or_default().push(&package.version);
    }
    versions.retain(|_, versions| versions.len() > 1);
    let explained = |name: &str| skip.iter().any(|skip| skip.name.split('@').next() == Some(name));
    let unexplained = versions
        .iter()
        .filter(|(name, _)| !explained(name))
        .map(|(name, versions)| format!("{name} is there in several versions: {}", versions.join(", ")));
    let stale = skip
        .iter()
        .filter(|skip| skip.name.split('@').next().is_none_or(|name| !versions.contains_key(name)))
        .map(|skip| format!("deny.toml explains a duplicate of {} that is not there", skip.name));
    unexplained.chain(stale).collect()
}

/// Where everything comes from that is not ours.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// `[sources]` of `deny.toml`: one registry, no repositories, no folders.
fn strange_source(package: &Package) -> Option<String> {
    let source = package.source.as_deref().unwrap_or("a folder");
    (source != REGISTRY).then(|| format!("{} {} comes from {source}", package.name, package.version))
}

/// `wildcards` of `deny.toml`: any version is no version. What lies beside ours has none.
fn wildcards(package: &Package) -> Vec<String> {
    let open = package.dependencies.iter().filter(|d| d.req == "*" && d.path.is_none());
    open.map(|d| format!("{} asks for any version of {}", package.name, d.name)).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_dependencies_keep_to_the_lists() {
        super::report(&crate::workspace::root().unwrap()).unwrap();
    }

    #[test]
    fn strange_sources_and_open_versions_are_told() {
        let package = |source: &str, dependency: &str| -> super::Package {
            serde_json::from_str(&format!(
                r#"{{"id": "a", "name": "a", "version": "1.0.0", "license": null, "source": {source},
                    "manifest_path": "a/Cargo.toml", "dependencies": [{dependency}]}}"#
            ))
            .unwrap()
        };
        let registry = format!("\"{}\"", super::REGISTRY);
        assert_eq!(super::strange_source(&package(&registry, "")), None);
        assert!(super::strange_source(&package("null", "")).is_some());
        assert!(super::strange_source(&package(r#""git+https://example.org/a""#, "")).is_some());
        let any = r#"{"name": "b", "req": "*", "path": null, "kind": null, "rename": null}"#;
        assert_eq!(super::wildcards(&package("null", any)).len(), 1);
        let ours = any.replace(r#""path": null"#, r#""path": "b""#);
        assert!(super::wildcards(&package("null", &ours)).is_empty());
    }
}
