//! An identity source behind HTTP.
//!
//! ```text
//! POST <url>
//! Authorization: Bearer <secret>
//! Idempotency-Key: <reference>
//! Content-Type: application/json
//!
//! {"reference": "att_…:population", "name": "…", "number": "…", "phone": "…", "bank_card": "…"}
//!
//! {"finding": "confirmed", "reference": "…"}
//! ```
//!
//! `phone` and `bank_card` are there only if the question is about them. `finding` is `confirmed`,
//! `mismatch`, `no_record` or `document_invalid`; `reference` is the organisation's own, 1 to 64 characters
//! of printable ASCII. Any other answer is none. The same `reference` in the request is the same question,
//! which a source need not charge twice.

use super::guard::{Client, GuardError, Target};
use super::http::{self, Secret};
use super::{Finding, OutsideError, Source, SourceAnswer, SourceQuestion};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use shiming_domain::personal::{Personal, full_view, full_view_option};
use shiming_domain::policy::ChannelKind;

/// Longest reference of an organisation.
const REFERENCE_CHARACTERS_MAX: usize = 64;

/// A source.
#[derive(Clone, Debug)]
pub struct HttpSourceSettings {
    /// Its stable name.
    pub name: String,
    /// What kind of channel it is.
    pub kind: ChannelKind,
    /// Whose it is.
    pub organisation: String,
    /// Where it is asked.
    pub url: String,
    /// What it knows us by.
    pub secret: Personal,
    /// It only plays a source.
    pub simulated: bool,
}

/// Asks one source.
pub struct HttpSource {
    settings: HttpSourceSettings,
    client: Client,
    target: Target,
    secret: Secret,
}

#[derive(Serialize)]
struct Request {
    reference: String,
    #[serde(serialize_with = "full_view::serialize")]
    name: Personal,
    #[serde(serialize_with = "full_view::serialize")]
    number: Personal,
    #[serde(serialize_with = "full_view_option::serialize", skip_serializing_if = "Option::is_none")]
    phone: Option<Personal>,
    #[serde(serialize_with = "full_view_option::serialize", skip_serializing_if = "Option::is_none")]
    bank_card: Option<Personal>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAnswer {
    finding: Finding,
    reference: String,
}

impl HttpSource {
    /// For a source.
    pub fn new(client: Client, settings: HttpSourceSettings) -> Result<Self, GuardError> {
        let target = Target::parse(&settings.url, client.rules())?;
        let secret = Secret::new(&settings.secret)?;
        Ok(Self { settings, client, target, secret })
    }
}

/// Reads an answer, or finds that it is none.
fn read(body: &[u8]) -> Result<SourceAnswer, OutsideError> {
    let RawAnswer { finding, reference } =
        serde_json::from_slice(body).map_err(|_| OutsideError::Unusable)?;
    let fits = (1..=REFERENCE_CHARACTERS_MAX).contains(&reference.len())
        && reference.chars().all(|c| c.is_ascii_graphic());
    if fits { Ok(SourceAnswer { finding, reference }) } else { Err(OutsideError::Unusable) }
}

impl Source for HttpSource {
    fn name(&self) -> &str {
        &self.settings.name
    }

    fn kind(&self) -> ChannelKind {
        self.settings.kind
    }

    fn organisation(&self) -> &str {
        &self.settings.organisation
    }

    fn simulated(&self) -> bool {
        self.settings.simulated
    }

    fn ask(&self, question: SourceQuestion) -> BoxFuture<'_, Result<SourceAnswer, OutsideError>> {
        async move {
            let SourceQuestion { name, number, phone, bank_card, reference } = question;
            let key = reference.clone();
            let request = Request { reference, name, number, phone, bank_card };
            read(&http::ask(&self.client, &self.target, &self.secret, &key, &request).await?)
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_a_finding_and_a_reference_and_nothing_else() {
        let good = read(br#"{"finding":"no_record","reference":"R-1/2026"}"#);
        assert_eq!(good, Ok(SourceAnswer { finding: Finding::NoRecord, reference: "R-1/2026".into() }));
        let long = format!(r#"{{"finding":"confirmed","reference":"{}"}}"#, "a".repeat(65));
        let longest = format!(r#"{{"finding":"confirmed","reference":"{}"}}"#, "a".repeat(64));
        assert!(read(longest.as_bytes()).is_ok());
        for body in [
            "",
            "<html>",
            "{}",
            r#"{"finding":"confirmed"}"#,
            r#"{"finding":"confirmed","reference":""}"#,
            r#"{"finding":"confirmed","reference":"a b"}"#,
            r#"{"finding":"confirmed","reference":"张三"}"#,
            r#"{"finding":"approved","reference":"a"}"#,
            r#"{"finding":"confirmed","reference":"a","state":"approved"}"#,
            r#"{"finding":"confirmed","reference":"a"} {"finding":"mismatch","reference":"a"}"#,
            &long,
        ] {
            assert_eq!(read(body.as_bytes()), Err(OutsideError::Unusable), "{body}");
        }
    }
}
