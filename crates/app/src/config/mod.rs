//! How an installation is set: defaults, then a file, the environment, and options, as plain values.
//!
//! Nothing here decides about a person; that is the policy's business, which is a file of its own.

mod error;
mod layers;
mod raw;
mod resolve;
mod secret;
mod show;
#[cfg(test)]
mod tests;

pub(crate) use error::ConfigError;
pub(crate) use layers::DEFAULTS;
pub(crate) use secret::Secret;
pub(crate) use show::{Shown, audited, shown};

use layers::{Layers, Origin};
use shiming_domain::policy::ChannelKind;
use shiming_domain::sla::Holidays;
use shiming_engine::service::StaffSecondFactor;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

/// The file that is read from the data folder when no other is named.
const FILE: &str = "shiming.toml";
/// Bytes a configuration may have.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// What an installation is set to.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) live: bool,
    pub(crate) product_name: String,
    pub(crate) server: Server,
    /// Database and sealed files.
    pub(crate) data: PathBuf,
    pub(crate) database: Database,
    pub(crate) keys: Keys,
    /// Name of a preset, or path.
    pub(crate) policy: Option<String>,
    pub(crate) mail: Mail,
    pub(crate) sms: Sms,
    pub(crate) sources: Vec<Source>,
    pub(crate) outside: Outside,
    pub(crate) accounts: Accounts,
    /// The operator's own days off and worked weekends.
    pub(crate) holidays: Option<Holidays>,
    pub(crate) worker: Worker,
    pub(crate) models: Models,
    pub(crate) audit: Audit,
    pub(crate) log: Log,
}

#[derive(Clone, Debug)]
pub(crate) struct Server {
    pub(crate) listen: SocketAddr,
    /// Without a slash at the end.
    pub(crate) public_url: String,
    pub(crate) trusted_proxies: Vec<IpAddr>,
    /// Certificate chain and key.
    pub(crate) tls: Option<(PathBuf, PathBuf)>,
    pub(crate) requests_per_s_max: u32,
    pub(crate) upload_mib_max: u32,
    pub(crate) request_seconds_max: u32,
    pub(crate) shutdown_seconds: u32,
}

impl Server {
    /// What others call a listener of ours when nobody has given it a name.
    pub(super) fn own_url(listen: SocketAddr, tls: bool) -> String {
        format!("{}://{listen}", if tls { "https" } else { "http" })
    }

    /// Port 0 asks for any free port; which one it is, is known once it is taken.
    pub(crate) fn bound(&mut self, address: SocketAddr) {
        if self.public_url == Self::own_url(self.listen, self.tls.is_some()) {
            self.public_url = Self::own_url(address, self.tls.is_some());
        }
        self.listen = address;
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Database {
    /// `None` is SQLite in the data folder.
    pub(crate) url: Option<Secret>,
    pub(crate) connections_max: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct Keys {
    pub(crate) root: RootKeyFrom,
    pub(crate) older: Vec<PathBuf>,
}

/// Where the root key is.
#[derive(Clone, Debug)]
pub(crate) enum RootKeyFrom {
    /// In a file, made at the first start.
    File(PathBuf),
    /// In the environment.
    Environment(Secret),
}

/// Who carries letters.
#[derive(Clone, Debug)]
pub(crate) enum Mail {
    /// Nobody: they can be read over HTTP.
    Sandbox,
    /// A mail server.
    Smtp(Smtp),
}

/// A mail server.
#[derive(Clone, Debug)]
pub(crate) struct Smtp {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) security: MailSecurity,
    /// User and password.
    pub(crate) credentials: Option<(String, Secret)>,
    pub(crate) from: String,
    /// PEM of who vouches for it.
    pub(crate) authority: Option<PathBuf>,
}

/// How a conversation with a mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MailSecurity {
    StartTls,
    Tls,
    Plain,
}

/// Who carries short messages.
#[derive(Clone, Debug)]
pub(crate) enum Sms {
    /// There are none.
    None,
    /// Nobody: they can be read over HTTP.
    Sandbox,
    /// A gateway.
    Gateway { url: String, token: Secret },
}

/// An identity source.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) kind: ChannelKind,
    pub(crate) organisation: String,
    pub(crate) url: String,
    pub(crate) token: Secret,
}

