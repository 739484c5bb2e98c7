//! `cargo xtask schemathesis`: thousands of requests made from the OpenAPI document, as every kind of caller.

use crate::process::{run, say};
use crate::python;
use crate::service::Service;
use crate::setup::Programs;
use crate::workspace::Metadata;
use anyhow::Context;
use std::path::Path;
use std::process::Command;

/// Starts a sandbox and lets schemathesis look for answers that the document does not describe.
pub(crate) fn schemathesis(root: &Path) -> anyhow::Result<()> {
    let target = Metadata::read(root)?.target_directory;
    let packages = python::schemathesis(&target)?;
    let folder = target.join("schemathesis");
    // The rate of one process would answer most requests instead of the routes.
    let program = Programs::build(root, "release")?.program();
    let service = Service::start(&program, &folder, &["--set", "server.requests_per_s_max=100000"])?;
    let link = service.setup_link().context("the service printed no set-up link")?;
    say(&format!("schemathesis against {}", service.url));
    let mut drive = Command::new("python3");
    drive.arg(root.join("xtask/schemathesis/drive.py")).arg(&service.url).arg(link);
    run(drive.env("PYTHONPATH", packages).current_dir(&folder))?;
    service.stop()
}
