//! Mail to a real mail server: another program, another language, another parser.
//!
//! `TEST_SMTP_PYTHON` names a Python that has `aiosmtpd` (`cargo xtask setup` makes one).

use serde_json::Value;
use shiming_domain::personal::Personal;
use shiming_engine::outside::smtp::{Security, Smtp, SmtpSettings};
use shiming_engine::outside::{Letter, Mail as _, OutsideError};
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

/// A running mail server. It ends with its input, which ends with this.
pub(crate) struct Server {
    child: Child,
    folder: tempfile::TempDir,
    port: u16,
}

impl Server {
    /// Starts one; none if there is no Python for it, which in CI is a failure.
    pub(crate) fn start() -> Option<Self> {
        Self::start_with(None)
    }

    /// One that speaks TLS (`starttls` or `tls`) with a certificate and its key.
    fn start_with(tls: Option<(&str, &str)>) -> Option<Self> {
        let Ok(python) = std::env::var("TEST_SMTP_PYTHON") else {
            assert!(std::env::var_os("CI").is_none(), "TEST_SMTP_PYTHON must name a Python in CI");
            eprintln!("skipped: TEST_SMTP_PYTHON is not set (`cargo xtask test` sets it)");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(python);
        command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/smtp_server.py")).arg(folder.path());
        if let Some((mode, pem)) = tls {
            let path = folder.path().join("server.pem");
            std::fs::write(&path, pem).unwrap();
            command.arg(mode).arg(path);
        }
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Some(Self { child, folder, port: line.trim().parse().unwrap() })
    }

    /// A sender that uses it.
    pub(crate) fn smtp(&self) -> Smtp {
        smtp(self.port)
    }

    /// What arrived, in order.
    pub(crate) fn letters(&self) -> Vec<Value> {
        let path = |n: usize| self.folder.path().join(format!("{n}.json"));
        let texts = (0..).map_while(|n| std::fs::read_to_string(path(n)).ok());
        texts.map(|text| serde_json::from_str(&text).unwrap()).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn smtp(port: u16) -> Smtp {
    Smtp::new(&SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port,
        security: Security::Plain,
        credentials: None,
        from: "实名 <no-reply@id.example.org>".to_owned(),
        authority: None,
    })
    .unwrap()
}

/// A certificate for `localhost`, as PEM alone and with its key.
fn certificate() -> (String, String) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    let both = format!("{certificate}{key}");
    (certificate, both)
}

/// A sender that speaks TLS and trusts this certificate.
fn over_tls(server: &Server, host: &str, security: Security, authority: &str) -> Smtp {
    Smtp::new(&SmtpSettings {
        host: host.to_owned(),
        port: server.port,
        security,
        credentials: None,
        from: "实名 <no-reply@id.example.org>".to_owned(),
        authority: Some(authority.as_bytes().to_vec()),
    })
    .unwrap()
}

fn letter(to: &str) -> Letter {
    Letter {
        to: Personal::new(to),
        subject: "[Shiming] 实名认证已通过；如非本人操作请立即联系我们 — 阿依古丽·买买提".to_owned(),
        text: "您好：\n\n第一行𠮷。\n.单独的点\n.\nFrom the start\n".to_owned(),
        message_id: "ntc_00000000000000000000000001.0".to_owned(),
    }
}

#[tokio::test]
async fn a_letter_arrives_as_it_was_written() {
    let Some(server) = Server::start() else { return };
    let smtp = server.smtp();
    smtp.send(letter("wang.fang@example.org")).await.unwrap();
    // The same letter once more, as after a crash: whoever receives both can tell.
    smtp.send(letter("wang.fang@example.org")).await.unwrap();
    let letters = server.letters();
    assert_eq!(letters.len(), 2);
    let sent = letter("");
    for received in &letters {
        assert_eq!(received["mail_from"], "no-reply@id.example.org");
        assert_eq!(received["rcpt_tos"], serde_json::json!(["wang.fang@example.org"]));
        let headers = &received["headers"];
        assert_eq!(headers["subject"], sent.subject);
        assert_eq!(headers["from"], "实名 <no-reply@id.example.org>");
        assert_eq!(headers["to"], "wang.fang@example.org");
        assert_eq!(headers["message-id"], "<ntc_00000000000000000000000001.0@id.example.org>");
        assert_eq!(headers["auto-submitted"], "auto-generated");
        assert_eq!(headers["mime-version"], "1.0");
        assert!(headers["date"].is_string());
        assert_eq!(received["content_type"], "text/plain");
        assert_eq!(received["charset"], "utf-8");
        assert_eq!(received["text"].as_str().unwrap().replace("\r\n", "\n"), sent.text);
    }
}

#[tokio::test]
async fn a_server_that_says_no_is_believed_and_one_that_is_busy_is_asked_again() {
    let Some(server) = Server::start() else { return };
    let smtp = server.smtp();
    assert_eq!(smtp.send(letter("refused@example.org")).await, Err(OutsideError::Refused));
    assert_eq!(smtp.send(letter("busy@example.org")).await, Err(OutsideError::Unavailable));
    assert_eq!(smtp.send(letter("no address")).await, Err(OutsideError::Refused));
    // A refusal spoils nothing for the next.
    assert_eq!(smtp.send(letter("wang.fang@example.org")).await, Ok(()));
    assert_eq!(server.letters().len(), 1);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert_eq!(smtp(port).send(letter("wang.fang@example.org")).await, Err(OutsideError::Unavailable));
}

#[tokio::test]
async fn a_letter_travels_over_tls_to_the_server_it_is_meant_for_and_to_no_other() {
    for (mode, security) in [("starttls", Security::StartTls), ("tls", Security::Tls)] {
        let (authority, both) = certificate();
        let Some(server) = Server::start_with(Some((mode, &both))) else { return };
        let unavailable = Err(OutsideError::Unavailable);
        // Somebody else's certificate, or one for another name.
        let (stranger, _) = certificate();
        let wrong = over_tls(&server, "localhost", security, &stranger);
        assert_eq!(wrong.send(letter("wang.fang@example.org")).await, unavailable, "{mode}");
        let wrong = over_tls(&server, "127.0.0.1", security, &authority);
        assert_eq!(wrong.send(letter("wang.fang@example.org")).await, unavailable, "{mode}");
        assert!(server.letters().is_empty());
        let right = over_tls(&server, "localhost", security, &authority);
        assert_eq!(right.send(letter("wang.fang@example.org")).await, Ok(()), "{mode}");
        assert_eq!(right.send(letter("refused@example.org")).await, Err(OutsideError::Refused), "{mode}");
        let letters = server.letters();
        assert_eq!((letters.len(), &letters[0]["tls"]), (1, &Value::Bool(true)), "{mode}");
        assert_eq!(letters[0]["headers"]["subject"], letter("").subject);
    }
}

#[tokio::test]
async fn nothing_is_said_to_a_server_that_offers_no_tls() {
    let Some(server) = Server::start() else { return };
    let (authority, _) = certificate();
    for security in [Security::StartTls, Security::Tls] {
        let smtp = over_tls(&server, "localhost", security, &authority);
        let sent = smtp.send(letter("wang.fang@example.org")).await;
        assert!(sent.is_err(), "{security:?}");
    }
    assert!(server.letters().is_empty());
}
