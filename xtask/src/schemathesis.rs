//! `cargo xtask schemathesis`: thousands of requests made from the OpenAPI document, as every kind of caller.

use crate::process::{run_whole, say};
use crate::python;
use crate::service::Service;
use crate::setup::Programs;
use crate::workspace::Metadata;
use anyhow::Context;
use std::path::Path;
use std::process::Command;

/// Starts a sandbox and lets schemathesis look for answers that the document does not describe.
pub(crate) fn schemathesis(root: &Path, programs: &Programs) -> anyhow::Result<()> {
    let target = Metadata::read(root)?.target_directory;
    let packages = python::schemathesis(&target)?;
    let folder = target.join("schemathesis");
    // The rate of one process would answer most requests instead of the routes; of ten thousand requests only what
    // went wrong is worth a line.
    let options = ["--set", "server.requests_per_s_max=100000", "--set", "log.level=error"];
    let service = Service::start(&programs.program(), &folder, &options)?;
    let link = service.setup_link().context("the service printed no set-up link")?;
    say(&format!("schemathesis against {}", service.url));
    let mut drive = Command::new("python3");
    drive.arg(root.join("xtask/schemathesis/drive.py")).arg(&service.url).arg(link);
    run_whole(drive.env("PYTHONPATH", packages).current_dir(&folder))?;
    service.stop()
}
