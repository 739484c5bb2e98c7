//! Where a key stands in the text, for errors a person can act on.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Line (from 1) of a byte offset.
pub(super) fn line_of(text: &str, offset: usize) -> usize {
    let end = offset.min(text.len());
    text.get(..end).unwrap_or(text).matches('\n').count() + 1
}

/// The key whose name or value contains `offset`, as `a.b[2].c`.
pub(super) fn key_at(text: &str, offset: usize) -> Option<String> {
    let table = DeTable::parse(text).ok()?;
    let mut path = String::new();
    descend_table(table.get_ref(), offset, &mut path);
    (!path.is_empty()).then_some(path)
}

fn descend_table(table: &DeTable<'_>, offset: usize, path: &mut String) -> bool {
    // A sub-table's span ends where its own keys end, so look into every child, innermost hit first.
    for (key, value) in table {
        let length = path.len();
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(key.get_ref());
        if descend(value, offset, path) || key.span().contains(&offset) {
            return true;
        }
        path.truncate(length);
    }
    false
}

fn descend(value: &Spanned<DeValue<'_>>, offset: usize, path: &mut String) -> bool {
    let inner = match value.get_ref() {
        DeValue::Table(table) => descend_table(table, offset, path),
        DeValue::Array(items) => {
            let mut hit = false;
            for (index, item) in items.iter().enumerate() {
                let length = path.len();
                path.push('[');
                path.push_str(&index.to_string());
                path.push(']');
                if descend(item, offset, path) {
                    hit = true;
                    break;
                }
                path.truncate(length);
            }
            hit
        }
        _ => false,
    };
    inner || value.span().contains(&offset)
}

/// Line of a key written as `a.b[2].c`; of its nearest written parent if the key itself is left out.
pub(super) fn line_of_key(text: &str, key: &str) -> Option<usize> {
    let root = DeTable::parse(text).ok()?;
    let mut here: Option<usize> = None;
    let mut table = Some(root.get_ref());
    let mut value: Option<&Spanned<DeValue<'_>>>;
    for part in key.split('.') {
        let (name, indices) = part.split_once('[').map_or((part, ""), |(name, rest)| (name, rest));
        let (found_key, found) = table?.iter().find(|(k, _)| k.get_ref() == name)?;
        here = Some(found_key.span().start);
        value = Some(found);
        for index in indices.split(['[', ']']).filter_map(|i| i.parse::<usize>().ok()) {
            let DeValue::Array(items) = value?.get_ref() else { break };
            let Some(item) = items.get(index) else { break };
            here = Some(item.span().start);
            value = Some(item);
        }
        table = match value?.get_ref() {
            DeValue::Table(t) if t.iter().len() > 0 => Some(t),
            _ => None,
        };
        if table.is_none() {
            break;
        }
    }
    here.map(|offset| line_of(text, offset))
}
