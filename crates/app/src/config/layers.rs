//! Defaults, file, environment and options laid over each other, each value with where it came from.
//!
//! The defaults are the list of all settings: what is not there does not exist, and the type of a default is
//! the type of its setting.

use super::error::ConfigError;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// All settings with their defaults, commented.
pub(crate) const DEFAULTS: &str = include_str!("defaults.toml");
/// What the environment variables of settings begin with.
pub(crate) const PREFIX: &str = "SHIMING__";

/// Where a value was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Nowhere: it is the default.
    Default,
    /// In a file.
    File(PathBuf),
    /// By an environment variable.
    Environment(String),
    /// By an option.
    Flag,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "in {}", path.display()),
            Self::Environment(name) => write!(f, "environment variable {name}"),
            Self::Flag => f.write_str("option"),
        }
    }
}

/// Values laid over the defaults.
#[derive(Debug)]
pub(crate) struct Layers {
    table: Table,
    origins: BTreeMap<String, Origin>,
}

impl Layers {
    /// Nothing but the defaults.
    pub(crate) fn new() -> Result<Self, ConfigError> {
        let table = parse(DEFAULTS, Path::new("defaults.toml"))?;
        Ok(Self { table, origins: BTreeMap::new() })
    }

    /// Lays a file's text over what is there.
    pub(crate) fn file(&mut self, path: &Path, text: &str) -> Result<(), ConfigError> {
        let origin = Origin::File(path.to_owned());
        for (key, value) in parse(text, path)? {
            self.lay(&key, value, &origin)?;
        }
        Ok(())
    }

    /// Lays the variables that begin with [`PREFIX`] over what is there.
    pub(crate) fn environment(
        &mut self,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<(), ConfigError> {
        for (name, text) in variables {
            let Some(key) = name.strip_prefix(PREFIX) else { continue };
            let key = key.to_ascii_lowercase().replace("__", ".");
            self.text(&key, &text, &Origin::Environment(name))?;
        }
        Ok(())
    }

    /// Lays one setting, written as text, over what is there.
    pub(crate) fn text(&mut self, key: &str, text: &str, origin: &Origin) -> Result<(), ConfigError> {
        let value = match self.default_of(key, origin)? {
            Value::Integer(_) => text.trim().parse().map(Value::Integer).ok(),
            Value::Boolean(_) => text.trim().parse().map(Value::Boolean).ok(),
            Value::Array(_) => list(text),
            Value::Table(_) => None,
            _ => Some(Value::String(text.to_owned())),
        };
        let value = value.ok_or_else(|| self.wrong_type(key, origin))?;
        self.lay(key, value, origin)
    }

    /// The value of a setting and where it came from.
    pub(crate) fn origin(&self, key: &str) -> Origin {
        self.origins.get(key).cloned().unwrap_or(Origin::Default)
    }

    /// All settings by their full names, in order of the alphabet.
    pub(crate) fn settings(&self) -> Vec<(String, &Value)> {
        let mut all = Vec::new();
        for (key, value) in &self.table {
            match value {
                Value::Table(section) => {
                    all.extend(section.iter().map(|(name, value)| (format!("{key}.{name}"), value)));
                }
                _ => all.push((key.clone(), value)),
            }
        }
        all
    }

    /// The merged table.
    pub(crate) fn table(&self) -> Table {
        self.table.clone()
    }

    fn lay(&mut self, key: &str, value: Value, origin: &Origin) -> Result<(), ConfigError> {
        let default = self.default_of(key, origin)?;
        if let (Value::Table(_), Value::Table(section)) = (default, &value) {
            for (name, value) in section {
                self.lay(&format!("{key}.{name}"), value.clone(), origin)?;
            }
            return Ok(());
        }
        if !default.same_type(&value) || matches!(value, Value::Table(_)) {
            return Err(self.wrong_type(key, origin));
        }
        if let Some(place) = find_mut(&mut self.table, key) {
            *place = value;
            self.origins.insert(key.to_owned(), origin.clone());
        }
        Ok(())
    }

    /// The present value, which has the setting's type.
    fn default_of(&self, key: &str, origin: &Origin) -> Result<&Value, ConfigError> {
        find(&self.table, key).ok_or_else(|| ConfigError::Unknown {
            key: key.to_owned(),
            origin: origin.clone(),
            near: self.near(key),
        })
    }

    fn wrong_type(&self, key: &str, origin: &Origin) -> ConfigError {
        let wanted = match find(&self.table, key) {
            Some(Value::Integer(_)) => "a whole number",
            Some(Value::Boolean(_)) => "true or false",
            Some(Value::Array(_)) => "a list in square brackets",
            Some(Value::Table(_)) => "a section with settings",
            _ => "a text in quotation marks",
        };
        ConfigError::Type { key: key.to_owned(), origin: origin.clone(), wanted }
    }

    /// The setting that differs in the fewest letters, if it is few.
    fn near(&self, key: &str) -> Option<String> {
        let all = self.settings().into_iter().map(|(name, _)| name);
        let sections = self.table.keys().cloned();
        let scored = all.chain(sections).map(|name| (distance(&name, key), name));
        let (score, name) = scored.min()?;
        (score <= 1 + key.len() / 5).then_some(name)
    }
}

fn parse(text: &str, path: &Path) -> Result<Table, ConfigError> {
    text.parse().map_err(|error: toml::de::Error| ConfigError::Syntax {
        path: path.to_owned(),
        message: place(text, &error),
    })
}

/// Line and mistake, without the line itself: it may hold a secret.
fn place(text: &str, error: &toml::de::Error) -> String {
    let line = error.span().and_then(|span| text.get(..span.start)).map(|head| head.lines().count().max(1));
    match line {
        Some(line) => format!("near line {line}: {}", error.message()),
        None => error.message().to_owned(),
    }
}

/// Section and name, or a name alone; nothing lies deeper.
fn find<'a>(table: &'a Table, key: &str) -> Option<&'a Value> {
    match key.split_once('.') {
        None => table.get(key),
        Some((section, name)) => table.get(section)?.as_table()?.get(name),
    }
}

