//! Showing the program at work.

use crate::process::{run as start, say};
use crate::setup::{self, built, shiming};
use anyhow::Context;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// Day the specimen is painted for and judged on, so that it never expires.
const TODAY: &str = "2026-11-22";

/// What we need of the painter's `labels.json`.
#[derive(Deserialize)]
struct Labels {
    pictures: Vec<Picture>,
}

#[derive(Deserialize)]
struct Picture {
    file: PathBuf,
    kind: String,
    #[serde(default)]
    fields: Fields,
}

#[derive(Deserialize, Default)]
struct Fields {
    name: Option<String>,
    number: Option<String>,
}

/// Paints a specimen card set, verifies it and says where the report lies.
pub(crate) fn run(root: &Path) -> anyhow::Result<()> {
    say("── set-up");
    setup::setup(root)?;

    say("\n── painting a specimen card set");
    let out = root.join("out");
    let specimen = out.join("specimen");
    let pictures = test_pictures(root)?;
    let mut paint = built(root, "shiming-testkit", "paint");
    paint.args(["card-set", "--photo", "--seed", "1", "--today", TODAY, "--out"]).arg(&specimen);
    start(paint.arg("--faces").arg(pictures))?;

    say("\n── verifying it");
    let labels = specimen.join("labels.json");
    let text = std::fs::read_to_string(&labels).with_context(|| format!("reading {}", labels.display()))?;
    let labels: Labels =
        serde_json::from_str(&text).context("the painter's labels.json is not as expected")?;
    let picture = |kind: &str| {
        let found = labels.pictures.iter().find(|picture| picture.kind == kind);
        found.with_context(|| format!("the painter made no {kind}"))
    };
    let portrait_side = picture("resident_portrait_side")?;
    let name = portrait_side.fields.name.as_deref().context("the painter says no name")?;
    let number = portrait_side.fields.number.as_deref().context("the painter says no number")?;
    let report = out.join("report.html");
    let mut verify = shiming(root);
    verify.arg("verify");
    verify.arg("--portrait-side").arg(specimen.join(&portrait_side.file));
    verify.arg("--emblem-side").arg(specimen.join(&picture("resident_emblem_side")?.file));
    verify.arg("--selfie").arg(specimen.join(&picture("face_photo")?.file));
    verify.args(["--name", name, "--id-number", number, "--today", TODAY]).arg("--report").arg(&report);
    start(&mut verify)?;
    say(&format!("\nThe report with the annotated pictures: {}", report.display()));
    Ok(())
}

/// Where `models install --with-test-pictures` put the pictures.
pub(crate) fn test_pictures(root: &Path) -> anyhow::Result<PathBuf> {
    #[derive(Deserialize)]
    struct List {
        directory: PathBuf,
    }
    let list = crate::process::capture(shiming(root).args(["models", "list", "--json"]))?;
    let list: List =
        serde_json::from_str(&list).context("`shiming models list --json` is not as expected")?;
    Ok(list.directory.join("test-pictures"))
}
