//! What cargo knows about this workspace.

use crate::process;
use anyhow::Context;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The repository's root.
pub(crate) fn root() -> anyhow::Result<PathBuf> {
    // Cargo sets it for whatever it runs; the built-in value serves a binary that is started directly.
    let own = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    own.parent().map(Path::to_owned).context("xtask has no parent folder")
}

/// The part of `cargo metadata` that is looked at here.
#[derive(Deserialize)]
pub(crate) struct Metadata {
    pub(crate) packages: Vec<Package>,
    workspace_members: Vec<String>,
    resolve: Resolve,
    pub(crate) target_directory: PathBuf,
}

/// A package, ours or not.
#[derive(Deserialize)]
pub(crate) struct Package {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) license: Option<String>,
    /// Registry or repository it comes from; none for what lies in a folder.
    pub(crate) source: Option<String>,
    pub(crate) manifest_path: PathBuf,
    pub(crate) dependencies: Vec<Dependency>,
}

/// An entry of a dependency table.
#[derive(Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) req: String,
    /// A folder beside ours instead of a registry.
    pub(crate) path: Option<PathBuf>,
    pub(crate) kind: Option<String>,
    pub(crate) rename: Option<String>,
}

impl Dependency {
    /// Not for tests only.
    pub(crate) fn is_shipped(&self) -> bool {
        self.kind.as_deref() != Some("dev")
    }
}

impl Package {
    /// The folder it lies in.
    pub(crate) fn folder(&self) -> &Path {
        self.manifest_path.parent().unwrap_or(&self.manifest_path)
    }
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Edge>,
}

#[derive(Deserialize)]
struct Edge {
    pkg: String,
    dep_kinds: Vec<EdgeKind>,
}

#[derive(Deserialize)]
struct EdgeKind {
    kind: Option<String>,
}

impl Metadata {
    /// Asks cargo; the lock file must be up to date.
    pub(crate) fn read(root: &Path) -> anyhow::Result<Self> {
        let mut command = process::cargo();
        command.args(["metadata", "--format-version", "1", "--locked"]).current_dir(root);
        let text = process::capture(&mut command)?;
        serde_json::from_str(&text).context("`cargo metadata` printed something unexpected")
    }

    /// Our own packages.
    pub(crate) fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| self.is_member(package))
    }

    /// Whether the package is ours.
    pub(crate) fn is_member(&self, package: &Package) -> bool {
        self.workspace_members.contains(&package.id)
    }

    /// Names of everything that a package is built with, tests of its own left out.
    pub(crate) fn shipped_with(&self, package: &Package) -> Vec<&str> {
        let nodes: BTreeMap<&str, &Node> = self.resolve.nodes.iter().map(|n| (n.id.as_str(), n)).collect();
        let names: BTreeMap<&str, &str> =
            self.packages.iter().map(|p| (p.id.as_str(), p.name.as_str())).collect();
        let mut seen: Vec<&str> = vec![&package.id];
        let mut next = 0;
        while let Some(id) = seen.get(next) {
            let edges = nodes.get(id).map(|node| node.deps.as_slice()).unwrap_or_default();
            for edge in edges.iter().filter(|e| e.dep_kinds.iter().any(|k| k.kind.as_deref() != Some("dev")))
            {
                if !seen.contains(&edge.pkg.as_str()) {
                    seen.push(&edge.pkg);
                }
            }
            next += 1;
        }
        seen.iter().skip(1).filter_map(|id| names.get(id).copied()).collect()
    }
}
