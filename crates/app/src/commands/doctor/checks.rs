//! The checks that need no database. They look and change nothing: a missing data folder stays missing.

use super::{Findings, Status, database};
use crate::config::{Config, Mail, RootKeyFrom, Sms};
use crate::context;
use crate::exit::Failure;
use crate::service::{clock::SystemClock, keys};
use shiming_domain::case::ACTS;
use shiming_domain::moment::{Calendar, Timestamp};
use shiming_domain::sla::Holidays;
use shiming_engine::account::BreachedPasswords;
use shiming_engine::models::{Manifest, list};
use shiming_engine::service::{Clock as _, StaffSecondFactor};
use shiming_vault::passkey::RelyingParty;
use std::path::Path;
use std::process::Command;

/// 2026-11-01: a clock that shows less is wrong.
const BUILT_AFTER_S: i64 = 1_793_491_200;
/// Free space below which to warn, and to fail: uploads would soon, or already, be refused.
const FREE_MIB_WARN: u64 = 2048;
const FREE_MIB_FAIL: u64 = 200;

pub(super) async fn all(config: &Config) -> Findings {
    let mut found = Findings::default();
    mode(config, &mut found);
    data_folder(&config.data, &mut found);
    disk(&config.data, &mut found);
    root_key(config, &mut found);
    clock(&mut found);
    policy(config, &mut found);
    holidays(config, &mut found);
    accounts(config, &mut found);
    models(config, &mut found);
    outside(config, &mut found);
    database::check(config, &mut found).await;
    anchor(config, &mut found);
    found
}

fn mode(config: &Config, found: &mut Findings) {
    if config.live {
        found.ok("mode", format!("live, at {}", config.server.public_url));
    } else {
        found.ok("mode", "sandbox: for trying out, never for real people");
    }
    let open = !config.server.listen.ip().is_loopback() && config.server.tls.is_none();
    if open && config.server.trusted_proxies.is_empty() {
        found.warn(
            "network",
            "others can reach the service without TLS; set server.tls_certificate_file and server.tls_key_file, \
             or put a proxy in front and name it in server.trusted_proxies",
        );
    }
}

fn data_folder(data: &Path, found: &mut Findings) {
    let shown = data.display();
    match std::fs::metadata(data) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            found.ok("data folder", format!("{shown} is made at the first start"));
        }
        Err(error) => found.fail("data folder", format!("{shown} cannot be looked at: {error}")),
        Ok(facts) if !facts.is_dir() => found.fail("data folder", format!("{shown} is not a folder")),
        Ok(facts) if others_may(&facts) => {
            found.fail("data folder", format!("others may enter {shown}; run: chmod 700 {shown}"));
        }
        Ok(_) => found.ok("data folder", format!("{shown}, for its owner alone")),
    }
}

fn others_may(facts: &std::fs::Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&facts.permissions()) & 0o077 != 0
}

/// `df` knows every file system; the standard library knows none.
fn disk(data: &Path, found: &mut Findings) {
    let there = data.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("."));
    let output = Command::new("df").arg("-Pk").arg(there).output();
    let text = output.ok().and_then(|output| String::from_utf8(output.stdout).ok()).unwrap_or_default();
    let free = text.lines().nth(1).and_then(|line| line.split_whitespace().nth(3)?.parse::<u64>().ok());
    let Some(free_mib) = free.map(|kib| kib / 1024) else {
        return found.warn("disk", "`df` does not say how much space is left");
    };
    let status = match free_mib {
        0..FREE_MIB_FAIL => Status::Fail,
        FREE_MIB_FAIL..FREE_MIB_WARN => Status::Warn,
        _ => Status::Ok,
    };
    found.add("disk", status, format!("{free_mib} MiB free for {}", data.display()));
}

fn root_key(config: &Config, found: &mut Findings) {
    match &config.keys.root {
        RootKeyFrom::Environment(secret) => match shiming_vault::keys::RootKey::from_text(secret.reveal()) {
            Ok(key) => found.ok("root key", format!("{} from SHIMING_ROOT_KEY", key.id())),
            Err(error) => found.fail("root key", format!("SHIMING_ROOT_KEY cannot be used: {error}")),
        },
        RootKeyFrom::File(path) => match keys::look(path, &config.data) {
            Ok(Some(id)) => found.ok("root key", format!("{id} in {}", path.display())),
            Ok(None) => found.ok("root key", format!("{} is made at the first start", path.display())),
            Err(fault) => found.fail("root key", fault),
        },
    }
    for path in &config.keys.older {
        match keys::look(path, &config.data) {
            Ok(Some(id)) => found.ok("former root key", format!("{id} in {}", path.display())),
            Ok(None) => found.fail("former root key", format!("{} is not there", path.display())),
            Err(fault) => found.fail("former root key", fault),
        }
    }
}

fn clock(found: &mut Findings) {
    let now = SystemClock.now();
    if Timestamp::from_unix_s(BUILT_AFTER_S).is_ok_and(|built| now < built) {
        found.fail("clock", format!("it shows {now}, before this program was made; set it"));
    } else {
        found.ok("clock", now.to_string());
    }
}

