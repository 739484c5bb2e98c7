//! The pages in a real browser, against the real program.

use crate::postgres::Server;
use crate::process::{run, say};
use crate::workspace::Metadata;
use crate::{run as show, setup, web};
use anyhow::bail;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Names of the browser, most usual first.
const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// Specimens are painted from these.
const SEEDS: [&str; 4] = ["1", "2", "3", "4"];

/// Options of `cargo xtask ui`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Write a picture of every screen into this folder, for human eyes
    #[arg(long)]
    screenshots: Option<PathBuf>,
}

/// The browser, wherever it is installed.
pub(crate) fn browser() -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&folders).collect();
    let places = BROWSERS.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    places.into_iter().find(|place| place.is_file())
}

/// `cargo xtask ui`: set-up, then everything about the pages.
pub(crate) fn ui(root: &Path, options: &Options) -> anyhow::Result<()> {
    setup::setup(root)?;
    web::check(root)?;
    let screenshots = options.screenshots.as_ref().map(std::path::absolute).transpose()?;
    let folder = Metadata::read(root)?.target_directory.join("release");
    browse(root, &folder.join("shiming"), &folder.join("paint"), screenshots.as_deref())
}

/// Lead people through the pages that `program` embeds, with specimens that `painter` paints.
fn browse(root: &Path, program: &Path, painter: &Path, screenshots: Option<&Path>) -> anyhow::Result<()> {
    let Some(browser) = browser() else { bail!("there is no Chromium; `cargo xtask setup` installs it") };
    // The console's tests need several people; the applicant's is the first of them.
    let specimens = SEEDS.map(|seed| root.join("out").join("ui-specimen").join(seed));
    let faces = show::test_pictures_of(Command::new(program))?;
    for (seed, specimen) in SEEDS.iter().zip(&specimens) {
        let mut paint = Command::new(painter);
        paint.args(["card-set", "--photo", "--seed", seed, "--today", show::TODAY, "--out"]).arg(specimen);
        run(paint.arg("--faces").arg(&faces))?;
    }
    // Most of it runs over SQLite, the whole way once over PostgreSQL.
    let server = Server::start(root, "ui")?;
    server.watch()?;
    let mut tests = web::npm(&root.join("web"));
    tests.args(["run", "--silent", "e2e"]);
    // All specimens have one face; this is another.
    tests.env("SHIMING_BIN", program).env("SHIMING_STRANGER", faces.join("obama.jpg"));
    tests.env("SHIMING_SPECIMENS", std::env::join_paths(&specimens)?);
    tests.env("SHIMING_CHROMIUM", browser).env("SHIMING_POSTGRES", server.url());
    if let Some(folder) = screenshots {
        tests.env("SHIMING_SCREENSHOTS", folder);
        say(&format!("pictures of all screens: {}", folder.display()));
    }
    run(&mut tests)
}
