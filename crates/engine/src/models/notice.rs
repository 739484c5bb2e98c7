//! The overview of licences that lies beside the models.

use super::item::{Item, Kind};
use super::manifest::Manifest;
use std::fmt::Write as _;

/// Its place in the models directory.
pub(super) const OVERVIEW: &str = "licences/README.txt";

/// Which file came from where, under which licence, and how sure that is. Same manifest, same text.
pub(super) fn overview(manifest: &Manifest, items: &[Item]) -> String {
    let mut text = String::from(
        "Files in this directory, where they come from and under which terms.\n\
         The full licence texts are beside this file.\n",
    );
    for item in items.iter().filter(|item| item.kind != Kind::Notice) {
        let source = manifest.archive(&item.archive).map(super::manifest::Archive::source);
        let parts: Vec<&str> = item.parts.iter().map(|part| part.path.as_str()).collect();
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "\n{}\n  from     {}: {}\n  sha256   {}\n  licence  {}\n  how sure {}\n",
            item.file.display(),
            source.unwrap_or_default(),
            parts.join(", "),
            item.sha256,
            item.licence,
            item.certainty,
        );
        if !item.attribution.is_empty() {
            let what = if item.kind == Kind::TestPicture { "shows" } else { "credit" };
            let _ = writeln!(text, "  {what:8} {}", item.attribution);
        }
        if item.convert {
            text.push_str("  note     changed: converted from the files named above by Shiming\n");
        }
    }
    text
}
