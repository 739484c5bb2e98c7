//! Runs the program.

use serde_json::Value;
use std::ffi::OsStr;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs it with an English environment and nothing on standard input.
pub(crate) fn shiming<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Run {
    shiming_with(args, &[], b"")
}

/// Runs it with environment variables and standard input.
pub(crate) fn shiming_with<S: AsRef<OsStr>>(
    args: impl IntoIterator<Item = S>,
    env: &[(&str, &str)],
    stdin: &[u8],
) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shiming"));
    command.args(args).env_remove("LC_ALL").env_remove("LC_MESSAGES").env("LANG", "en_US.UTF-8");
    command.env_remove("SHIMING_LOG").envs(env.iter().copied());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    // It may answer without reading; then the pipe is closed and that is fine.
    let _ = child.stdin.take().expect("stdin is piped").write_all(stdin);
    let output = child.wait_with_output().expect("the program ends");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    Run {
        status: output.status.code().expect("no signal ended it"),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

impl Run {
    /// The one JSON object on stdout; the status must be `status`.
    pub(crate) fn json(&self, status: i32) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        let value: Value = serde_json::from_str(&self.stdout).expect("stdout is one JSON value");
        assert!(value.is_object());
        value
    }
}
