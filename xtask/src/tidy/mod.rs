//! The invariants of the repository, each a function that returns what breaks it, and each an ordinary test.

mod edges;
pub(crate) mod files;
mod house;
mod personal;
mod pure;

use crate::process::say;
use crate::workspace::Metadata;
use anyhow::bail;
use files::Tracked;
use std::path::Path;

/// One invariant: its name and what breaks it.
type Rule = (&'static str, fn(&Checkout) -> anyhow::Result<Vec<String>>);

/// What the rules look at.
pub(crate) struct Checkout<'a> {
    root: &'a Path,
    files: Tracked,
    metadata: Metadata,
}

const RULES: [Rule; 13] = [
    ("crates depend only on what lies below them", |checkout| Ok(edges::workspace_edges(checkout))),
    ("cryptography, pixels, databases and networks each have one home", |checkout| {
        Ok(edges::homes(checkout))
    }),
    ("the pure crates are built without async, I/O, clock or chance", |checkout| {
        Ok(edges::pure_graph(checkout))
    }),
    ("the pure crates name no clock, chance, environment or I/O", pure::sources),
    ("vision reads no files, environment or clock", pure::vision),
    ("personal data have no Display, Serialize or derived Debug", personal::newtypes),
    ("every crate takes the workspace's lints", house::lints),
    ("no lint is switched off without a reason", house::allows),
    ("nothing is unfinished or silenced", house::unfinished),
    ("no path of a machine and no registry host", house::machine),
    ("files are about one thing", house::file_length),
    ("nothing large is in git", house::large_files),
    ("every fuzz target has a short run", house::fuzz_targets),
];

impl<'a> Checkout<'a> {
    fn read(root: &'a Path) -> anyhow::Result<Self> {
        Ok(Self { root, files: Tracked::read(root)?, metadata: Metadata::read(root)? })
    }
}

/// Checks all of them and says how each went.
pub(crate) fn report(root: &Path) -> anyhow::Result<()> {
    let checkout = Checkout::read(root)?;
    let mut broken = 0;
    for (name, rule) in RULES {
        let wrong = rule(&checkout)?;
        say(&format!("{} {name}", if wrong.is_empty() { '✓' } else { '✗' }));
        for line in &wrong {
            say(&format!("    {line}"));
        }
        broken += usize::from(!wrong.is_empty());
    }
    for (file, lines) in house::long_files(&checkout)? {
        say(&format!("  note: {file} has {lines} lines; would two ideas be happier apart?"));
    }
    if broken > 0 {
        bail!("{broken} of {} invariants are broken", RULES.len());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_keeps_its_invariants() {
        let root = crate::workspace::root().unwrap();
        let checkout = Checkout::read(&root).unwrap();
        let broken: Vec<String> = RULES
            .iter()
            .flat_map(|(name, rule)| {
                rule(&checkout).unwrap().into_iter().map(move |w| format!("{name}: {w}"))
            })
            .collect();
        assert!(broken.is_empty(), "{}", broken.join("\n"));
    }
}