/// Where gateways and sources may be.
#[derive(Clone, Debug)]
pub(crate) struct Outside {
    pub(crate) exceptions: Vec<String>,
    pub(crate) ports: Vec<u16>,
}

/// Who may come in, and how.
#[derive(Clone, Debug)]
pub(crate) struct Accounts {
    pub(crate) staff_second_factor: StaffSecondFactor,
    /// A list of stolen passwords.
    pub(crate) breached_passwords: Option<PathBuf>,
}

#[derive(Clone, Debug)]
pub(crate) struct Worker {
    pub(crate) count: u32,
    pub(crate) poll_ms: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct Models {
    pub(crate) folder: Option<PathBuf>,
    pub(crate) engine: shiming_engine::EngineChoice,
    /// `None` is one for each core.
    pub(crate) threads: Option<u32>,
    pub(crate) slots: u32,
    pub(crate) challenges: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct Audit {
    pub(crate) checkpoint_seconds: u32,
    pub(crate) anchor: Option<PathBuf>,
}

#[derive(Clone, Debug)]
pub(crate) struct Log {
    pub(crate) json: bool,
    pub(crate) level: String,
}

/// Where settings come from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inputs {
    /// The file that was named.
    pub(crate) file: Option<PathBuf>,
    /// Options: full names and texts, in order.
    pub(crate) flags: Vec<(String, String)>,
    /// The environment.
    pub(crate) environment: BTreeMap<String, String>,
}

/// A configuration and where each value of it came from.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) config: Config,
    pub(crate) file: Option<PathBuf>,
    layers: Layers,
}

/// Reads everything and checks it.
pub(crate) fn load(from: &Inputs) -> Result<Loaded, ConfigError> {
    let mut layers = Layers::new()?;
    let file = match &from.file {
        Some(path) => Some(path.clone()),
        None => Some(data_without_file(from)?.join(FILE)).filter(|path| path.is_file()),
    };
    if let Some(path) = &file {
        layers.file(path, &read(path)?)?;
    }
    let settings = from.environment.iter().map(|(name, text)| (name.clone(), text.clone()));
    layers.environment(settings)?;
    for (key, text) in &from.flags {
        layers.text(key, text, &Origin::Flag)?;
    }
    // Found in the folder, it cannot say that the folder is another.
    if from.file.is_none()
        && let Origin::File(path) = layers.origin("data.folder")
    {
        return Err(ConfigError::Value {
            key: "data.folder".to_owned(),
            origin: Origin::File(path),
            problem: "cannot be set in the file that is read from the data folder; name the file with \
                      --config, or the folder with --data or SHIMING__DATA__FOLDER"
                .to_owned(),
        });
    }
    let config = resolve::resolve(&layers, from)?;
    Ok(Loaded { config, file, layers })
}

/// The data folder as far as it is known before any file is read.
fn data_without_file(from: &Inputs) -> Result<PathBuf, ConfigError> {
    let flag = from.flags.iter().rev().find(|(key, _)| key == "data.folder").map(|(_, text)| text);
    let text = flag.or_else(|| from.environment.get("SHIMING__DATA__FOLDER"));
    resolve::data_folder(&Layers::new()?, text.map_or("", String::as_str), from)
}

fn read(path: &Path) -> Result<String, ConfigError> {
    let error = |source| ConfigError::File { path: path.to_owned(), source };
    let bytes = std::fs::metadata(path).map_err(error)?.len();
    if bytes > FILE_BYTES_MAX {
        return Err(error(std::io::Error::other(format!("it has more than {FILE_BYTES_MAX} bytes"))));
    }
    std::fs::read_to_string(path).map_err(error)
}
