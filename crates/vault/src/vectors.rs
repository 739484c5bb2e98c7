//! Reading the published test vectors (tests only).

use serde_json::Value;

pub(crate) fn load(name: &str) -> Value {
    let path = format!("{}/tests/vectors/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let file: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(file["format"], "shiming-vectors/1");
    file
}

pub(crate) fn text<'a>(case: &'a Value, key: &str) -> &'a str {
    case[key].as_str().unwrap_or_else(|| panic!("{key} is not text in {case}"))
}

pub(crate) fn number(case: &Value, key: &str) -> u64 {
    case[key].as_u64().unwrap_or_else(|| panic!("{key} is not a number in {case}"))
}

pub(crate) fn list<'a>(case: &'a Value, key: &str) -> &'a [Value] {
    let list = case[key].as_array().unwrap_or_else(|| panic!("{key} is not a list in {case}"));
    assert!(!list.is_empty(), "{key} has no cases");
    list
}

pub(crate) fn hash(text: &str) -> crate::digest::Sha256 {
    text.parse().unwrap()
}

pub(crate) fn hashes(case: &Value, key: &str) -> Vec<crate::digest::Sha256> {
    case[key].as_array().unwrap().iter().map(|one| hash(one.as_str().unwrap())).collect()
}

/// Every file in the folder, by name.
pub(crate) fn all() -> Vec<(String, Value)> {
    let folder = format!("{}/tests/vectors", env!("CARGO_MANIFEST_DIR"));
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .filter_map(|entry| Some(entry.unwrap().file_name().to_str()?.strip_suffix(".json")?.to_owned()))
        .collect();
    names.sort();
    assert!(names.len() >= 8, "{names:?}");
    names.into_iter().map(|name| (name.clone(), load(&name))).collect()
}
