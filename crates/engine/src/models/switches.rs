//! Optional models that an operator has switched on: `switches.toml` in the models directory.
//!
//! The pins stay those of the program. A file of switches survives an upgrade, where a copy of the whole manifest would
//! bring old pins back.

use super::install::{Staged, lock, stage};
use super::manifest::{Manifest, ManifestError, UNCLEAR, check_model, wrong};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

/// Name of the file.
pub const SWITCHES: &str = "switches.toml";
/// Largest file read, in bytes.
const BYTES_MAX: u64 = 64 << 10;

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Switch {
    enabled: bool,
    accept_unclear_provenance: bool,
}

type Switches = BTreeMap<String, Switch>;

impl Manifest {
    /// The pins of this program, with what the operator of this models directory has switched on.
    pub fn of(directory: &Path) -> Result<Self, ManifestError> {
        Self::built_in()?.switched(&read(directory)?)
    }

    /// Optional models that are on.
    pub fn switched_on(&self) -> impl Iterator<Item = &str> {
        self.models.iter().filter(|model| model.switched_on).map(|model| model.id.as_str())
    }

    fn switched(mut self, switches: &Switches) -> Result<Self, ManifestError> {
        for (id, switch) in switches {
            let model = self.models.iter_mut().find(|model| model.id == *id);
            let model = model.ok_or_else(|| wrong(SWITCHES, format!("there is no model {id}")))?;
            if model.enabled && !switch.enabled {
                return Err(wrong(SWITCHES, format!("nothing works without {id}")));
            }
            model.switched_on = switch.enabled && !model.enabled;
            model.enabled |= switch.enabled;
            model.accept_unclear_provenance |= switch.accept_unclear_provenance;
            check_model(model).map_err(|error| match error {
                ManifestError::Entry { entry, problem } => wrong(SWITCHES, format!("{entry}: {problem}")),
                other => other,
            })?;
        }
        Ok(self)
    }
}

/// Switches an optional model on or off in this models directory. Nothing is fetched or removed.
pub fn switch(
    directory: &Path,
    id: &str,
    enabled: bool,
    accept_unclear_provenance: bool,
) -> Result<(), ManifestError> {
    fs::create_dir_all(directory).map_err(failed(directory))?;
    let _lock = lock(directory, &mut |_| ()).map_err(ManifestError::Write)?;
    let mut switches = read(directory)?;
    let built_in = Manifest::built_in()?;
    // Also one that this program no longer knows, or nobody could repair the file by command.
    if !enabled && switches.remove(id).is_some() {
        return write(directory, &switches);
    }
    let refused = |problem| ManifestError::Switch { id: id.to_owned(), problem };
    let optional = built_in.models.iter().find(|model| model.id == id && !model.enabled);
    let optional = optional.ok_or_else(|| refused("it is no optional model"))?;
    if enabled && optional.licence == UNCLEAR && !accept_unclear_provenance {
        return Err(refused(
            "nobody vouches for where it comes from; with --accept-unclear-provenance you say that you know",
        ));
    }
    if !enabled {
        return Ok(());
    }
    switches.insert(id.to_owned(), Switch { enabled, accept_unclear_provenance });
    built_in.switched(&switches)?;
    write(directory, &switches)
}

fn read(directory: &Path) -> Result<Switches, ManifestError> {
    let path = directory.join(SWITCHES);
    let size = match fs::metadata(&path) {
        Ok(meta) => meta.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Switches::new()),
        Err(error) => return Err(failed(&path)(error)),
    };
    if size > BYTES_MAX {
        return Err(ManifestError::Syntax(format!("{SWITCHES} is larger than {BYTES_MAX} bytes")));
    }
    let text = fs::read_to_string(&path).map_err(failed(&path))?;
    toml::from_str(&text).map_err(|error| ManifestError::Syntax(format!("{SWITCHES}: {error}")))
}

fn write(directory: &Path, switches: &Switches) -> Result<(), ManifestError> {
    let path = directory.join(SWITCHES);
    if switches.is_empty() {
        return fs::remove_file(&path).map_err(failed(&path));
    }
    let text = toml::to_string(switches).map_err(|error| failed(&path)(io::Error::other(error)))?;
    stage(&path, text.as_bytes()).and_then(Staged::put).map_err(ManifestError::Write)
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> ManifestError {
    let file = path.to_owned();
    move |source| ManifestError::Switches { file, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONAL: &str = "live-passive";

    fn enabled(directory: &Path) -> Vec<String> {
        let manifest = Manifest::of(directory).unwrap();
        manifest.models.iter().filter(|model| model.enabled).map(|model| model.id.clone()).collect()
    }

    #[test]
    fn an_optional_model_is_switched_on_and_off() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().join("not there yet");
        assert_eq!(enabled(&dir).len(), 5);
        let refused = switch(&dir, OPTIONAL, true, false).unwrap_err().to_string();
        assert!(refused.contains("accept-unclear-provenance"), "{refused}");
        assert!(!dir.join(SWITCHES).exists());
        switch(&dir, OPTIONAL, true, true).unwrap();
        assert!(enabled(&dir).contains(&OPTIONAL.to_owned()));
        switch(&dir, OPTIONAL, false, false).unwrap();
        assert_eq!(enabled(&dir).len(), 5);
        assert!(!dir.join(SWITCHES).exists(), "nothing is switched on, and no file says so");
    }

    #[test]
    fn what_the_program_needs_stays_on() {
        let dir = tempfile::tempdir().unwrap();
        for (id, on) in [("ocr-det", false), ("ocr-det", true), ("nobody", true), ("../x", true)] {
            assert!(switch(dir.path(), id, on, true).is_err(), "{id}");
        }
    }

    #[test]
    fn what_this_program_no_longer_knows_can_be_switched_off() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(SWITCHES), "[retired]\nenabled = true").unwrap();
        assert!(Manifest::of(dir.path()).is_err());
        switch(dir.path(), "retired", false, false).unwrap();
        assert_eq!(enabled(dir.path()).len(), 5);
    }

    #[test]
    fn a_file_that_is_wrong_is_refused_as_a_whole() {
        let dir = tempfile::tempdir().unwrap();
        for text in [
            "[ocr-det]\nenabled = false",
            "[nobody]\nenabled = true",
            "[live-passive]\nenabled = true",
            "[live-passive]\nenabeld = true",
            "live-passive",
            &"#".repeat(usize::try_from(BYTES_MAX).unwrap() + 1),
        ] {
            fs::write(dir.path().join(SWITCHES), text).unwrap();
            assert!(Manifest::of(dir.path()).is_err(), "{}", text.get(..20).unwrap_or(text));
        }
    }
}
