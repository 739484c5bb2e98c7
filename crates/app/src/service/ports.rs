//! The world outside, as the configuration names it.

use super::clock::SystemClock;
use crate::config::{self, Config, MailSecurity};
use crate::exit::Failure;
use anyhow::Context as _;
use shiming_domain::personal::Personal;
use shiming_domain::policy::ChannelKind;
use shiming_engine::account::BreachedPasswords;
use shiming_engine::outside::guard::{Client, Rules};
use shiming_engine::outside::http_source::{HttpSource, HttpSourceSettings};
use shiming_engine::outside::sandbox::{Nowhere, SandboxSource};
use shiming_engine::outside::sms::HttpSms;
use shiming_engine::outside::smtp::{Security, Smtp, SmtpSettings};
use shiming_engine::outside::{Mail, Sms, Source};
use shiming_engine::service::{Clock, Ports, SystemRandomness};
use std::sync::Arc;

/// All ports. Nothing is asked yet.
pub(super) fn ports(config: &Config) -> Result<Ports, Failure> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let client = client(config)?;
    Ok(Ports {
        randomness: Arc::new(SystemRandomness),
        mail: mail(config)?,
        sms: sms(config, &client)?,
        sources: sources(config, &client, &clock)?,
        breached: breached(config)?,
        clock,
    })
}

/// The one client that asks gateways and sources.
fn client(config: &Config) -> Result<Client, Failure> {
    let exceptions = config
        .outside
        .exceptions
        .iter()
        .map(|text| text.parse().with_context(|| format!("`outside.exceptions` holds `{text}`")));
    let rules = Rules {
        allow_loopback: !config.live,
        ports: config.outside.ports.clone(),
        exceptions: exceptions.collect::<Result<_, _>>().map_err(Failure::usage)?,
    };
    Ok(Client::new(rules)?)
}

fn mail(config: &Config) -> Result<Arc<dyn Mail>, Failure> {
    let smtp = match &config.mail {
        config::Mail::Sandbox => return Ok(Arc::new(Nowhere)),
        config::Mail::Smtp(smtp) => smtp,
    };
    let authority = smtp.authority.as_ref().map(|path| {
        std::fs::read(path)
            .with_context(|| format!("`mail.authority_file` names {}, which cannot be read", path.display()))
    });
    let authority = authority.transpose().map_err(Failure::usage)?;
    let settings = SmtpSettings {
        host: smtp.host.clone(),
        port: smtp.port,
        security: match smtp.security {
            MailSecurity::StartTls => Security::StartTls,
            MailSecurity::Tls => Security::Tls,
            MailSecurity::Plain => Security::Plain,
        },
        credentials: smtp.credentials.as_ref().map(|(user, password)| (user.clone(), personal(password))),
        from: smtp.from.clone(),
        authority,
    };
    let sender = Smtp::new(&settings).context("the settings in [mail] cannot be used");
    Ok(Arc::new(sender.map_err(Failure::usage)?))
}

fn sms(config: &Config, client: &Client) -> Result<Arc<dyn Sms>, Failure> {
    match &config.sms {
        config::Sms::None | config::Sms::Sandbox => Ok(Arc::new(Nowhere)),
        config::Sms::Gateway { url, token } => {
            let gateway = HttpSms::new(client.clone(), url, &personal(token));
            let gateway = gateway.context("the settings in [sms] cannot be used").map_err(Failure::usage)?;
            Ok(Arc::new(gateway))
        }
    }
}

/// As configured; a sandbox without any has some that play the population database, two banks, so that a second
/// one can be counted, and a mobile operator.
fn sources(
    config: &Config,
    client: &Client,
    clock: &Arc<dyn Clock>,
) -> Result<Vec<Arc<dyn Source>>, Failure> {
    if config.sources.is_empty() && !config.live {
        let played = |name, kind, organisation: &str| -> Arc<dyn Source> {
            Arc::new(SandboxSource::new(name, kind, organisation, Arc::clone(clock)))
        };
        return Ok(vec![
            Arc::new(SandboxSource::population(Arc::clone(clock))),
            played("sandbox_bank_a", ChannelKind::BankCard, "Sandbox Bank A"),
            played("sandbox_bank_b", ChannelKind::BankCard, "Sandbox Bank B"),
            played("sandbox_mobile", ChannelKind::MobileOperator, "Sandbox Mobile"),
        ]);
    }
    let open = |source: &config::Source| {
        let settings = HttpSourceSettings {
            name: source.name.clone(),
            kind: source.kind,
            organisation: source.organisation.clone(),
            url: source.url.clone(),
            secret: personal(&source.token),
            simulated: false,
        };
        let opened = HttpSource::new(client.clone(), settings);
        let opened = opened.with_context(|| format!("the source `{}` cannot be used", source.name));
        Ok(Arc::new(opened.map_err(Failure::usage)?) as Arc<dyn Source>)
    };
    config.sources.iter().map(open).collect()
}

/// The list of stolen passwords, looked at before anybody relies on it.
fn breached(config: &Config) -> Result<Option<Arc<BreachedPasswords>>, Failure> {
    let Some(path) = &config.accounts.breached_passwords else { return Ok(None) };
    let opened = BreachedPasswords::open(path)
        .with_context(|| format!("`accounts.breached_passwords_file` is {}", path.display()));
    Ok(Some(Arc::new(opened.map_err(Failure::usage)?)))
}

/// As the adapters keep secrets: they never show a `Personal`.
fn personal(secret: &config::Secret) -> Personal {
    Personal::new(secret.reveal().to_owned())
}
