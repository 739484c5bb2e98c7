//! Python packages that only tests use, each set in a folder of its own.

use crate::process::{run, say};
use anyhow::Context;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A mail server to send test letters to, and what it needs.
const MAIL: [&str; 3] = ["aiosmtpd==1.4.6", "atpublic==9.0.0", "attrs==26.1.0"];

/// What makes requests from an OpenAPI document, and what it needs.
const SCHEMATHESIS: [&str; 27] = [
    "schemathesis==4.32.5",
    "anyio==4.16.0",
    "certifi==2026.10.19.post1",
    "charset-normalizer==3.5.3",
    "click==8.5.1",
    "graphql-core==3.3.2",
    "harfile==0.6.0",
    "hypothesis==6.170.17",
    "hypothesis-graphql==0.13.5",
    "idna==3.20",
    "iniconfig==2.3.1",
    "jsonschema-rs==0.60.3",
    "markdown-it-py==4.3.0",
    "markupsafe==3.0.4",
    "mdurl==0.1.2",
    "packaging==26.4",
    "pluggy==1.7.0",
    "pygments==2.21.0",
    "pyrate-limiter==4.5.1",
    "pytest==9.2.0",
    "pyyaml==6.0.4",
    "requests==2.34.2",
    "rich==15.0.0",
    "sortedcontainers==2.4.0",
    "typing-extensions==4.16.0",
    "urllib3==2.8.0",
    "werkzeug==3.1.9",
];

/// The mail server; answers the folder for `PYTHONPATH`.
pub(crate) fn packages(target: &Path) -> anyhow::Result<PathBuf> {
    install(target, "python", &MAIL)
}

/// Schemathesis; answers the folder for `PYTHONPATH`.
pub(crate) fn schemathesis(target: &Path) -> anyhow::Result<PathBuf> {
    install(target, "schemathesis", &SCHEMATHESIS)
}

/// Installs packages unless they are there. Not a virtual environment: that needs another package on Debian.
fn install(target: &Path, name: &str, packages: &[&str]) -> anyhow::Result<PathBuf> {
    let folder = target.join("tools").join(name);
    let list = packages.join("\n");
    let mark = folder.join("installed.txt");
    if fs::read_to_string(&mark).is_ok_and(|there| there == list) {
        say(&format!("python: {} is there", packages.first().unwrap_or(&name)));
        return Ok(folder);
    }
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("removing {}", folder.display()))?;
    }
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check", "--target"]);
    run(pip.arg(&folder).args(packages))?;
    fs::write(&mark, list).with_context(|| format!("writing {}", mark.display()))?;
    Ok(folder)
}
