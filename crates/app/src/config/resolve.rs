//! Inputs merged texts and numbers to values that can be used, or to a message that says why not.

use super::layers::{Layers, Origin};
use super::raw::{Raw, RawSource};
use super::{
    Accounts, Audit, Config, ConfigError, Database, Inputs, Keys, Log, Mail, MailSecurity, Models, Outside,
    RootKeyFrom, Secret, Server, Sms, Smtp, Source, Worker,
};
use serde::Deserialize as _;
use shiming_domain::policy::ChannelKind;
use shiming_domain::sla::Holidays;
use shiming_engine::EngineChoice;
use shiming_engine::service::StaffSecondFactor;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

/// The environment variable that holds the root key itself.
const ROOT_KEY_VARIABLE: &str = "SHIMING_ROOT_KEY";
/// Bytes of a file with a secret.
const SECRET_BYTES_MAX: u64 = 4096;

/// Looks settings up and knows where they came from.
struct Settings<'a> {
    layers: &'a Layers,
}

pub(super) fn resolve(layers: &Layers, from: &Inputs) -> Result<Config, ConfigError> {
    let settings = Settings { layers };
    let raw = Raw::deserialize(layers.table()).map_err(|error| ConfigError::Value {
        key: "sources".to_owned(),
        origin: layers.origin("sources"),
        problem: format!("cannot be used: {}", error.message()),
    })?;
    let live = match raw.mode.as_str() {
        "sandbox" => false,
        "live" => true,
        _ => return Err(settings.wrong("mode", "must be `sandbox` or `live`")),
    };
    let data = data_folder(layers, &raw.data.folder, from)?;
    let sources = raw.sources.iter().enumerate().map(|(n, source)| settings.source(n, source));
    let config = Config {
        live,
        server: settings.server(&raw)?,
        database: Database {
            url: settings.secret("database.url", &raw.database.url, &raw.database.url_file)?,
            connections_max: settings.number(
                "database.connections_max",
                raw.database.connections_max,
                2,
                1000,
            )?,
        },
        keys: settings.keys(&raw, &data, from),
        policy: set(&raw.policy.choice).map(|choice| settings.policy(choice)),
        mail: settings.mail(&raw)?,
        sms: settings.sms(&raw)?,
        sources: sources.collect::<Result<_, _>>()?,
        outside: Outside { exceptions: raw.outside.exceptions.clone(), ports: raw.outside.ports.clone() },
        accounts: settings.accounts(&raw)?,
        holidays: settings.holidays(&raw)?,
        worker: Worker {
            count: settings.number("worker.count", raw.worker.count, 0, 64)?,
            poll_ms: settings.number("worker.poll_ms", raw.worker.poll_ms, 10, 60_000)?,
        },
        models: settings.models(&raw)?,
        audit: Audit {
            checkpoint_seconds: settings.number(
                "audit.checkpoint_seconds",
                raw.audit.checkpoint_seconds,
                1,
                3600,
            )?,
            anchor: settings.path("audit.anchor_file", &raw.audit.anchor_file),
        },
        log: settings.log(&raw)?,
        product_name: raw.product_name,
        data,
    };
    settings.live(&config)?;
    Ok(config)
}

