//! Showing the program at work.

use crate::postgres::{Durability, Server};
use crate::process::{run as start, say};
use crate::service::Service;
use crate::setup::{self, Programs};
use anyhow::Context;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Day the specimen is painted for and judged on, so that it never expires.
pub(crate) const TODAY: &str = "2026-11-22";

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

/// Where the service keeps its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Database {
    /// A file
    Sqlite,
    /// A private server on a free port, made anew
    Postgres,
}

/// Options of `cargo xtask run`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Database of the service
    #[arg(long, value_enum, default_value = "sqlite")]
    database: Database,
    /// End the service after the walk instead of leaving it running; so does the environment variable CI
    #[arg(long)]
    once: bool,
}

/// A specimen person: what is typed, and a photo for each step.
struct Specimen {
    folder: PathBuf,
    name: String,
    number: String,
    photos: [(&'static str, PathBuf); 3],
}

impl Specimen {
    /// Paints one from a seed; the photos are called as their steps are.
    fn paint(programs: &Programs, seed: &str, folder: PathBuf) -> anyhow::Result<Self> {
        let mut paint = programs.paint();
        paint.args(["card-set", "--photo", "--seed", seed, "--today", TODAY, "--out"]).arg(&folder);
        start(paint.arg("--faces").arg(programs.test_pictures()?))?;
        let labels = folder.join("labels.json");
        let text =
            std::fs::read_to_string(&labels).with_context(|| format!("reading {}", labels.display()))?;
        let labels: Labels =
            serde_json::from_str(&text).context("the painter's labels.json is not as expected")?;
        let picture = |kind: &str| {
            let found = labels.pictures.iter().find(|picture| picture.kind == kind);
            found.with_context(|| format!("the painter made no {kind}"))
        };
        let photo = |step: &'static str, kind: &str| -> anyhow::Result<_> {
            let (from, to) = (folder.join(&picture(kind)?.file), folder.join(format!("{step}.jpg")));
            // Copied onto itself a file would be emptied.
            if from != to {
                std::fs::copy(&from, &to).with_context(|| format!("copying {}", from.display()))?;
            }
            Ok((step, to))
        };
        let photos = [
            photo("portrait_side", "resident_portrait_side")?,
            photo("emblem_side", "resident_emblem_side")?,
            photo("selfie", "face_photo")?,
        ];
        let fields = &picture("resident_portrait_side")?.fields;
        let name = fields.name.clone().context("the painter says no name")?;
        let number = fields.number.clone().context("the painter says no number")?;
        Ok(Self { folder, name, number, photos })
    }
}

/// Paints a specimen card set, verifies it and says where the report lies; then shows the service.
pub(crate) fn run(root: &Path, options: &Options) -> anyhow::Result<()> {
    say("── set-up");
    let programs = setup::setup(root)?;

    say("\n── painting specimen card sets");
    let out = root.join("out");
    let specimen = Specimen::paint(&programs, "2", out.join("specimen"))?;
    // One person has one account: whoever tries the pages needs somebody who has none.
    let newcomer = Specimen::paint(&programs, "3", out.join("specimen-for-you"))?;

    say("\n── verifying the first");
    let report = out.join("report.html");
    let mut verify = programs.shiming();
    verify.arg("verify");
    for (step, photo) in &specimen.photos {
        verify.arg(format!("--{}", step.replace('_', "-"))).arg(photo);
    }
    verify.args(["--name", &specimen.name, "--id-number", &specimen.number]);
    verify.args(["--today", TODAY]).arg("--report").arg(&report);
    start(&mut verify)?;
    say(&format!("\nThe report with the annotated pictures: {}", report.display()));

    say("\n── the service");
    let server = match options.database {
        Database::Sqlite => None,
        Database::Postgres => Some(Server::start(root, "run", Durability::Full)?),
    };
    let mut settings = Vec::new();
    if let Some(server) = &server {
        server.watch()?;
        settings.push(format!("--set=database.url={}", server.url()));
    }
    let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
    let service = Service::start(&programs.program(), &out.join("sandbox"), &settings)?;
    say(&format!("It runs on {} (sandbox, data in {}).", service.url, out.join("sandbox").display()));
    let script = |name: &str| {
        let mut script = Command::new("sh");
        script.arg(format!("docs/{name}.sh")).arg(&service.url).current_dir(root);
        script
    };
    start(script("walk").arg(&specimen.folder).args([&specimen.name, &specimen.number]))?;
    say("\n── staff, each with a second factor");
    let link = service.setup_link().context("the service printed no set-up link")?;
    // Not through `start`, which would print the link.
    let hired = script("staff").arg(link).status().context("docs/staff.sh could not be started")?;
    anyhow::ensure!(hired.success(), "docs/staff.sh failed ({hired})");
    if options.once || std::env::var_os("CI").is_some() {
        return service.stop();
    }
    say(&format!(
        "\nThe service keeps running. Open {local}/ and be verified as this specimen person, who has no account yet:\n  \
         name {}, number {}, photos in {}\nA chosen selfie is checked by a person: open {local}/console/ with a \
         log-in from above and decide it.\n  what was \"sent\", codes among it: {url}/api/v1/sandbox/outbox\n  \
         figures of an authenticator: sh docs/staff.sh figures SECRET\n  \
         the same person by curl instead: sh docs/walk.sh {url} {} {} {}\n  \
         interface: {url}/api/v1/openapi.json\nCtrl-C ends it.",
        newcomer.name,
        newcomer.number,
        newcomer.folder.display(),
        newcomer.folder.display(),
        newcomer.name,
        newcomer.number,
        // The cookies and passkeys of pages need TLS or this very name.
        local = service.url.replace("127.0.0.1", "localhost"),
        url = service.url
    ));
    service.wait()
}
