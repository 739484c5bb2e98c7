//! The service as a child of ours.

use crate::process::{cargo, run, say, shown};
use crate::workspace::Metadata;
use anyhow::{Context, bail};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// What the service prints before its address.
const GREETING: &str = "listening on ";

/// A running service.
pub(crate) struct Service {
    child: Child,
    pub(crate) url: String,
}

impl Service {
    /// Starts a sandbox on a free port, with its data in a folder that is made anew.
    pub(crate) fn start(root: &Path, folder: &Path) -> anyhow::Result<Self> {
        if folder.exists() {
            std::fs::remove_dir_all(folder).with_context(|| format!("removing {}", folder.display()))?;
        }
        run(cargo().args(["build", "--release", "--locked", "--package", "shiming-app"]).current_dir(root))?;
        let mut command =
            Command::new(Metadata::read(root)?.target_directory.join("release").join("shiming"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--policy", "generic", "--data"]);
        command.arg(folder.join("data"));
        say(&format!("$ {}", shown(&command)));
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("the service could not be started")?;
        let mut lines = BufReader::new(child.stdout.take().context("its output is piped")?).lines();
        while let Some(line) = lines.next().transpose()? {
            say(&line);
            if let Some(url) = line.strip_prefix(GREETING) {
                let url = url.to_owned();
                // What follows is shown as it comes; a full pipe would stop the service.
                std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| say(&line)));
                return Ok(Self { child, url });
            }
        }
        bail!("the service ended ({}); its own message is above", child.wait()?)
    }

    /// Tells it to stop and waits.
    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        run(Command::new("kill").args(["-TERM", &self.child.id().to_string()]))?;
        let status = self.child.wait()?;
        if !status.success() {
            bail!("the service ended badly ({status})");
        }
        Ok(())
    }

    /// Waits until somebody ends it: Ctrl-C on a terminal reaches it and us.
    pub(crate) fn wait(mut self) -> anyhow::Result<()> {
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Service {
    /// After a failure it must not stay behind.
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}
