//! The sections as they are written. `defaults.toml` says what each setting means; a test holds both together.

use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    pub(super) mode: String,
    pub(super) product_name: String,
    pub(super) sources: Vec<RawSource>,
    pub(super) server: Server,
    pub(super) data: Data,
    pub(super) database: Database,
    pub(super) keys: Keys,
    pub(super) policy: Policy,
    pub(super) mail: Mail,
    pub(super) sms: Sms,
    pub(super) outside: Outside,
    pub(super) accounts: Accounts,
    pub(super) calendar: Calendar,
    pub(super) worker: Worker,
    pub(super) models: Models,
    pub(super) audit: Audit,
    pub(super) log: Log,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Server {
    pub(super) listen: String,
    pub(super) public_url: String,
    pub(super) trusted_proxies: Vec<String>,
    pub(super) tls_certificate_file: String,
    pub(super) tls_key_file: String,
    pub(super) requests_per_s_max: i64,
    pub(super) upload_mib_max: i64,
    pub(super) request_seconds_max: i64,
    pub(super) shutdown_seconds: i64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Data {
    pub(super) folder: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Database {
    pub(super) url: String,
    pub(super) url_file: String,
    pub(super) connections_max: i64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Keys {
    pub(super) root_key_file: String,
    pub(super) older_root_key_files: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Policy {
    pub(super) choice: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mail {
    pub(super) url: String,
    pub(super) user: String,
    pub(super) password: String,
    pub(super) password_file: String,
    pub(super) from: String,
    pub(super) authority_file: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sms {
    pub(super) url: String,
    pub(super) token: String,
    pub(super) token_file: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Outside {
    pub(super) exceptions: Vec<String>,
    pub(super) ports: Vec<u16>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Accounts {
    pub(super) staff_second_factor: String,
    pub(super) breached_passwords_file: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Calendar {
    pub(super) holidays_file: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Worker {
    pub(super) count: i64,
    pub(super) poll_ms: i64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Models {
    pub(super) folder: String,
    pub(super) engine: String,
    pub(super) threads: i64,
    pub(super) slots: i64,
    pub(super) challenges: i64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Audit {
    pub(super) checkpoint_seconds: i64,
    pub(super) anchor_file: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Log {
    pub(super) format: String,
    pub(super) level: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSource {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) organisation: String,
    pub(super) url: String,
    #[serde(default)]
    pub(super) token: String,
    #[serde(default)]
    pub(super) token_file: String,
}
