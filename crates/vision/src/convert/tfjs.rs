//! Reads the published weights: a JSON list of tensors and one file with their values.

use super::ConvertError;
use serde::Deserialize;
use std::collections::BTreeMap;

/// One network has 117 of them; a list that is longer is not it.
const TENSORS_MAX: usize = 1_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    weights: Vec<Entry>,
    paths: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    shape: Vec<u32>,
    dtype: String,
    #[serde(default)]
    quantization: Option<Quantization>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Quantization {
    dtype: String,
    scale: f64,
    min: f64,
}

/// A tensor of the published network.
#[derive(Debug)]
pub(super) struct Tensor {
    /// As published: `[height, width, in, out]` for filters.
    pub(super) shape: Vec<usize>,
    /// Row-major.
    pub(super) values: Vec<f32>,
}

/// Tensors by name.
#[derive(Debug)]
pub(super) struct Tensors(BTreeMap<String, Tensor>);

impl Tensors {
    /// Takes a tensor out, so that at the end nothing may be left over.
    pub(super) fn take(&mut self, name: &str, shape: &[usize]) -> Result<Tensor, ConvertError> {
        let tensor = self.0.remove(name).ok_or_else(|| wrong(name, "is missing or used twice"))?;
        if tensor.shape == shape {
            return Ok(tensor);
        }
        Err(wrong(name, format!("has the shape {:?} instead of {shape:?}", tensor.shape)))
    }

    /// Fails if some tensor was never asked for: the graph then is not the published one.
    pub(super) fn finish(self) -> Result<(), ConvertError> {
        match self.0.into_keys().next() {
            None => Ok(()),
            Some(name) => Err(wrong(&name, "has no place in this network")),
        }
    }
}

fn wrong(name: &str, problem: impl Into<String>) -> ConvertError {
    ConvertError::Tensor { name: name.to_owned(), problem: problem.into() }
}

/// Reads every tensor. The values must fill the file to its last byte.
pub(super) fn read(tensors_json: &[u8], weights: &[u8]) -> Result<Tensors, ConvertError> {
    let groups: Vec<Group> =
        serde_json::from_slice(tensors_json).map_err(|e| ConvertError::Manifest(e.to_string()))?;
    let [group] = groups.as_slice() else {
        return Err(ConvertError::Manifest(format!("one group expected, {} found", groups.len())));
    };
    if group.paths.len() != 1 || group.weights.len() > TENSORS_MAX {
        let (files, tensors) = (group.paths.len(), group.weights.len());
        return Err(ConvertError::Manifest(format!(
            "one file and at most {TENSORS_MAX} tensors expected, {files} and {tensors} found"
        )));
    }
    check_length(&group.weights, weights.len() as u64)?;
    let mut rest = weights;
    let mut tensors = BTreeMap::new();
    for entry in &group.weights {
        let (tensor, after) = tensor(entry, rest)?;
        rest = after;
        if tensors.insert(entry.name.clone(), tensor).is_some() {
            return Err(wrong(&entry.name, "is listed twice"));
        }
    }
    Ok(Tensors(tensors))
}

/// Number of values, and bytes each takes in the file.
fn extent(entry: &Entry) -> Result<(u64, u64), ConvertError> {
    let values = entry.shape.iter().try_fold(1_u64, |n, &d| n.checked_mul(u64::from(d)));
    let values = values.filter(|&n| n > 0).ok_or_else(|| wrong(&entry.name, "has an impossible shape"))?;
    if entry.dtype != "float32" {
        return Err(wrong(&entry.name, "is not of float32"));
    }
    match &entry.quantization {
        None => Ok((values, 4)),
        Some(q) if q.dtype == "uint8" && q.scale.is_finite() && q.min.is_finite() => Ok((values, 1)),
        Some(_) => Err(wrong(&entry.name, "is quantised in an unknown way")),
    }
}

/// Compares sizes before any value is read, so that a list cannot ask for more memory than the file has.
fn check_length(entries: &[Entry], found: u64) -> Result<(), ConvertError> {
    let mut expected = 0_u64;
    for entry in entries {
        let (values, width) = extent(entry)?;
        expected = values.checked_mul(width).and_then(|n| n.checked_add(expected)).unwrap_or(u64::MAX);
    }
    if expected == found { Ok(()) } else { Err(ConvertError::Length { expected, found }) }
}

