//! The pages in a real browser, against the real program.

use crate::postgres::Server;
use crate::process::{cargo, run, say};
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
    browse(root, &folder, screenshots.as_deref())
}

/// `cargo xtask lighthouse`: set-up, then every screen of the applicant as a mid-range phone loads it.
pub(crate) fn lighthouse(root: &Path) -> anyhow::Result<()> {
    setup::setup(root)?;
    let target = Metadata::read(root)?.target_directory;
    let mut measure = visitor(root, &target.join("release"))?;
    let scores = target.join("lighthouse.json");
    run(measure.args(["run", "--silent", "lighthouse"]).env("SHIMING_LIGHTHOUSE", &scores))?;
    say(&format!("scores of every screen: {}", scores.display()));
    Ok(())
}

/// Program and painter as a release has them but for the last optimisations, which take longer than all else; answers
/// their folder.
pub(crate) fn quickly_built(root: &Path) -> anyhow::Result<PathBuf> {
    const PROFILE: &str = "release-quick";
    let mut build = cargo();
    build.args(["build", "--locked", "--profile", PROFILE, "--bin", "shiming", "--bin", "paint"]);
    run(build.args(["--package", "shiming-app", "--package", "shiming-testkit"]).current_dir(root))?;
    Ok(Metadata::read(root)?.target_directory.join(PROFILE))
}

/// Leads people through the pages that the program in this folder embeds, with specimens that its painter paints.
pub(crate) fn browse(root: &Path, folder: &Path, screenshots: Option<&Path>) -> anyhow::Result<()> {
    let mut tests = visitor(root, folder)?;
    // Most of it runs over SQLite, the whole way once over PostgreSQL.
    let server = Server::start(root, "ui")?;
    server.watch()?;
    tests.args(["run", "--silent", "e2e"]).env("SHIMING_POSTGRES", server.url());
    if let Some(folder) = screenshots {
        tests.env("SHIMING_SCREENSHOTS", folder);
        say(&format!("pictures of all screens: {}", folder.display()));
    }
    run(&mut tests)
}

/// npm in `web/`, told where program, browser and freshly painted specimens are.
fn visitor(root: &Path, folder: &Path) -> anyhow::Result<Command> {
    let Some(browser) = browser() else { bail!("there is no Chromium; `cargo xtask setup` installs it") };
    // The console's tests need several people; the applicant's is the first of them.
    let program = folder.join("shiming");
    let specimens = SEEDS.map(|seed| root.join("out").join("ui-specimen").join(seed));
    let faces = show::test_pictures_of(Command::new(&program))?;
    for (seed, specimen) in SEEDS.iter().zip(&specimens) {
        let mut paint = Command::new(folder.join("paint"));
        paint.args(["card-set", "--photo", "--seed", seed, "--today", show::TODAY, "--out"]).arg(specimen);
        run(paint.arg("--faces").arg(&faces))?;
    }
    let mut npm = web::npm(&root.join("web"));
    // All specimens have one face; this is another.
    npm.env("SHIMING_BIN", program).env("SHIMING_STRANGER", faces.join("obama.jpg"));
    npm.env("SHIMING_SPECIMENS", std::env::join_paths(&specimens)?).env("SHIMING_CHROMIUM", browser);
    Ok(npm)
}
