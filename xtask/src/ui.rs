//! The pages in a real browser, against the real program.

use crate::postgres::{Durability, Server};
use crate::process::{both, run, run_beside, run_whole, say};
use crate::run::TODAY;
use crate::setup::{self, Programs};
use crate::web;
use crate::workspace::Metadata;
use anyhow::bail;
use std::ffi::OsString;
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
    let programs = setup::setup(root)?;
    web::check(root)?;
    let screenshots = options.screenshots.as_ref().map(std::path::absolute).transpose()?;
    browse(root, &programs, screenshots.as_deref(), || Ok(()))
}

/// `cargo xtask lighthouse`: set-up, then every screen of the applicant as a mid-range phone loads it.
pub(crate) fn lighthouse(root: &Path) -> anyhow::Result<()> {
    let visitor = Visitor::new(root, &setup::setup(root)?)?;
    let scores = Metadata::read(root)?.target_directory.join("lighthouse.json");
    run(visitor.npm("lighthouse").env("SHIMING_LIGHTHOUSE", &scores))?;
    say(&format!("scores of every screen: {}", scores.display()));
    Ok(())
}

/// Leads people through the pages that the program embeds, with specimens that the painter paints. Applicants and
/// staff have services and browsers of their own, so both come at once. Applicants take longest and mostly wait at the
/// end; what is done `after` the staff's pages has the machine meanwhile.
pub(crate) fn browse(
    root: &Path,
    programs: &Programs,
    screenshots: Option<&Path>,
    after: impl FnOnce() -> anyhow::Result<()> + Send,
) -> anyhow::Result<()> {
    let visitor = Visitor::new(root, programs)?;
    // Most of it runs over SQLite, the whole way once over PostgreSQL.
    let server = Server::start(root, "ui", Durability::None)?;
    server.watch()?;
    let [mut applicant, mut console] = ["e2e:applicant", "e2e:console"].map(|script| visitor.npm(script));
    applicant.env("SHIMING_POSTGRES", server.url());
    if let Some(folder) = screenshots {
        for tests in [&mut applicant, &mut console] {
            tests.env("SHIMING_SCREENSHOTS", folder);
        }
        say(&format!("pictures of all screens: {}", folder.display()));
    }
    run_beside(&mut applicant, || {
        let console = run_whole(&mut console);
        both(console, after())
    })
}

/// What scripts in `web/` are told: where program, browser and freshly painted specimens are.
struct Visitor {
    web: PathBuf,
    told: [(&'static str, OsString); 4],
}

impl Visitor {
    fn new(root: &Path, programs: &Programs) -> anyhow::Result<Self> {
        let Some(browser) = browser() else { bail!("there is no Chromium; `cargo xtask setup` installs it") };
        // The console's tests need several people; the applicant's is the first of them.
        let specimens = SEEDS.map(|seed| root.join("out").join("ui-specimen").join(seed));
        let faces = programs.test_pictures()?;
        for (seed, specimen) in SEEDS.iter().zip(&specimens) {
            let mut paint = programs.paint();
            paint.args(["card-set", "--photo", "--seed", seed, "--today", TODAY, "--out"]).arg(specimen);
            run(paint.arg("--faces").arg(&faces))?;
        }
        let told = [
            ("SHIMING_BIN", programs.program().into()),
            ("SHIMING_SPECIMENS", std::env::join_paths(&specimens)?),
            ("SHIMING_CHROMIUM", browser.into()),
            // All specimens have one face; this is another.
            ("SHIMING_STRANGER", faces.join("obama.jpg").into()),
        ];
        Ok(Self { web: root.join("web"), told })
    }

    fn npm(&self, script: &str) -> Command {
        let mut npm = web::npm(&self.web);
        npm.args(["run", "--silent", script]).envs(self.told.iter().map(|(name, value)| (name, value)));
        npm
    }
}
