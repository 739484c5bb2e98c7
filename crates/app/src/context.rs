//! What the commands take from the outside world: day, policy, models, language.

use crate::cli::{EngineArgs, EngineName, ModelsDir, PolicyArg, TodayArg};
use crate::exit::Failure;
use crate::input::{Input, TEXT_BYTES_MAX};
use crate::lang::Lang;
use anyhow::anyhow;
use shiming_domain::policy::{PRESETS, Policy};
use shiming_domain::zone::Zone;
use shiming_engine::models::{DIRECTORY_VARIABLE, default_directory};
use shiming_engine::{EngineChoice, Toolbox};
use std::path::{Path, PathBuf};
use time::{Date, OffsetDateTime, UtcOffset};

/// How to answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    pub(crate) json: bool,
    pub(crate) lang: Lang,
}

/// The policy of that name or in that file.
pub(crate) fn policy(named: &str) -> Result<Policy, Failure> {
    if PRESETS.contains(&named) {
        return Policy::preset(named).map_err(Failure::usage);
    }
    let path = Path::new(named);
    let bytes = match Input::read(path, TEXT_BYTES_MAX) {
        Input::Bytes(bytes) => bytes,
        Input::Missing => {
            let presets = PRESETS.join(", ");
            return Err(Failure::usage(anyhow!(
                "there is neither a built-in policy nor a file named `{named}`; built in are {presets}"
            )));
        }
        Input::Unreadable(error) => {
            return Err(Failure::usage(anyhow!(error).context(format!("cannot read the policy {named}"))));
        }
    };
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::usage(anyhow!("{named} is no policy: it is not UTF-8 text")))?;
    Policy::from_toml(&text).map_err(|error| Failure::usage(anyhow!(error).context(named.to_owned())))
}

impl PolicyArg {
    pub(crate) fn load(&self) -> Result<Policy, Failure> {
        policy(&self.policy)
    }
}

impl TodayArg {
    /// The day asked for, else today in `zone`.
    pub(crate) fn day(&self, zone: &str) -> Date {
        self.today.unwrap_or_else(|| day_in(zone, OffsetDateTime::now_utc()))
    }
}

/// The zone of Chinese documents.
pub(crate) const DOCUMENT_ZONE: &str = "Asia/Shanghai";

/// The day as the service counts it; in UTC if the zone is unknown, a day's difference at most, and `--today` settles
/// it.
fn day_in(zone: &str, now: OffsetDateTime) -> Date {
    let now_us = i64::try_from(now.unix_timestamp_nanos() / 1000).unwrap_or(i64::MAX);
    let offset_s = Zone::named(zone).map_or(0, |zone| zone.offset_s(now_us));
    now.to_offset(UtcOffset::from_whole_seconds(offset_s).unwrap_or(UtcOffset::UTC)).date()
}

pub(crate) fn models_dir(asked: Option<&PathBuf>) -> Result<PathBuf, Failure> {
    match asked {
        Some(dir) => Ok(dir.clone()),
        None => Ok(default_directory(|name| std::env::var_os(name))?),
    }
}

impl ModelsDir {
    pub(crate) fn path(&self) -> Result<PathBuf, Failure> {
        models_dir(self.models_dir.as_ref())
    }
}

impl EngineArgs {
    pub(crate) fn models_dir(&self) -> Result<PathBuf, Failure> {
        models_dir(self.models_dir.as_ref())
    }

    /// Loads the networks and says so when the slower engine stands in.
    pub(crate) fn open(&self) -> Result<Toolbox, Failure> {
        let dir = self.models_dir()?;
        let choice = match self.engine {
            EngineName::Auto => EngineChoice::Auto,
            EngineName::Onnxruntime => EngineChoice::OnnxRuntime,
            EngineName::Rten => EngineChoice::Rten,
        };
        let threads = self.threads.map_or_else(
            || std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            usize::from,
        );
        toolbox(&dir, choice, threads)
    }
}

/// Loads the networks, or says how to install them.
pub(crate) fn toolbox(dir: &Path, choice: EngineChoice, threads: usize) -> Result<Toolbox, Failure> {
    let toolbox = Toolbox::open(dir, choice, threads).map_err(|error| {
        let install = error.is_cured_by_install();
        let failure = Failure::from(error);
        if install { failure.hint(install_command(dir)) } else { failure }
    })?;
    if toolbox.is_fallback() {
        tracing::warn!(
            "ONNX Runtime is not installed; the built-in engine takes about twice as long. \
             To install it: shiming models install"
        );
    }
    tracing::debug!(engine = toolbox.engine().name, version = toolbox.engine().version, "models loaded");
    Ok(toolbox)
}

/// The command as it must be typed for this directory.
pub(crate) fn install_command(dir: &Path) -> String {
    let default = default_directory(|name| std::env::var_os(name));
    if default.is_ok_and(|default| default == dir) {
        "shiming models install".to_owned()
    } else {
        format!("{DIRECTORY_VARIABLE}={} shiming models install", dir.display())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_that_cannot_be_used_is_wrong_usage() {
        assert!(policy("cn_pboc").is_ok() && policy("generic").is_ok());
        for named in ["", "no-such-policy", "/", "Cargo.toml"] {
            assert!(policy(named).is_err(), "{named}");
        }
    }

    #[test]
    fn the_day_changes_at_midnight_of_the_zone() {
        let late = OffsetDateTime::from_unix_timestamp(1_700_000_000 - 1_700_000_000 % 86_400 + 17 * 3600);
        let late = late.unwrap();
        assert_eq!(day_in(DOCUMENT_ZONE, late), late.date().next_day().unwrap());
        assert_eq!(day_in("Europe/Paris", late), late.date());
    }
}
