//! Mail by SMTP.

use super::{Letter, Mail, OutsideError};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use lettre::message::header::{ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use shiming_domain::personal::Personal;
use std::time::Duration;

/// How long one command of the conversation may take.
const COMMAND_MAX: Duration = Duration::from_secs(15);
/// How long the whole conversation may take.
const CONVERSATION_MAX: Duration = Duration::from_secs(45);
/// A server that refuses us, not the letter: 530, 534, 535 and 538 are about signing in, 554 at the greeting
/// cannot be told from a refused letter.
const ABOUT_US: [u16; 4] = [530, 534, 535, 538];

/// How the conversation is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte, usually port 465.
    Tls,
    /// TLS before anything is said, or no conversation; usually port 587.
    StartTls,
    /// None. Only to this machine.
    Plain,
}

/// A mail server.
#[derive(Clone, Debug)]
pub struct SmtpSettings {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// TLS.
    pub security: Security,
    /// Name and password, if it asks for them.
    pub credentials: Option<(String, Personal)>,
    /// `Shiming <no-reply@id.example.org>`.
    pub from: String,
    /// PEM: who else vouches for the server, beside those whom this machine trusts.
    pub authority: Option<Vec<u8>>,
}

/// Settings with which no mail can be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SmtpError {
    /// The sender is no address.
    #[error("the sender of mails is no address: write `name <mailbox@example.org>`")]
    From,
    /// A password and letters would travel in clear.
    #[error("without TLS only a mail server on this machine is used")]
    PlainToElsewhere,
    /// The name cannot be used for TLS.
    #[error("the name of the mail server cannot be used")]
    Host,
    /// Not a certificate.
    #[error("the certificate that vouches for the mail server cannot be read: it must be PEM")]
    Authority,
}

/// Sends mail through one server.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Smtp {
    /// For a server. Nothing is said to it yet.
    pub fn new(settings: &SmtpSettings) -> Result<Self, SmtpError> {
        let from: Mailbox = settings.from.parse().map_err(|_| SmtpError::From)?;
        let host = &settings.host;
        let tls = match settings.security {
            Security::Tls => Tls::Wrapper(parameters(settings)?),
            // Required: nothing is said to a server that does not offer it, or to whoever stands in between.
            Security::StartTls => Tls::Required(parameters(settings)?),
            Security::Plain if is_here(host) => Tls::None,
            Security::Plain => return Err(SmtpError::PlainToElsewhere),
        };
        let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host).tls(tls);
        let builder = builder.port(settings.port).timeout(Some(COMMAND_MAX));
        let builder = match &settings.credentials {
            Some((name, password)) => {
                builder.credentials(Credentials::new(name.clone(), password.reveal().to_owned()))
            }
            None => builder,
        };
        Ok(Self { transport: builder.build(), from })
    }

    fn message(&self, letter: &Letter) -> Result<Message, OutsideError> {
        let to: Address = letter.to.reveal().parse().map_err(|_| OutsideError::Refused)?;
        let domain = self.from.email.domain();
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(one_line(&letter.subject))
            .message_id(Some(format!("<{}@{domain}>", letter.message_id)))
            .header(AutoSubmitted)
            .singlepart(
                SinglePart::builder()
                    .header(ContentType::TEXT_PLAIN)
                    .header(ContentTransferEncoding::Base64)
                    .body(letter.text.clone()),
            )
            .map_err(|_| OutsideError::Unusable)
    }
}

/// TLS to the server under its name.
fn parameters(settings: &SmtpSettings) -> Result<TlsParameters, SmtpError> {
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(pem) = &settings.authority {
        builder = builder.add_root_certificate(Certificate::from_pem(pem).map_err(|_| SmtpError::Authority)?);
    }
    builder.build().map_err(|_| SmtpError::Host)
}

impl Mail for Smtp {
    fn send(&self, letter: Letter) -> BoxFuture<'_, Result<(), OutsideError>> {
        async move {
            let message = self.message(&letter)?;
            match tokio::time::timeout(CONVERSATION_MAX, self.transport.send(message)).await {
                Ok(Ok(_)) => Ok(()),
                Ok(Err(error)) => Err(judge(&error)),
                Err(_) => Err(OutsideError::Unavailable),
            }
        }
        .boxed()
    }
}

/// The server's texts may repeat the address, so only its code is looked at and logged.
fn judge(error: &lettre::transport::smtp::Error) -> OutsideError {
    let code = error.status().map(u16::from);
    let outcome = match code {
        Some(code) if ABOUT_US.contains(&code) => OutsideError::Unavailable,
        _ if error.is_permanent() => OutsideError::Refused,
        _ if error.is_response() => OutsideError::Unusable,
        _ => OutsideError::Unavailable,
    };
    tracing::warn!(code, timeout = error.is_timeout(), tls = error.is_tls(), outcome = %outcome, "a letter was not sent");
    outcome
}

/// A subject is one line; whatever would begin another header does not.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Whether a name certainly means this machine.
fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Tells mail programs that no answer is expected (RFC 3834), so that none sends one.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> SmtpSettings {
        SmtpSettings {
            host: "127.0.0.1".into(),
            port: 25,
            security: Security::Plain,
            credentials: None,
            from: "实名 <no-reply@id.example.org>".into(),
            authority: None,
        }
    }

    fn letter(to: &str, subject: &str) -> Letter {
        Letter {
            to: Personal::new(to),
            subject: subject.into(),
            text: "正文".into(),
            message_id: "ntc_1.mail".into(),
        }
    }

    #[test]
    fn nothing_travels_in_clear_to_elsewhere() {
        let elsewhere = |host: &str| Smtp::new(&SmtpSettings { host: host.into(), ..settings() }).err();
        assert_eq!(elsewhere("mail.example.org"), Some(SmtpError::PlainToElsewhere));
        assert_eq!(elsewhere("10.0.0.1"), Some(SmtpError::PlainToElsewhere));
        assert_eq!(elsewhere("localhost"), None);
        assert_eq!(elsewhere("::1"), None);
        let from = Smtp::new(&SmtpSettings { from: "nobody".into(), ..settings() }).err();
        assert_eq!(from, Some(SmtpError::From));
        let security = Security::StartTls;
        let authority = Some(b"-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n".to_vec());
        let odd = Smtp::new(&SmtpSettings { security, authority, ..settings() }).err();
        assert_eq!(odd, Some(SmtpError::Authority));
    }

    #[test]
    fn a_subject_cannot_begin_another_header() {
        let smtp = Smtp::new(&settings()).unwrap();
        let message = smtp.message(&letter("a@example.org", "x\r\nBcc: b@example.org")).unwrap();
        let text = String::from_utf8(message.formatted()).unwrap();
        assert!(!text.contains("\r\nBcc"), "{text}");
        assert!(text.contains("Message-ID: <ntc_1.mail@id.example.org>\r\n"), "{text}");
        assert!(text.contains("Auto-Submitted: auto-generated\r\n"), "{text}");
    }

    #[test]
    fn what_is_no_address_is_refused_before_anybody_is_asked() {
        let smtp = Smtp::new(&settings()).unwrap();
        for to in ["", "nobody", "a@b\r\nRCPT TO:<c@d>", "a b@example.org"] {
            assert_eq!(smtp.message(&letter(to, "x")).err(), Some(OutsideError::Refused), "{to:?}");
        }
    }
}
