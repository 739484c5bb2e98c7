//! What the browser says of the ceremony: `clientDataJSON`.

use super::{CLIENT_DATA_BYTES_MAX, Expected, PasskeyError, limit};
use crate::token::{Token, TokenHash};
use serde::Deserialize;

/// Which call answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ceremony {
    Create,
    Get,
}

/// The members that count. Browsers may add others, and some do on purpose, so that nobody compares the text.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
    #[serde(default)]
    top_origin: Option<String>,
}

fn parse(bytes: &[u8]) -> Result<ClientData, PasskeyError> {
    serde_json::from_slice(bytes).map_err(|_| PasskeyError::ClientData)
}

/// The challenge an answer names, to look up what it was given out for.
pub fn challenge_of(client_data: &[u8]) -> Result<TokenHash, PasskeyError> {
    limit(client_data, CLIENT_DATA_BYTES_MAX)?;
    hash(&parse(client_data)?)
}

/// Challenges are tokens: 256 random bits as base64url.
fn hash(data: &ClientData) -> Result<TokenHash, PasskeyError> {
    Ok(Token::parse(&data.challenge).map_err(|_| PasskeyError::Challenge)?.hash())
}

pub(super) fn check(bytes: &[u8], ceremony: Ceremony, expected: Expected<'_>) -> Result<(), PasskeyError> {
    let data = parse(bytes)?;
    let kind = match ceremony {
        Ceremony::Create => "webauthn.create",
        Ceremony::Get => "webauthn.get",
    };
    if data.kind != kind {
        return Err(PasskeyError::Ceremony);
    }
    if hash(&data)? != *expected.challenge {
        return Err(PasskeyError::Challenge);
    }
    // Our pages are in no frame of anybody else.
    if data.origin != expected.party.origin() || data.cross_origin || data.top_origin.is_some() {
        return Err(PasskeyError::Origin);
    }
    Ok(())
}