/// The data folder, set or not.
pub(super) fn data_folder(layers: &Layers, text: &str, from: &Inputs) -> Result<PathBuf, ConfigError> {
    let settings = Settings { layers };
    if let Some(folder) = settings.path("data.folder", text) {
        return Ok(folder);
    }
    let absolute =
        |name: &str| from.environment.get(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = absolute("XDG_DATA_HOME").or_else(|| absolute("HOME").map(|home| home.join(".local/share")));
    base.map(|base| base.join("shiming/data")).ok_or_else(|| {
        settings
            .wrong("data.folder", "is not set and there is no home folder to put it in: use --data FOLDER")
    })
}

impl Settings<'_> {
    fn wrong(&self, key: &str, problem: impl Into<String>) -> ConfigError {
        ConfigError::Value { key: key.to_owned(), origin: self.layers.origin(key), problem: problem.into() }
    }

    fn number<N: TryFrom<i64>>(&self, key: &str, value: i64, min: i64, max: i64) -> Result<N, ConfigError> {
        let fits = (min..=max).contains(&value).then_some(value);
        fits.and_then(|value| N::try_from(value).ok())
            .ok_or_else(|| self.wrong(key, format!("must be from {min} to {max}")))
    }

    /// A path in a file counts from that file's folder, any other from the working folder.
    fn path(&self, key: &str, text: &str) -> Option<PathBuf> {
        let path = Path::new(set(text)?);
        Some(match self.layers.origin(key) {
            Origin::File(file) => file.parent().unwrap_or(Path::new("")).join(path),
            Origin::Default | Origin::Environment(_) | Origin::Flag => path.to_owned(),
        })
    }

    /// A preset's name stays a name; anything else is a path.
    fn policy(&self, choice: &str) -> String {
        if shiming_domain::policy::PRESETS.contains(&choice) {
            return choice.to_owned();
        }
        let path = self.path("policy.choice", choice);
        path.map_or_else(|| choice.to_owned(), |path| path.display().to_string())
    }

    /// A secret given as it is or by a file, not both.
    fn secret(&self, key: &str, text: &str, file: &str) -> Result<Option<Secret>, ConfigError> {
        let file_key = format!("{key}_file");
        match (set(text), self.path(&file_key, file)) {
            (Some(_), Some(_)) => {
                Err(self.wrong(&file_key, format!("and `{key}` are both set; keep one of them")))
            }
            (Some(text), None) => Ok(Some(Secret::new(text.to_owned()))),
            (None, Some(path)) => self.secret_file(&file_key, &path).map(Some),
            (None, None) => Ok(None),
        }
    }

    fn secret_file(&self, key: &str, path: &Path) -> Result<Secret, ConfigError> {
        let shown = path.display();
        let read = std::fs::metadata(path).and_then(|facts| {
            if facts.len() > SECRET_BYTES_MAX {
                return Err(std::io::Error::other(format!("it has more than {SECRET_BYTES_MAX} bytes")));
            }
            std::fs::read_to_string(path)
        });
        let text =
            read.map_err(|error| self.wrong(key, format!("names {shown}, which cannot be read: {error}")))?;
        match text.trim_end_matches(['\r', '\n']) {
            "" => Err(self.wrong(key, format!("names {shown}, which is empty"))),
            secret => Ok(Secret::new(secret.to_owned())),
        }
    }

    fn server(&self, raw: &Raw) -> Result<Server, ConfigError> {
        let raw = &raw.server;
        let listen: SocketAddr = raw.listen.parse().map_err(|_| {
            self.wrong("server.listen", "must be an address and a port, such as 127.0.0.1:8080 or [::]:8080")
        })?;
        let certificate = self.path("server.tls_certificate_file", &raw.tls_certificate_file);
        let tls = match (certificate, self.path("server.tls_key_file", &raw.tls_key_file)) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) => None,
            (Some(_), None) => {
                return Err(self.wrong("server.tls_key_file", "must be set beside the certificate"));
            }
            (None, Some(_)) => {
                return Err(self.wrong("server.tls_certificate_file", "must be set beside the key"));
            }
        };
        let proxy = |text: &String| text.parse::<IpAddr>();
        let trusted_proxies = raw.trusted_proxies.iter().map(proxy).collect::<Result<_, _>>();
        let trusted_proxies = trusted_proxies
            .map_err(|_| self.wrong("server.trusted_proxies", "must hold addresses, such as 10.0.0.7"))?;
        let own = || Server::own_url(listen, tls.is_some());
        let public_url = set(&raw.public_url).map_or_else(own, |url| url.trim_end_matches('/').to_owned());
        if !is_origin(&public_url) {
            let problem = "must be http(s)://host, perhaps with a port, and no path";
            return Err(self.wrong("server.public_url", problem));
        }
        Ok(Server {
            listen,
            public_url,
            trusted_proxies,
            tls,
            requests_per_s_max: self.number(
                "server.requests_per_s_max",
                raw.requests_per_s_max,
                1,
                100_000,
            )?,
            upload_mib_max: self.number("server.upload_mib_max", raw.upload_mib_max, 10, 65_536)?,
            request_seconds_max: self.number(
                "server.request_seconds_max",
                raw.request_seconds_max,
                1,
                600,
            )?,
            shutdown_seconds: self.number("server.shutdown_seconds", raw.shutdown_seconds, 0, 600)?,
        })
    }

    fn accounts(&self, raw: &Raw) -> Result<Accounts, ConfigError> {
        let staff_second_factor = match raw.accounts.staff_second_factor.as_str() {
            "totp_or_passkey" => StaffSecondFactor::TotpOrPasskey,
            "passkey" => StaffSecondFactor::Passkey,
            _ => {
                let problem = "must be `totp_or_passkey` or `passkey`";
                return Err(self.wrong("accounts.staff_second_factor", problem));
            }
        };
        let file = &raw.accounts.breached_passwords_file;
        let breached_passwords = self.path("accounts.breached_passwords_file", file);
        Ok(Accounts { staff_second_factor, breached_passwords })
    }

    fn holidays(&self, raw: &Raw) -> Result<Option<Holidays>, ConfigError> {
        const KEY: &str = "calendar.holidays_file";
        let Some(path) = self.path(KEY, &raw.calendar.holidays_file) else { return Ok(None) };
        let wrong = |problem: String| self.wrong(KEY, format!("names {}: {problem}", path.display()));
        let text = super::read(&path).map_err(|error| wrong(error.to_string()))?;
        Holidays::from_toml(&text).map(Some).map_err(|error| wrong(error.to_string()))
    }

    fn keys(&self, raw: &Raw, data: &Path, from: &Inputs) -> Keys {
        let environment = from.environment.get(ROOT_KEY_VARIABLE).and_then(|text| set(text));
        let root = match (environment, self.path("keys.root_key_file", &raw.keys.root_key_file)) {
            (Some(key), _) => RootKeyFrom::Environment(Secret::new(key.to_owned())),
            (None, Some(path)) => RootKeyFrom::File(path),
            (None, None) => RootKeyFrom::File(beside(data).join("root.key")),
        };
        let older = raw.keys.older_root_key_files.iter();
        let older = older.filter_map(|text| self.path("keys.older_root_key_files", text)).collect();
        Keys { root, older }
    }

    fn mail(&self, raw: &Raw) -> Result<Mail, ConfigError> {
        let raw = &raw.mail;
        let password = self.secret("mail.password", &raw.password, &raw.password_file)?;
        if raw.url == "sandbox" {
            return Ok(Mail::Sandbox);
        }
        let (security, host, port) = mail_server(&raw.url).ok_or_else(|| {
            let problem = "must be `sandbox`, smtp://host:587 or smtps://host:465; user and password have \
                           settings of their own";
            self.wrong("mail.url", problem)
        })?;
        if !raw.from.contains('@') {
            return Err(self.wrong("mail.from", "must be an address, such as no-reply@example.org"));
        }
        let credentials = match (set(&raw.user), password) {
            (Some(user), Some(password)) => Some((user.to_owned(), password)),
            (None, None) => None,
            _ => return Err(self.wrong("mail.user", "and `mail.password` are set together or not at all")),
        };
        let authority = self.path("mail.authority_file", &raw.authority_file);
        Ok(Mail::Smtp(Smtp { host, port, security, credentials, from: raw.from.clone(), authority }))
    }

    fn sms(&self, raw: &Raw) -> Result<Sms, ConfigError> {
        let token = self.secret("sms.token", &raw.sms.token, &raw.sms.token_file)?;
        match raw.sms.url.as_str() {
            "none" => Ok(Sms::None),
            "sandbox" => Ok(Sms::Sandbox),
            url if is_outside(url) => {
                let token = token.ok_or_else(|| self.wrong("sms.token", "must be set for a gateway"))?;
                Ok(Sms::Gateway { url: url.to_owned(), token })
            }
            _ => Err(self.wrong("sms.url", "must be `none`, `sandbox` or an https address")),
        }
    }

    fn source(&self, n: usize, raw: &RawSource) -> Result<Source, ConfigError> {
        let key = |name: &str| format!("sources[{n}].{name}");
        let wrong = |name: &str, problem: &str| ConfigError::Value {
            key: key(name),
            origin: self.layers.origin("sources"),
            problem: problem.to_owned(),
        };
        let named = |text: &str| (1..=64).contains(&text.len());
        if !named(&raw.name) {
            return Err(wrong("name", "must have 1 to 64 characters"));
        }
        if !named(&raw.organisation) {
            return Err(wrong("organisation", "must have 1 to 64 characters"));
        }
        let kind = toml::Value::String(raw.kind.clone());
        let kind = ChannelKind::deserialize(kind)
            .map_err(|error| wrong("kind", &format!("is no kind of source: {}", error.message())))?;
        if !is_outside(&raw.url) {
            return Err(wrong("url", "must be an https address"));
        }
        let token = match (set(&raw.token), set(&raw.token_file)) {
            (Some(_), Some(_)) => {
                return Err(wrong("token_file", "and `token` are both set; keep one of them"));
            }
            (Some(token), None) => Secret::new(token.to_owned()),
            // Relative to the file that holds the list, as other paths are.
            (None, Some(file)) => {
                let path = self.path("sources", file).unwrap_or_else(|| file.into());
                self.secret_file(&key("token_file"), &path)?
            }
            (None, None) => return Err(wrong("token", "or `token_file` must be set")),
        };
        let RawSource { name, organisation, url, .. } = raw.clone();
        Ok(Source { name, kind, organisation, url, token })
    }

    fn models(&self, raw: &Raw) -> Result<Models, ConfigError> {
        let engine = match raw.models.engine.as_str() {
            "auto" => EngineChoice::Auto,
            "onnxruntime" => EngineChoice::OnnxRuntime,
            "rten" => EngineChoice::Rten,
            _ => return Err(self.wrong("models.engine", "must be `auto`, `onnxruntime` or `rten`")),
        };
        let threads: u32 = self.number("models.threads", raw.models.threads, 0, 64)?;
        Ok(Models {
            folder: self.path("models.folder", &raw.models.folder),
            engine,
            threads: (threads > 0).then_some(threads),
            slots: self.number("models.slots", raw.models.slots, 1, 64)?,
            challenges: self.number("models.challenges", raw.models.challenges, 1, 1000)?,
        })
    }

    fn log(&self, raw: &Raw) -> Result<Log, ConfigError> {
        let json = match raw.log.format.as_str() {
            "text" => false,
            "json" => true,
            _ => return Err(self.wrong("log.format", "must be `text` or `json`")),
        };
        if crate::service::logs::filter(&raw.log.level).is_none() {
            return Err(self.wrong("log.level", "must be error, warn, info, debug, or a filter"));
        }
        Ok(Log { json, level: raw.log.level.clone() })
    }

    /// What only real people need.
    fn live(&self, config: &Config) -> Result<(), ConfigError> {
        if !config.live {
            return Ok(());
        }
        if matches!(config.mail, Mail::Sandbox) {
            return Err(
                self.wrong("mail.url", "must name a mail server in live mode: codes would reach nobody")
            );
        }
        if matches!(config.sms, Sms::Sandbox) {
            return Err(self.wrong("sms.url", "cannot be `sandbox` in live mode; `none` turns it off"));
        }
        if !config.server.public_url.starts_with("https://") {
            return Err(self.wrong("server.public_url", "must begin with https:// in live mode"));
        }
        Ok(())
    }
}

/// Not the empty text, which means "not set".
fn set(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

/// `/srv/shiming` → `/srv/shiming-keys`: near enough to find, and not in the folder's backups.
fn beside(data: &Path) -> PathBuf {
    let mut name = data.file_name().unwrap_or("shiming".as_ref()).to_owned();
    name.push("-keys");
    data.with_file_name(name)
}

/// `smtp://host:port`, the port perhaps left out.
fn mail_server(url: &str) -> Option<(MailSecurity, String, u16)> {
    let (scheme, rest) = url.split_once("://")?;
    let (security, usual) = match scheme {
        "smtp" => (MailSecurity::StartTls, 587),
        "smtps" => (MailSecurity::Tls, 465),
        "smtp-plain" => (MailSecurity::Plain, 25),
        _ => return None,
    };
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().ok()?),
        None => (rest, usual),
    };
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    (!host.is_empty() && host.chars().all(is_name)).then(|| (security, host.to_owned(), port))
}

fn is_origin(url: &str) -> bool {
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']))
}

/// https, or http to this machine, which is for tests.
fn is_outside(url: &str) -> bool {
    let local = ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"];
    url.starts_with("https://") && url.len() > 8 || local.iter().any(|start| url.starts_with(start))
}
