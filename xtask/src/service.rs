//! The service as a child of ours.

use crate::process::{run, say, shown};
use anyhow::{Context, bail};
use std::io::{BufRead as _, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

/// What the service prints before its address.
const GREETING: &str = "listening on ";
/// What it prints before the link for the first member of staff.
const SETUP: &str = "set up the first member of staff, once: ";
/// What the last line of a sandbox begins with.
const SANDBOX: &str = "sandbox";

/// A running service.
pub(crate) struct Service {
    child: Child,
    pub(crate) url: String,
    setup_link: Option<String>,
}

impl Service {
    /// Starts a sandbox on a free port, with its data in a folder that is made anew.
    pub(crate) fn start(program: &Path, folder: &Path, more: &[&str]) -> anyhow::Result<Self> {
        if folder.exists() {
            std::fs::remove_dir_all(folder).with_context(|| format!("removing {}", folder.display()))?;
        }
        std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        let mut command = Command::new(program);
        command.args(["serve", "--listen", "127.0.0.1:0", "--policy", "generic", "--data"]);
        command.arg(folder.join("data")).args(more);
        say(&format!("$ {}", shown(&command)));
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("the service could not be started")?;
        let lines = BufReader::new(child.stdout.take().context("its output is piped")?).lines();
        let mut service = Self { child, url: String::new(), setup_link: None };
        service.read_greeting(lines)?;
        Ok(service)
    }

    fn read_greeting(&mut self, mut lines: Lines<BufReader<ChildStdout>>) -> anyhow::Result<()> {
        while let Some(line) = lines.next().transpose()? {
            say(&line);
            if let Some(url) = line.strip_prefix(GREETING) {
                url.clone_into(&mut self.url);
            }
            if let Some(link) = line.strip_prefix(SETUP) {
                self.setup_link = Some(link.to_owned());
            }
            if line.starts_with(SANDBOX) {
                // What follows is shown as it comes; a full pipe would stop the service.
                std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| say(&line)));
                return Ok(());
            }
        }
        bail!("the service ended ({}); its own message is above", self.child.wait()?)
    }

    /// The link with which the first member of staff signs up, once.
    pub(crate) fn setup_link(&self) -> Option<&str> {
        self.setup_link.as_deref()
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
