//! The pictures: painted, with their truth, and reduced for the peers' second mode.

use super::{Options, Stage};
use crate::process::{run, say};
use anyhow::{Context, ensure};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Longest side of the reduced pictures, pixels: what the issue names.
pub(crate) const REDUCED_SIDE_PX: u32 = 1600;

/// Names of the fields, in the order of the report.
pub(crate) const FIELDS: [(&str, &str); 9] = [
    ("portrait_side", "name"),
    ("portrait_side", "sex"),
    ("portrait_side", "ethnicity"),
    ("portrait_side", "birth_date"),
    ("portrait_side", "address"),
    ("portrait_side", "number"),
    ("emblem_side", "issuer"),
    ("emblem_side", "valid_from"),
    ("emblem_side", "valid_until"),
];

/// The painted people.
pub(crate) struct Set {
    pub(crate) today: String,
    pub(crate) people: Vec<Person>,
}

/// Three pictures and the truth about them.
pub(crate) struct Person {
    pub(crate) label: String,
    /// Photographed with a simulated phone, not rendered clean.
    pub(crate) photographed: bool,
    pub(crate) pictures: Three,
    /// The same, reduced; only of photographed cards.
    pub(crate) reduced: Option<Three>,
    name: String,
    number: String,
    /// By side and field.
    truth: BTreeMap<(&'static str, &'static str), String>,
}

/// Paths of the pictures of one verification.
#[derive(Clone)]
pub(crate) struct Three {
    pub(crate) portrait_side: PathBuf,
    pub(crate) emblem_side: PathBuf,
    pub(crate) selfie: PathBuf,
}

impl Three {
    fn paths(&self) -> [&Path; 3] {
        [&self.portrait_side, &self.emblem_side, &self.selfie]
    }
}

impl Person {
    /// The truth about a field, as `shiming` would print it.
    pub(crate) fn truth(&self, field: (&'static str, &'static str)) -> Option<&str> {
        self.truth.get(&field).map(String::as_str)
    }

    /// Our worker's job.
    pub(crate) fn job(&self, op: &str, today: &str) -> Value {
        let Three { portrait_side, emblem_side, selfie } = &self.pictures;
        json!({
            "op": op, "portrait_side": portrait_side, "emblem_side": emblem_side, "selfie": selfie,
            "name": self.name, "number": self.number, "today": today,
        })
    }

    /// The peers' job; without faces only the cards are read.
    pub(crate) fn peer_job(pictures: &Three, faces: bool) -> Value {
        let selfie = faces.then_some(&pictures.selfie);
        json!({"portrait_side": pictures.portrait_side, "emblem_side": pictures.emblem_side, "selfie": selfie})
    }

    /// Arguments of `shiming verify`.
    pub(crate) fn arguments(&self, today: &str) -> Vec<std::ffi::OsString> {
        let Three { portrait_side, emblem_side, selfie } = &self.pictures;
        let mut all: Vec<std::ffi::OsString> = vec!["verify".into()];
        for (flag, path) in
            [("--portrait-side", portrait_side), ("--emblem-side", emblem_side), ("--selfie", selfie)]
        {
            all.extend([flag.into(), path.into()]);
        }
        for (flag, value) in
            [("--name", self.name.as_str()), ("--id-number", self.number.as_str()), ("--today", today)]
        {
            all.extend([flag.into(), value.into()]);
        }
        all.push("--json".into());
        all
    }
}

