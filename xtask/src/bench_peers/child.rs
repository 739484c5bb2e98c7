//! A program that answers one JSON line for each JSON line.

use anyhow::{Context, bail};
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A running worker; it ends when this is dropped.
pub(crate) struct Worker {
    name: &'static str,
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Worker {
    /// Starts it and waits until it says that it is ready.
    pub(crate) fn start(name: &'static str, command: &mut Command) -> anyhow::Result<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{name} could not be started"))?;
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().context("a started program has an output")?);
        let mut worker = Self { name, child, input, output };
        let ready = worker.hear()?;
        if ready.get("ready").and_then(Value::as_bool) != Some(true) {
            bail!("{name} did not get ready: {ready}");
        }
        Ok(worker)
    }

    /// Sends a job and waits for its answer. An answer of the form `{"error": …}` is an error.
    pub(crate) fn ask(&mut self, job: &Value) -> anyhow::Result<Value> {
        let input = self.input.as_mut().context("the worker is being ended")?;
        writeln!(input, "{job}").and_then(|()| input.flush()).with_context(|| self.name)?;
        let answer = self.hear()?;
        match answer.get("error").and_then(Value::as_str) {
            Some(error) => bail!("{}: {error}", self.name),
            None => Ok(answer),
        }
    }

    fn hear(&mut self) -> anyhow::Result<Value> {
        let mut line = String::new();
        let read = self.output.read_line(&mut line).with_context(|| self.name)?;
        if read == 0 {
            bail!("{} ended before it answered; its own messages are above", self.name);
        }
        serde_json::from_str(&line)
            .with_context(|| format!("{} answered something that is no JSON", self.name))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // The end of its input asks it to end; nobody waits for what it might still say.
        drop(self.input.take());
        if self.child.wait().is_err() {
            drop(self.child.kill());
        }
    }
}
