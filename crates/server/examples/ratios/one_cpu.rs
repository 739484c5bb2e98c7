//! One CPU for what happens one after the other.
//!
//! A read of SQLite goes to the thread of a connection and back, several times. Left to itself the system puts the
//! threads of one connection beside each other and those of another apart, and whoever must wake an idle CPU waits
//! several times as long. Which of both is luck and lasts for the whole run: of the same program it made ratios of
//! 0.5 and of 1.6.

use std::process::Command;

/// All threads of this process on one CPU, until it is dropped.
pub(crate) struct OneCpu {
    /// The CPUs there were, as `taskset` lists them.
    before: Option<String>,
}

impl OneCpu {
    /// The first of those this process may use. Without `taskset` (util-linux) all stays as it is, and that is said.
    pub(crate) fn pin() -> Self {
        // `pid 1's current affinity list: 0,1`
        let before = taskset(None).and_then(|said| Some(said.rsplit_once(": ")?.1.trim().to_owned()));
        let first = before.as_deref().and_then(|all| all.split(&[',', '-']).next());
        if first.is_none_or(|first| taskset(Some(first)).is_none()) {
            eprintln!("taskset could not choose a CPU: ratios of reads depend on where threads happen to be");
        }
        Self { before }
    }
}

impl Drop for OneCpu {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            taskset(Some(before));
        }
    }
}

/// Chooses CPUs, or lists them; what it printed, if it went well.
fn taskset(cpus: Option<&str>) -> Option<String> {
    let mut taskset = Command::new("taskset");
    taskset.env("LC_ALL", "C").args(["--all-tasks", "--cpu-list", "--pid"]);
    let done = taskset.args(cpus).arg(std::process::id().to_string()).output().ok()?;
    done.status.success().then(|| String::from_utf8_lossy(&done.stdout).into_owned())
}
