//! Asking, and reading an answer that may be hostile.

use super::{GuardError, Rules, Target};
use futures_util::StreamExt as _;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::redirect::Policy;
use std::error::Error as StdError;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// Largest answer.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// Largest headers of an answer.
const HEADERS_BYTES_MAX: usize = 16 * 1024;
/// Most headers of an answer.
const HEADERS_MAX: usize = 64;

/// How long things may take.
#[derive(Clone, Copy, Debug)]
struct Patience {
    connect: Duration,
    total: Duration,
}

const PATIENCE: Patience = Patience { connect: Duration::from_secs(5), total: Duration::from_secs(15) };

/// What came back, whatever the status.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status. Redirects come as they are.
    pub status: u16,
    /// At most 64 KiB.
    pub body: Vec<u8>,
    /// Seconds the other side asks to wait, if it says so.
    pub retry_after_s: Option<u32>,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Answer({}, {} bytes)", self.status, self.body.len())
    }
}

/// Asks over HTTP, one connection pool each. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    rules: Arc<Rules>,
}

impl Client {
    /// A client under these rules.
    pub fn new(rules: Rules) -> Result<Self, GuardError> {
        Self::build(rules, PATIENCE, system_lookup)
    }

    fn build(rules: Rules, patience: Patience, lookup: Lookup) -> Result<Self, GuardError> {
        let rules = Arc::new(rules);
        let http = reqwest::Client::builder()
            .user_agent("shiming")
            .no_proxy()
            .redirect(Policy::none())
            .referer(false)
            .http1_max_headers(HEADERS_MAX)
            .connect_timeout(patience.connect)
            .timeout(patience.total)
            .dns_resolver(Vetting { rules: Arc::clone(&rules), lookup })
            .build()
            // Nothing here depends on input; it fails where the system has no certificates.
            .map_err(|_| GuardError::Unreachable)?;
        Ok(Self { http, rules })
    }

    /// The rules it keeps to.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Posts a body.
    pub async fn post(
        &self,
        target: &Target,
        content_type: &str,
        headers: HeaderMap,
        body: Vec<u8>,
    ) -> Result<Answer, GuardError> {
        let request = self.http.post(target.url().clone()).headers(headers);
        let response = request.header(CONTENT_TYPE, content_type).body(body).send().await;
        let response = response.map_err(|error| cause(&error))?;
        let header_bytes: usize =
            response.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
        if header_bytes > HEADERS_BYTES_MAX {
            return Err(GuardError::TooLarge);
        }
        let status = response.status().as_u16();
        let retry_after = response.headers().get("retry-after").and_then(|value| value.to_str().ok());
        let retry_after_s = retry_after.and_then(|text| text.parse().ok());
        let mut body = Vec::new();
        let mut chunks = response.bytes_stream();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|error| cause(&error))?;
            if body.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(GuardError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, body, retry_after_s })
    }
}

/// What is at the bottom of a failure: our own refusal, or the net.
fn cause(error: &reqwest::Error) -> GuardError {
    let mut source: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(error) = source {
        if let Some(guard) = error.downcast_ref::<GuardError>() {
            return *guard;
        }
        source = error.source();
    }
    GuardError::Unreachable
}

/// Finds the addresses of a name.
type Lookup = fn(String) -> futures_util::future::BoxFuture<'static, std::io::Result<Vec<IpAddr>>>;

fn system_lookup(name: String) -> futures_util::future::BoxFuture<'static, std::io::Result<Vec<IpAddr>>> {
    Box::pin(async move {
        let found = tokio::net::lookup_host((name, 0)).await?;
        Ok(found.map(|address| address.ip()).collect())
    })
}

/// Resolves names and refuses a name one of whose addresses may not be asked. What is connected to are the
/// very addresses that were looked at; nothing resolves a second time.
struct Vetting {
    rules: Arc<Rules>,
    lookup: Lookup,
}

impl Resolve for Vetting {
    fn resolve(&self, name: Name) -> Resolving {
        let (rules, lookup) = (Arc::clone(&self.rules), self.lookup);
        Box::pin(async move {
            let name = name.as_str().to_owned();
            let addresses = lookup(name.clone()).await?;
            if addresses.iter().any(|address| !rules.allows(Some(&name), *address)) {
                return Err(GuardError::Address.into());
            }
            let addresses: Vec<SocketAddr> =
                addresses.into_iter().map(|address| SocketAddr::new(address, 0)).collect();
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests;
