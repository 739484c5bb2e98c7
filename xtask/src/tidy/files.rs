//! The files of the repository and how their text is looked at.

use crate::process::capture;
use anyhow::Context;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Files in git, and new ones that are not ignored.
pub(crate) struct Tracked(Vec<String>);

impl Tracked {
    pub(super) fn read(root: &Path) -> anyhow::Result<Self> {
        let mut git = Command::new("git");
        git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).current_dir(root);
        let list = capture(&mut git).context("the invariants are checked on a git checkout")?;
        let there = |name: &&str| !name.is_empty() && root.join(name).is_file();
        Ok(Self(list.split('\0').filter(there).map(str::to_owned).collect()))
    }

    /// Paths relative to the root, with `/`.
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Rust files below a folder.
    pub(super) fn rust<'a>(&'a self, under: &'a str) -> impl Iterator<Item = &'a str> {
        self.all().filter(move |file| file.starts_with(under) && has_extension(file, &["rs"]))
    }
}

/// Whether the file's name ends in one of these, written without the dot.
pub(super) fn has_extension(file: &str, extensions: &[&str]) -> bool {
    Path::new(file).extension().is_some_and(|found| extensions.iter().any(|known| found == *known))
}

/// A text file's content; `None` if it is not text.
pub(super) fn text(root: &Path, file: &str) -> anyhow::Result<Option<String>> {
    let bytes = fs::read(root.join(file)).with_context(|| format!("reading {file}"))?;
    Ok(String::from_utf8(bytes).ok().filter(|text| !text.contains('\0')))
}

/// Rust files of a crate's folder, build output left out.
pub(crate) fn rust_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                if path.file_name().is_some_and(|name| name != "target") {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|ext| ext == "rs") {
                found.push(path);
            }
        }
    }
    Ok(found)
}

/// Whether the text holds the name as a whole word.
pub(crate) fn is_word(text: &str, name: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name).any(|(at, _)| {
        let before = text.get(..at).and_then(|t| t.chars().next_back());
        let after = text.get(at + name.len()..).and_then(|t| t.chars().next());
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

/// The code of a Rust file line by line, numbered from 1: comments left out, and everything from
/// `#[cfg(test)]` on, which by our habit ends a file.
pub(super) fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .take_while(|(_, line)| line.trim() != "#[cfg(test)]")
        .map(|(index, line)| (index + 1, line.split("//").next().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_not_a_part_of_one() {
        assert!(is_word("use time::Date;", "time"));
        assert!(!is_word("use runtime::Date; let timed = 1;", "time"));
        assert!(is_word("timed time", "time"));
        assert!(!is_word("real_time", "time"));
    }

    #[test]
    fn comments_and_tests_are_no_code() {
        let text = "let a = 1; // SystemTime\n/// Instant\nlet b;\n#[cfg(test)]\nmod tests {}";
        let lines: Vec<_> = code_lines(text).collect();
        assert_eq!(lines, [(1, "let a = 1; "), (2, ""), (3, "let b;")]);
    }
}
