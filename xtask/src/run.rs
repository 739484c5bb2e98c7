//! Showing the program at work.

use crate::postgres::Server;
use crate::process::{run as start, say};
use crate::service::Service;
use crate::setup;
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

/// Paints a specimen card set, verifies it and says where the report lies; then shows the service.
pub(crate) fn run(root: &Path, options: &Options) -> anyhow::Result<()> {
    say("── set-up");
    let programs = setup::setup(root)?;

    say("\n── painting a specimen card set");
    let out = root.join("out");
    let specimen = out.join("specimen");
    let pictures = programs.test_pictures()?;
    let mut paint = programs.paint();
    paint.args(["card-set", "--photo", "--seed", "2", "--today", TODAY, "--out"]).arg(&specimen);
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
    let mut verify = programs.shiming();
    verify.arg("verify");
    let photos = [
        ("portrait_side", specimen.join(&portrait_side.file)),
        ("emblem_side", specimen.join(&picture("resident_emblem_side")?.file)),
        ("selfie", specimen.join(&picture("face_photo")?.file)),
    ];
    for (step, photo) in &photos {
        verify.arg(format!("--{}", step.replace('_', "-"))).arg(photo);
    }
    verify.args(["--name", name, "--id-number", number, "--today", TODAY]).arg("--report").arg(&report);
    start(&mut verify)?;
    say(&format!("\nThe report with the annotated pictures: {}", report.display()));

    say("\n── the service");
    for (step, photo) in &photos {
        let to = specimen.join(format!("{step}.jpg"));
        if to == *photo {
            // Copied onto itself a file would be emptied.
            continue;
        }
        std::fs::copy(photo, &to).with_context(|| format!("copying {}", photo.display()))?;
    }
    let server = match options.database {
        Database::Sqlite => None,
        Database::Postgres => Some(Server::start(root, "run")?),
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
    start(script("walk").arg(&specimen).args([name, number]))?;
    say("\n── staff, each with a second factor");
    let link = service.setup_link().context("the service printed no set-up link")?;
    // Not through `start`, which would print the link.
    let hired = script("staff").arg(link).status().context("docs/staff.sh could not be started")?;
    anyhow::ensure!(hired.success(), "docs/staff.sh failed ({hired})");
    if options.once || std::env::var_os("CI").is_some() {
        return service.stop();
    }
    say(&format!(
        "\nThe service keeps running. Open {local}/ to be verified, and {local}/console/ to work as staff with a \
         log-in from above.\n  interface: {url}/api/v1/openapi.json\n  what was \"sent\", codes \
         among it: {url}/api/v1/sandbox/outbox\n  figures of an authenticator: sh docs/staff.sh figures SECRET\n  \
         to walk again: sh docs/walk.sh {url} {} {name} {number}\nCtrl-C ends it.",
        specimen.display(),
        // The cookies and passkeys of pages need TLS or this very name.
        local = service.url.replace("127.0.0.1", "localhost"),
        url = service.url
    ));
    service.wait()
}
