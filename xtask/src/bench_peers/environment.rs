//! The peers' Python environment: made once, from pinned packages, then used without a network.

use crate::process::{run, say};
use anyhow::{Context, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Said in front of what pip says about a wheel it does not find or does not trust.
const OTHER_PLATFORM: &str = "The pins in bench/peers are for CPython 3.11 on x86-64 Linux. Elsewhere, \
                              `cargo xtask bench-peers --without-hashes` installs the same versions unchecked";

/// Makes the environment in `venv` unless it is there already, and gives its interpreter.
///
/// `pins` holds `requirements-build.txt` (what building a package needs) and `requirements.txt` (all the
/// rest, dependencies included).
pub(crate) fn install(pins: &Path, venv: &Path, hashes: bool) -> anyhow::Result<PathBuf> {
    let python = venv.join("bin/python");
    let files = ["requirements-build.txt", "requirements.txt"];
    let texts = files.map(|file| {
        let path = pins.join(file);
        std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))
    });
    let [build, all] = texts;
    let (build, all) = (build?, all?);
    // The environment is whole when this file says what it was made from; it is written last.
    let stamp = venv.join("made-from.txt");
    let made_from = format!("hashes checked: {hashes}\n{build}{all}");
    if std::fs::read_to_string(&stamp).is_ok_and(|found| found == made_from) {
        say(&format!("peers: installed in {}", venv.display()));
        return Ok(python);
    }
    if venv.exists() {
        std::fs::remove_dir_all(venv).with_context(|| format!("removing {}", venv.display()))?;
    }
    run(Command::new("python3").args(["-m", "venv"]).arg(venv)).context(
        "no virtual environment could be made; on Debian and Ubuntu: sudo apt-get install python3-venv",
    )?;
    for (file, text) in files.iter().zip([&build, &all]) {
        let path = venv.join(file);
        let text = if hashes { text.clone() } else { without_hashes(text) };
        std::fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
        let mut pip = Command::new(&python);
        pip.args([
            "-m",
            "pip",
            "--disable-pip-version-check",
            "install",
            "--no-deps",
            "--no-build-isolation",
        ]);
        if hashes {
            pip.arg("--require-hashes");
        }
        if let Err(error) = run(pip.arg("-r").arg(&path)) {
            bail!("{error:#}\n{OTHER_PLATFORM}");
        }
    }
    std::fs::write(&stamp, made_from).with_context(|| format!("writing {}", stamp.display()))?;
    Ok(python)
}

/// `name==version` lines alone.
fn without_hashes(pins: &str) -> String {
    let lines = pins.lines().filter(|line| !line.trim_start().starts_with("--hash"));
    lines.map(|line| line.trim_end_matches('\\').trim_end().to_owned() + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::without_hashes;

    #[test]
    fn pins_stay_when_hashes_go() {
        let pins = "# why\nsix==1.17.0 \\\n    --hash=sha256:47 \\\n    --hash=sha256:48\nidna==3.20\n";
        assert_eq!(without_hashes(pins), "# why\nsix==1.17.0\nidna==3.20\n");
    }
}