fn policy(config: &Config, found: &mut Findings) {
    match config.policy.as_deref().map(context::policy) {
        None => found.fail("policy", "none is chosen; set policy.choice to cn_pboc, generic or a file"),
        Some(Err(failure)) => found.fail("policy", failure.text()),
        Some(Ok(policy)) => {
            found.ok("policy", policy.label());
            let kept = |rule| ACTS.iter().any(|(known, _)| *known == rule);
            let asked = policy.rules().review.four_eyes.iter();
            let idle: Vec<_> = asked.filter(|rule| !kept(**rule)).map(|rule| format!("{rule:?}")).collect();
            if !idle.is_empty() {
                found.warn(
                    "two people",
                    format!(
                        "review.four_eyes names acts that this program does not have: {}",
                        idle.join(", ")
                    ),
                );
            }
        }
    }
}

/// Without a year's table its holidays count as working days, and promises are given that nobody keeps.
fn holidays(config: &Config, found: &mut Findings) {
    let Some(Ok(policy)) = config.policy.as_deref().map(context::policy) else { return };
    let table = &policy.rules().calendar.holiday_table;
    if table == "none" && config.holidays.is_none() {
        return found.ok("holidays", "the policy knows none: weekdays only");
    }
    let named = match Holidays::named(table) {
        Ok(named) => named,
        Err(error) => return found.fail("holidays", error.to_string()),
    };
    let holidays = config.holidays.clone().map_or_else(|| named.clone(), |own| own.over(&named));
    let Ok(calendar) = Calendar::from_policy(&policy.rules().time) else { return };
    let year = calendar.day(SystemClock.now()).date().year();
    let missing: Vec<i32> = [year, year + 1].into_iter().filter(|year| !holidays.covers(*year)).collect();
    if let [first, ..] = missing.as_slice() {
        let years = missing.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
        found.warn(
            "holidays",
            format!(
                "there is no table for {years}: from {first} on promises count holidays as working days; set \
                 calendar.holidays_file"
            ),
        );
    } else {
        found.ok("holidays", format!("known for {year} and {}", year + 1));
    }
}

fn accounts(config: &Config, found: &mut Findings) {
    match &config.accounts.breached_passwords {
        None => found.warn(
            "stolen passwords",
            "only the most common passwords are refused; set accounts.breached_passwords_file",
        ),
        Some(path) => match BreachedPasswords::open(path) {
            Ok(list) => {
                found.ok("stolen passwords", format!("{} MiB in {}", list.bytes() >> 20, path.display()));
            }
            Err(error) => {
                found.fail("stolen passwords", format!("{} cannot be used: {error}", path.display()));
            }
        },
    }
    if RelyingParty::of(&config.server.public_url).is_none() {
        let needed = config.accounts.staff_second_factor == StaffSecondFactor::Passkey;
        let status = if needed { Status::Fail } else { Status::Warn };
        let detail = "there can be none: server.public_url needs a host name and TLS (or localhost)";
        found.add("passkeys", status, detail);
    } else {
        found.ok("passkeys", format!("for {}", config.server.public_url));
    }
}

fn models(config: &Config, found: &mut Findings) {
    let folder = match context::models_dir(config.models.folder.as_ref()) {
        Ok(folder) => folder,
        Err(failure) => return found.fail("models", failure.text()),
    };
    let manifest = match Manifest::of(&folder) {
        Ok(manifest) => manifest,
        Err(error) => return found.fail("models", Failure::from(error).text()),
    };
    for id in manifest.switched_on() {
        let detail =
            format!("{id} is switched on in {}; every host must judge with the same", folder.display());
        found.warn("models", detail);
    }
    if crate::commands::models::is_complete(&list(&manifest, &folder)) {
        found.ok("models", format!("complete in {}", folder.display()));
    } else {
        let install = context::install_command(&folder);
        found.fail("models", format!("not complete in {}; run: {install}", folder.display()));
    }
}

fn outside(config: &Config, found: &mut Findings) {
    match &config.mail {
        Mail::Sandbox => found.warn("mail", "nothing is sent: letters go to the sandbox's outbox"),
        Mail::Smtp(smtp) => found.ok("mail", format!("{}:{} ({:?})", smtp.host, smtp.port, smtp.security)),
    }
    match &config.sms {
        Sms::None => found.ok("short messages", "none; letters do"),
        Sms::Sandbox => found.warn("short messages", "nothing is sent: they go to the sandbox's outbox"),
        Sms::Gateway { url, .. } => found.ok("short messages", host(url)),
    }
    for source in &config.sources {
        let detail = format!("{} at {}, of {}", source.name, host(&source.url), source.organisation);
        found.ok("source", detail);
    }
    if !config.outside.exceptions.is_empty() {
        found.ok("inner addresses", format!("may be asked: {}", config.outside.exceptions.join(", ")));
    }
}

/// Host and port of an address; paths and queries may hold secrets.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

fn anchor(config: &Config, found: &mut Findings) {
    match &config.audit.anchor {
        Some(path) => found.ok("anchor", format!("checkpoints are also kept in {}", path.display())),
        None => found.warn(
            "anchor",
            "checkpoints are kept nowhere else; set audit.anchor_file to a file on other storage",
        ),
    }
}