fn find_mut<'a>(table: &'a mut Table, key: &str) -> Option<&'a mut Value> {
    match key.split_once('.') {
        None => table.get_mut(key),
        Some((section, name)) => table.get_mut(section)?.as_table_mut()?.get_mut(name),
    }
}

/// `[…]` as in TOML, else texts with commas between.
fn list(text: &str) -> Option<Value> {
    let text = text.trim();
    if text.starts_with('[') {
        let mut table: Table = format!("list = {text}").parse().ok()?;
        return table.remove("list");
    }
    let texts = text.split(',').map(str::trim).filter(|one| !one.is_empty());
    Some(Value::Array(texts.map(|one| Value::String(one.to_owned())).collect()))
}

/// Letters to insert, remove or change to make one of the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut before = i + 1;
        let mut next = vec![before];
        for (pair, y) in row.windows(2).zip(&b) {
            let [diagonal, above] = pair else { break };
            before = (above + 1).min(before + 1).min(diagonal + usize::from(x != *y));
            next.push(before);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_the_one_with_the_fewest_changes() {
        assert_eq!(distance("listen", "listen"), 0);
        assert_eq!(distance("listen", "lisen"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn lists_are_written_with_commas_or_as_in_toml() {
        let texts = |value: Value| value.as_array().unwrap().len();
        assert_eq!(texts(list("10.0.0.0/8, 127.0.0.1").unwrap()), 2);
        assert_eq!(texts(list("[\"a\", \"b\", \"c\"]").unwrap()), 3);
        assert_eq!(texts(list("").unwrap()), 0);
        assert!(list("[").is_none());
    }
}
