//! Takes the built pages (`web/dist`) into the program. Runs no other program and downloads nothing: `cargo xtask
//! web` builds the pages. Without them the program still compiles and says so in their place; with a part of them
//! it does not, because a missing file would be found by a user.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let dist = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../web/dist");
    // So that cargo has something to watch before the first build of the pages.
    fs::create_dir_all(&dist)?;
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", dist.display());
    let mut files = BTreeSet::new();
    collect(&dist, &dist, &mut files)?;
    let manifest = dist.join(".vite/manifest.json");
    if manifest.is_file() {
        check(&fs::read_to_string(manifest)?, &files)?;
    } else {
        files.clear();
    }
    let mut code = String::from("static FILES: &[File] = &[\n");
    for path in files.iter().filter(|path| !is_packed(path)) {
        let place = dist.join(path);
        let mut hasher = DefaultHasher::new();
        fs::read(&place)?.hash(&mut hasher);
        writeln!(code, "File {{ path: {path:?}, tag: \"\\\"{:016x}\\\"\",", hasher.finish())?;
        writeln!(code, "bytes: include_bytes!({:?}),", place.canonicalize()?)?;
        for (field, ending) in [("brotli", "br"), ("gzip", "gz")] {
            let packed = format!("{path}.{ending}");
            if files.contains(&packed) {
                writeln!(code, "{field}: Some(include_bytes!({:?})),", dist.join(packed).canonicalize()?)?;
            } else {
                writeln!(code, "{field}: None,")?;
            }
        }
        code.push_str("},\n");
    }
    code.push_str("];\n");
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("web.rs"), code)?;
    Ok(())
}

/// Every file below, by its path from `top`, hidden ones left out.
fn collect(top: &Path, folder: &Path, files: &mut BTreeSet<String>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(top, &entry.path(), files)?;
        } else {
            let path = entry.path().strip_prefix(top)?.to_string_lossy().replace('\\', "/");
            files.insert(path);
        }
    }
    Ok(())
}

fn is_packed(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|ending| ending == "br" || ending == "gz")
}

/// Every file the manifest names is there, and both pages are.
fn check(manifest: &str, files: &BTreeSet<String>) -> Result<(), Box<dyn Error>> {
    let manifest: serde_json::Value = serde_json::from_str(manifest)?;
    let chunks = manifest.as_object().into_iter().flat_map(serde_json::Map::values);
    let named = chunks.flat_map(|chunk| {
        let styles = chunk["css"].as_array().into_iter().flatten();
        styles.chain([&chunk["file"]]).filter_map(serde_json::Value::as_str).map(str::to_owned)
    });
    for file in named.chain(["index.html".to_owned(), "console.html".to_owned()]) {
        if !files.contains(&file) {
            let what = format!("web/dist is incomplete: {file} is missing. Build it anew: cargo xtask web");
            return Err(what.into());
        }
    }
    Ok(())
}
