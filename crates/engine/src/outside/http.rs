//! What gateways and sources have in common: a JSON request with a secret, and what a status means.

use super::OutsideError;
use super::guard::{Client, GuardError, Target};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use shiming_domain::personal::Personal;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A bearer secret, ready for its header.
pub(super) struct Secret(HeaderValue);

impl Secret {
    pub(super) fn new(secret: &Personal) -> Result<Self, GuardError> {
        let text = format!("Bearer {}", secret.reveal());
        let mut value = HeaderValue::from_str(&text).map_err(|_| GuardError::Malformed)?;
        value.set_sensitive(true);
        Ok(Self(value))
    }
}

/// Posts a request; answers the body of a 2xx.
pub(super) async fn ask(
    client: &Client,
    target: &Target,
    secret: &Secret,
    key: &str,
    request: &impl Serialize,
) -> Result<Vec<u8>, OutsideError> {
    let body = serde_json::to_vec(request).map_err(|_| OutsideError::Unusable)?;
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, secret.0.clone());
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(IDEMPOTENCY_KEY, HeaderValue::from_str(key).map_err(|_| OutsideError::Unusable)?);
    let answer = client.post(target, "application/json", headers, body).await.map_err(|error| {
        tracing::warn!(code = error.code(), ?target, "an outside service was not reached");
        match error {
            GuardError::TooLarge => OutsideError::Unusable,
            // A refused address is the operator's mistake, not this request's: it goes out once mended.
            _ => OutsideError::Unavailable,
        }
    })?;
    match answer.status {
        200..=299 => Ok(answer.body),
        status => {
            tracing::warn!(status, ?target, "an outside service did not do what it was asked");
            Err(judge(status))
        }
    }
}

/// What a status that is no success means.
const fn judge(status: u16) -> OutsideError {
    match status {
        // About this request.
        400 | 404 | 410 | 413 | 422 => OutsideError::Refused,
        // About a page to look at, not an answer.
        100..=399 => OutsideError::Unusable,
        // About us (401, 403), about how often (429), about them (5xx).
        _ => OutsideError::Unavailable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_says_whether_asking_again_helps() {
        for (status, outcome) in [
            (302, OutsideError::Unusable),
            (400, OutsideError::Refused),
            (401, OutsideError::Unavailable),
            (403, OutsideError::Unavailable),
            (404, OutsideError::Refused),
            (408, OutsideError::Unavailable),
            (422, OutsideError::Refused),
            (429, OutsideError::Unavailable),
            (500, OutsideError::Unavailable),
            (503, OutsideError::Unavailable),
        ] {
            assert_eq!(judge(status), outcome, "{status}");
        }
    }

    #[test]
    fn a_secret_is_one_header_and_stays_hidden() {
        assert!(Secret::new(&Personal::new("a\r\nX: y")).is_err());
        let secret = Secret::new(&Personal::new("word")).unwrap();
        assert!(!format!("{:?}", secret.0).contains("word"));
    }
}
