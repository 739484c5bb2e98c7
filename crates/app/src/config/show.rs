//! All settings with where they come from, secrets left out.

use super::Loaded;
use std::collections::BTreeMap;
use toml::Value;

/// One setting as it may be shown.
#[derive(Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Shown {
    pub(crate) key: String,
    pub(crate) value: String,
    pub(crate) origin: String,
}

/// Names whose values are secrets. The address of a database may hold a password.
const SECRET: [&str; 4] = ["password", "token", "root_key", "database.url"];

/// Every setting.
pub(crate) fn shown(loaded: &Loaded) -> Vec<Shown> {
    let settings = loaded.layers.settings();
    let shown = settings.into_iter().map(|(key, value)| Shown {
        value: safe(&key, value).to_string(),
        origin: loaded.layers.origin(&key).to_string(),
        key,
    });
    shown.collect()
}

/// Every setting by name, as the audit log keeps them: secrets left out.
pub(crate) fn audited(loaded: &Loaded) -> BTreeMap<String, String> {
    shown(loaded).into_iter().map(|shown| (shown.key, shown.value)).collect()
}

fn is_secret(key: &str) -> bool {
    SECRET.iter().any(|name| key == *name || key.rsplit('.').next() == Some(name))
}

fn safe(key: &str, value: &Value) -> Value {
    match value {
        Value::String(text) if is_secret(key) && !text.is_empty() => Value::String("(hidden)".to_owned()),
        Value::Array(items) => Value::Array(items.iter().map(|item| safe(key, item)).collect()),
        Value::Table(table) => {
            Value::Table(table.iter().map(|(name, value)| (name.clone(), safe(name, value))).collect())
        }
        other => other.clone(),
    }
}
