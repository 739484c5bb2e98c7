//! The commands of the service.

use crate::config::{self, Inputs, Loaded};
use crate::exit::Failure;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Where settings come from.
#[derive(Debug, Args)]
pub(crate) struct SettingsArgs {
    /// Configuration file [default: shiming.toml in the data folder, if it is there]
    #[arg(long, value_name = "FILE", help_heading = "Settings")]
    pub(crate) config: Option<PathBuf>,
    /// Data folder [default: ~/.local/share/shiming/data]
    #[arg(long, value_name = "DIR", help_heading = "Settings")]
    pub(crate) data: Option<PathBuf>,
    /// Policy: `cn_pboc`, `generic`, or a TOML file
    #[arg(long, value_name = "NAME|FILE", help_heading = "Settings")]
    pub(crate) policy: Option<String>,
    /// Any setting; `shiming config defaults` lists them
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = parse_setting, help_heading = "Settings")]
    pub(crate) settings: Vec<(String, String)>,
}

/// Run the service: HTTP, and the workers behind it
///
/// The first SIGTERM or SIGINT stops accepting and lets what is in flight end; the second ends at once. SIGHUP
/// reads the TLS certificate again.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  shiming serve --policy cn_pboc               a sandbox on http://127.0.0.1:8080
  shiming serve --config /etc/shiming.toml
  SHIMING__SERVER__LISTEN=0.0.0.0:80 shiming serve --policy generic")]
pub(crate) struct ServeArgs {
    /// Address and port to listen on [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS", help_heading = "Settings")]
    pub(crate) listen: Option<String>,
    /// Do not bring the database's schema up to date; refuse to start if it is not
    #[arg(long)]
    pub(crate) no_migrate: bool,
    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
}

/// Run only workers, beside a service on the same PostgreSQL database
#[derive(Debug, Args)]
pub(crate) struct WorkerArgs {
    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
}

/// Bring the database's schema up to date
#[derive(Debug, Args)]
pub(crate) struct MigrateArgs {
    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
}

/// Check, show and explain the settings
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Check everything that can be checked without starting
    Check {
        #[command(flatten)]
        settings: SettingsArgs,
    },
    /// Show every setting and where it comes from; secrets are hidden
    Show {
        #[command(flatten)]
        settings: SettingsArgs,
    },
    /// Print all settings with their defaults and what they mean
    Defaults,
}

/// Say whether the installation is set up as it should be
///
/// One line per check: ok, warn or fail, and what to do. Exit status 1 if anything fails.
#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
}

/// Fix, export and verify the audit log
#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Sign a checkpoint over everything so far and print it, to be kept elsewhere
    Checkpoint {
        #[command(flatten)]
        settings: SettingsArgs,
    },
    /// Write entries, tiles (C2SP) and a checkpoint into a new folder
    Export {
        /// Folder to make
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        #[command(flatten)]
        settings: SettingsArgs,
    },
    /// Verify an export; needs neither database nor secrets
    ///
    /// The public key must come from elsewhere than the export, and so must the anchors: checkpoints kept
    /// outside. Without an anchor nobody can see that the owner of the log wrote all of it anew.
    Verify {
        /// Folder with an export
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// Public key as `shiming audit export` prints it, or a file with it
        #[arg(long, value_name = "KEY|FILE")]
        pubkey: String,
        /// File with checkpoints that were kept outside; may be repeated
        #[arg(long, value_name = "FILE")]
        anchor: Vec<PathBuf>,
    },
}

fn parse_setting(text: &str) -> Result<(String, String), &'static str> {
    let (key, value) = text.split_once('=').ok_or("write KEY=VALUE, for example worker.count=4")?;
    Ok((key.trim().to_owned(), value.to_owned()))
}

impl SettingsArgs {
    /// What is set, with more options.
    pub(crate) fn load_with(&self, more: &[(&str, Option<&str>)]) -> Result<Loaded, Failure> {
        let flags = [
            ("data.folder", self.data.as_ref().map(|path| path.display().to_string())),
            ("policy.choice", self.policy.clone()),
        ];
        let flags = flags.into_iter().filter_map(|(key, text)| Some((key.to_owned(), text?)));
        let more = more.iter().filter_map(|(key, text)| Some(((*key).to_owned(), (*text)?.to_owned())));
        let inputs = Inputs {
            file: self.config.clone(),
            flags: self.settings.iter().cloned().chain(flags).chain(more).collect(),
            environment: environment()?,
        };
        config::load(&inputs).map_err(Failure::usage)
    }

    /// What is set.
    pub(crate) fn load(&self) -> Result<Loaded, Failure> {
        self.load_with(&[])
    }
}

/// The environment as far as it is text.
fn environment() -> Result<std::collections::BTreeMap<String, String>, Failure> {
    let mut all = std::collections::BTreeMap::new();
    for (name, text) in std::env::vars_os() {
        match (name.into_string(), text.into_string()) {
            (Ok(name), Ok(text)) => drop(all.insert(name, text)),
            (Ok(name), Err(_)) if name.starts_with("SHIMING_") => {
                return Err(Failure::usage(anyhow::anyhow!("the environment variable {name} is not UTF-8")));
            }
            _ => {}
        }
    }
    Ok(all)
}
