//! The shape of a JSON object: its keys and the types of its values. Contracts are about shapes; values are
//! tested where they mean something.

use serde_json::{Map, Value, json};

/// Replaces values by the names of their types. Lists keep one element of each shape.
pub(crate) fn shape(value: &Value) -> Value {
    match value {
        Value::Null => json!("null"),
        Value::Bool(_) => json!("bool"),
        Value::Number(_) => json!("number"),
        Value::String(_) => json!("text"),
        Value::Array(items) => {
            let mut kinds: Vec<Value> = Vec::new();
            for item in items.iter().map(shape) {
                if !kinds.contains(&item) {
                    kinds.push(item);
                }
            }
            Value::Array(kinds)
        }
        Value::Object(map) => {
            Value::Object(map.iter().map(|(k, v)| (k.clone(), shape(v))).collect::<Map<_, _>>())
        }
    }
}

/// The keys of an object in the order printed would be lost by the parser, so they are compared as a set.
pub(crate) fn has_keys(value: &Value, keys: &[&str]) {
    for key in keys {
        assert!(value.get(key).is_some(), "`{key}` is missing in {:?}", value.as_object().map(|o| o.keys()));
    }
}