#[derive(Deserialize)]
struct Labels {
    schema: u32,
    today: String,
    pictures: Vec<Picture>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Picture {
    file: String,
    condition: String,
    #[serde(default)]
    fields: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
struct Case {
    person: String,
    portrait_side: String,
    emblem_side: String,
    selfie: Option<String>,
    name: String,
    number: String,
}

/// Paints the set, or takes one painted before, and reduces the photographs.
pub(super) fn prepare(stage: &Stage, options: &Options) -> anyhow::Result<Set> {
    let folder = if let Some(folder) = &options.set { folder.clone() } else { paint(stage, options)? };
    let mut set = read(&folder)?;
    reduce(stage, &folder, &mut set)?;
    Ok(set)
}

/// Always anew: a folder of an older painter would be a silent lie.
fn paint(stage: &Stage, options: &Options) -> anyhow::Result<PathBuf> {
    say("\n── painting the set");
    let folder = stage.out.join("set");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).with_context(|| format!("removing {}", folder.display()))?;
    }
    let mut paint = stage.programs.paint();
    paint.args(["set", "--cards", &options.cards.to_string(), "--seed", &options.seed.to_string()]);
    run(paint.arg("--faces").arg(stage.programs.test_pictures()?).arg("--out").arg(&folder))?;
    Ok(folder)
}

fn read(folder: &Path) -> anyhow::Result<Set> {
    let path = folder.join("labels.json");
    let text = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let labels: Labels = serde_json::from_str(&text).context("labels.json is not as expected")?;
    ensure!(labels.schema == 1, "labels.json has layout version {}, not 1", labels.schema);
    let pictures: BTreeMap<&str, &Picture> = labels.pictures.iter().map(|p| (p.file.as_str(), p)).collect();
    let people = labels.cases.iter().map(|case| person(folder, case, &pictures));
    let people: Vec<Person> = people.collect::<anyhow::Result<_>>()?;
    ensure!(people.iter().any(|p| p.photographed), "{} holds no photographed card", folder.display());
    Ok(Set { today: labels.today, people })
}

fn person(folder: &Path, case: &Case, pictures: &BTreeMap<&str, &Picture>) -> anyhow::Result<Person> {
    let picture = |file: &str| {
        pictures.get(file).copied().with_context(|| format!("labels.json does not describe {file}"))
    };
    let (portrait, emblem) = (picture(&case.portrait_side)?, picture(&case.emblem_side)?);
    let mut truth = BTreeMap::new();
    for field in FIELDS {
        let source = if field.0 == "portrait_side" { portrait } else { emblem };
        if let Some(text) = source.fields.get(field.1).and_then(Value::as_str) {
            truth.insert(field, text.to_owned());
        }
    }
    let selfie = case
        .selfie
        .as_ref()
        .with_context(|| format!("{} has no selfie; paint the set with --faces", case.person))?;
    Ok(Person {
        label: case.person.clone(),
        photographed: portrait.condition == "photo" && emblem.condition == "photo",
        pictures: Three {
            portrait_side: folder.join(&case.portrait_side),
            emblem_side: folder.join(&case.emblem_side),
            selfie: folder.join(selfie),
        },
        reduced: None,
        name: case.name.clone(),
        number: case.number.clone(),
        truth,
    })
}

/// Shrinks the photographs, before and outside of what is timed.
fn reduce(stage: &Stage, folder: &Path, set: &mut Set) -> anyhow::Result<()> {
    say(&format!("\n── reducing the photographs to {REDUCED_SIDE_PX} px for the peers' second mode"));
    let target = stage.out.join("reduced");
    let mut command = stage.script();
    command.args(["reduce", &REDUCED_SIDE_PX.to_string()]);
    for person in set.people.iter_mut().filter(|p| p.photographed) {
        let moved = |path: &Path| target.join(path.strip_prefix(folder).unwrap_or(path));
        let reduced = Three {
            portrait_side: moved(&person.pictures.portrait_side),
            emblem_side: moved(&person.pictures.emblem_side),
            selfie: moved(&person.pictures.selfie),
        };
        for (source, small) in person.pictures.paths().into_iter().zip(reduced.paths()) {
            if let Some(parent) = small.parent() {
                std::fs::create_dir_all(parent).with_context(|| format!("creating {}", parent.display()))?;
            }
            command.arg(source).arg(small);
        }
        person.reduced = Some(reduced);
    }
    // Not through `run`, which would show all the file names.
    let status = command.status().context("the reducing script could not be started")?;
    ensure!(status.success(), "reducing the photographs failed ({status})");
    Ok(())
}