fn tensor<'a>(entry: &Entry, rest: &'a [u8]) -> Result<(Tensor, &'a [u8]), ConvertError> {
    let (count, width) = extent(entry)?;
    let bytes = usize::try_from(count.saturating_mul(width)).unwrap_or(usize::MAX);
    let (bytes, rest) = rest.split_at_checked(bytes).ok_or_else(|| wrong(&entry.name, "is cut off"))?;
    let values: Vec<f32> = match &entry.quantization {
        Some(q) => bytes.iter().map(|&b| (f64::from(b) * q.scale + q.min) as f32).collect(),
        None => {
            bytes.chunks_exact(4).filter_map(|four| four.try_into().ok()).map(f32::from_le_bytes).collect()
        }
    };
    if values.iter().any(|v| !v.is_finite()) {
        return Err(wrong(&entry.name, "has values that are not numbers"));
    }
    let shape = entry.shape.iter().map(|&d| d as usize).collect();
    Ok((Tensor { shape, values }, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIST: &str = r#"[{"weights":[
        {"name":"a","shape":[2],"dtype":"float32","quantization":{"dtype":"uint8","scale":0.5,"min":-1}},
        {"name":"b","shape":[1,2],"dtype":"float32"}],"paths":["w.bin"]}]"#;

    fn weights() -> Vec<u8> {
        let mut bytes = vec![0, 255];
        bytes.extend(1.5_f32.to_le_bytes());
        bytes.extend((-2.0_f32).to_le_bytes());
        bytes
    }

    #[test]
    fn both_kinds_of_tensor_are_read() {
        let mut tensors = read(LIST.as_bytes(), &weights()).unwrap();
        assert_eq!(tensors.take("a", &[2]).unwrap().values, [-1.0, 126.5]);
        assert_eq!(tensors.take("b", &[1, 2]).unwrap().values, [1.5, -2.0]);
        tensors.finish().unwrap();
    }

    #[test]
    fn a_leftover_a_missing_and_a_misshapen_tensor_are_refused() {
        let mut tensors = read(LIST.as_bytes(), &weights()).unwrap();
        assert!(tensors.take("c", &[2]).is_err());
        assert!(tensors.take("a", &[1, 2]).is_err());
        assert!(tensors.finish().is_err());
    }

    #[test]
    fn anything_unexpected_is_refused() {
        let bad = |from: &str, to: &str| {
            let changed = LIST.replacen(from, to, 1);
            assert_ne!(changed, LIST, "{from}");
            read(changed.as_bytes(), &weights()).unwrap_err()
        };
        assert!(matches!(bad("uint8", "uint16"), ConvertError::Tensor { .. }));
        assert!(matches!(bad("float32", "int32"), ConvertError::Tensor { .. }));
        assert!(matches!(bad("\"b\"", "\"a\""), ConvertError::Tensor { .. }));
        assert!(matches!(bad("[2]", "[0]"), ConvertError::Tensor { .. }));
        assert!(matches!(bad("[2]", "[3]"), ConvertError::Length { expected: 11, found: 10 }));
        let huge = "[4294967295,4294967295,4294967295]";
        assert!(matches!(bad("[2]", huge), ConvertError::Tensor { .. }));
        assert!(matches!(bad("[2]", "[4294967295,4294967295]"), ConvertError::Length { .. }));
        assert!(matches!(bad("0.5", "1e999"), ConvertError::Manifest(_)));
        assert!(matches!(bad("\"paths\"", "\"other\""), ConvertError::Manifest(_)));
        assert!(matches!(bad("\"w.bin\"", "\"w.bin\",\"v.bin\""), ConvertError::Manifest(_)));
        assert!(matches!(read(b"[]", b"").unwrap_err(), ConvertError::Manifest(_)));
    }

    #[test]
    fn a_short_or_long_file_is_refused() {
        let mut longer = weights();
        longer.push(0);
        for file in [&longer[..], &longer[..9], &[]] {
            assert!(matches!(read(LIST.as_bytes(), file).unwrap_err(), ConvertError::Length { .. }));
        }
    }

    #[test]
    fn a_value_that_is_no_number_is_refused() {
        let mut file = weights();
        file.splice(2..6, f32::NAN.to_le_bytes());
        assert!(matches!(read(LIST.as_bytes(), &file).unwrap_err(), ConvertError::Tensor { .. }));
    }

    proptest! {
        #[test]
        fn no_list_makes_it_panic(at in 0_usize..400, value in 32_u8..127) {
            let mut list = LIST.as_bytes().to_vec();
            let at = at % list.len();
            list[at] = value;
            let _ = read(&list, &weights());
        }
    }
}
