//! Types that carry personal data cannot be printed or serialised by accident.

use super::{Checkout, files};

/// The types that hold what identifies a person. A new one joins here; one that vanishes is reported too.
const PERSONAL: [&str; 4] = ["IdNumber", "LegalName", "NormalNumber", "Personal"];

/// Traits that would put the characters somewhere.
const LEAKS: [&str; 3] = ["Display", "Serialize", "ToString"];

pub(super) fn newtypes(checkout: &Checkout) -> anyhow::Result<Vec<String>> {
    let mut wrong = Vec::new();
    let mut found = [false; PERSONAL.len()];
    for file in checkout.files.rust("crates/") {
        let Some(text) = files::text(checkout.root, file)? else { continue };
        for (name, found) in PERSONAL.iter().zip(&mut found) {
            for leak in LEAKS.iter().filter(|leak| implements(&text, leak, name)) {
                wrong.push(format!("{file} implements {leak} for {name}"));
            }
            if let Some(derives) = derives(&text, name) {
                *found = true;
                let derived = LEAKS.iter().chain(&["Debug"]).filter(|leak| files::is_word(&derives, leak));
                wrong.extend(derived.map(|leak| format!("{file} derives {leak} for {name}")));
            }
        }
    }
    let gone = PERSONAL.iter().zip(found).filter(|(_, found)| !found);
    wrong
        .extend(gone.map(|(name, _)| format!("there is no {name} any more; see xtask/src/tidy/personal.rs")));
    Ok(wrong)
}

fn implements(text: &str, leak: &str, name: &str) -> bool {
    text.lines().map(str::trim_start).any(|line| {
        let head = line.strip_prefix("impl").and_then(|rest| rest.split_once(" for "));
        head.is_some_and(|(of, whom)| files::is_word(of, leak) && files::is_word(whom, name))
    })
}

/// The attributes before `pub struct Name`, or `None` if it is not declared here.
fn derives(text: &str, name: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let declares = |line: &str| {
        let rest = line.strip_prefix("pub struct ").or_else(|| line.strip_prefix("pub(crate) struct "));
        let rest = rest.and_then(|rest| rest.strip_prefix(name));
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    };
    let at = lines.iter().position(|line| declares(line))?;
    let before =
        lines.get(..at)?.iter().rev().take_while(|line| line.starts_with(['#', '/']) || line.ends_with(','));
    Some(before.filter(|line| !line.starts_with('/')).copied().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaks_are_found_where_they_are_written() {
        let text = "/// A Debug name.\n#[derive(Clone, Debug)]\npub struct LegalName(String);\n\
                    impl fmt::Display for LegalName {\nimpl<'a> Serialize for Full<'a, LegalName> {";
        assert!(implements(text, "Display", "LegalName"));
        assert!(implements(text, "Serialize", "LegalName"));
        assert!(!implements(text, "Display", "Legal"));
        assert_eq!(derives(text, "LegalName").as_deref(), Some("#[derive(Clone, Debug)]"));
        assert_eq!(derives(text, "Legal"), None);
    }
}
