//! Running other programs where people can see what runs.

use anyhow::{Context, bail};
use std::path::Path;
use std::process::{Command, Stdio};

/// Prints a line for the person who waits.
#[expect(clippy::print_stderr, reason = "this program talks to people, on stderr like cargo")]
pub(crate) fn say(text: &str) {
    eprintln!("{text}");
}

/// A command as one would type it, without the environment and the program's folder.
pub(crate) fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_name().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    let quoted = words.map(|word| {
        let word = word.to_string_lossy();
        let plain = !word.is_empty() && !word.contains(|c: char| c.is_whitespace() || "'\"$*".contains(c));
        if plain { word.into_owned() } else { format!("'{word}'") }
    });
    quoted.collect::<Vec<_>>().join(" ")
}

/// Shows the command, runs it with our own input and output, and fails if it fails.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    let line = shown(command);
    say(&format!("$ {line}"));
    let status = command.stdin(Stdio::null()).status();
    let status = status.with_context(|| format!("`{line}` could not be started"))?;
    if !status.success() {
        bail!("`{line}` failed ({status})");
    }
    Ok(())
}

/// Runs two commands at once, for those that mostly wait. Fails if either fails.
pub(crate) fn run_both(first: &mut Command, second: &mut Command) -> anyhow::Result<()> {
    run_beside(first, || run_whole(second))
}

/// Runs a command while something else is done. Fails if either fails, and names both if both do.
pub(crate) fn run_beside(
    command: &mut Command,
    other: impl FnOnce() -> anyhow::Result<()> + Send,
) -> anyhow::Result<()> {
    std::thread::scope(|scope| {
        let other = scope.spawn(other);
        let done = run(command);
        let Ok(other) = other.join() else { bail!("what ran beside `{}` panicked", shown(command)) };
        both(done, other)
    })
}

/// Fails if either failed, and names both if both did.
pub(crate) fn both(one: anyhow::Result<()>, other: anyhow::Result<()>) -> anyhow::Result<()> {
    match (one, other) {
        (Err(one), Err(other)) => bail!("{one:#}; {other:#}"),
        (one, other) => one.and(other),
    }
}

/// Runs a command beside another. What it prints comes when it has ended, so that their words do not mix.
pub(crate) fn run_whole(command: &mut Command) -> anyhow::Result<()> {
    let line = shown(command);
    say(&format!("$ {line}   (beside another; what it prints comes when it has ended)"));
    let output = command.stdin(Stdio::null()).output();
    let output = output.with_context(|| format!("`{line}` could not be started"))?;
    say(&format!("\n$ {line}"));
    say(&String::from_utf8_lossy(&output.stdout));
    say(&String::from_utf8_lossy(&output.stderr));
    if !output.status.success() {
        bail!("`{line}` failed ({})", output.status);
    }
    Ok(())
}

/// What the command prints on stdout; its stderr goes to the person.
pub(crate) fn capture(command: &mut Command) -> anyhow::Result<String> {
    let line = shown(command);
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.with_context(|| format!("`{line}` could not be started"))?;
    if !output.status.success() {
        bail!("`{line}` failed ({})", output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{line}` printed something that is no text"))
}

/// Whether a program runs and ends well; says nothing.
pub(crate) fn works(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// The cargo that runs us.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}
