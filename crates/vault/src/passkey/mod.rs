//! Passkeys: what a browser and an authenticator answered, verified as a relying party must (Web Authentication
//! Level 3, sections 7.1 and 7.2).
//!
//! Attestation is not asked for and `none` is the only format that is taken: which make an authenticator is
//! decides nothing here. The caller keeps challenges, credentials and counters; this module only judges bytes.

mod authenticator;
mod cbor;
mod client_data;
mod cose;
mod data;
mod error;
mod party;
#[cfg(test)]
mod tests;

pub use authenticator::{Kind, SoftAuthenticator};
pub use client_data::challenge_of;
pub use cose::ALGORITHMS;
pub use error::PasskeyError;
pub use party::RelyingParty;

use crate::token::TokenHash;
use client_data::Ceremony;
use data::AuthenticatorData;
use sha2::{Digest as _, Sha256};

/// Bytes of the client data, of which the part a browser may add has no limit of its own.
const CLIENT_DATA_BYTES_MAX: usize = 4096;
/// Bytes of an attestation object with format `none`: a key, a credential id and a head.
const ATTESTATION_BYTES_MAX: usize = 8192;
/// Bytes of the authenticator's data at a sign-in: a head and perhaps extensions.
const AUTHENTICATOR_DATA_BYTES_MAX: usize = 2048;
/// Bytes of a signature: RSA with the largest key that is taken.
const SIGNATURE_BYTES_MAX: usize = 1024;
/// Bytes of a credential id: at least 100 bits of chance, at most what the standard allows.
const CREDENTIAL_ID_BYTES: std::ops::RangeInclusive<usize> = 16..=1023;

/// What an answer is judged against.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// Whose passkeys they are.
    pub party: &'a RelyingParty,
    /// Of the challenge that was given out.
    pub challenge: &'a TokenHash,
    /// The authenticator must have seen that it is its owner (PIN, finger, face), not only that somebody is there.
    pub user_verification: bool,
}

/// What `navigator.credentials.create()` answered.
#[derive(Clone, Debug)]
pub struct Attestation {
    /// `rawId`.
    pub credential: Vec<u8>,
    /// `response.clientDataJSON`.
    pub client_data: Vec<u8>,
    /// `response.attestationObject`.
    pub object: Vec<u8>,
}

/// What `navigator.credentials.get()` answered.
#[derive(Clone, Debug)]
pub struct Assertion {
    /// `rawId`.
    pub credential: Vec<u8>,
    /// `response.clientDataJSON`.
    pub client_data: Vec<u8>,
    /// `response.authenticatorData`.
    pub authenticator_data: Vec<u8>,
    /// `response.signature`.
    pub signature: Vec<u8>,
    /// `response.userHandle`, which passkeys that need no name at the sign-in send.
    pub user_handle: Option<Vec<u8>>,
}

/// A new passkey, to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPasskey {
    /// Its id, chosen by the authenticator.
    pub credential: Vec<u8>,
    /// The public key, COSE.
    pub public_key: Vec<u8>,
    /// How often it has signed, as it says; 0 where it does not count.
    pub sign_count: u32,
    /// It may be copied to other devices.
    pub backup_eligible: bool,
    /// It has been.
    pub backed_up: bool,
}

/// A stored passkey.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The public key, COSE.
    pub public_key: &'a [u8],
    /// As it last said.
    pub sign_count: u32,
    /// It may be copied to other devices.
    pub backup_eligible: bool,
}

/// A passkey was used: to be stored in its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Used {
    /// How often it has signed, as it says.
    pub sign_count: u32,
    /// It has been copied to other devices.
    pub backed_up: bool,
    /// The authenticator saw that it is its owner.
    pub user_verified: bool,
}

/// Judges a new passkey.
pub fn register(expected: Expected<'_>, answer: &Attestation) -> Result<NewPasskey, PasskeyError> {
    limit(&answer.client_data, CLIENT_DATA_BYTES_MAX)?;
    limit(&answer.object, ATTESTATION_BYTES_MAX)?;
    client_data::check(&answer.client_data, Ceremony::Create, expected)?;
    let bytes = data::from_attestation(&answer.object)?;
    let data = AuthenticatorData::parse(&bytes)?;
    data.check(expected)?;
    let attested = data.attested.ok_or(PasskeyError::AuthenticatorData)?;
    if !CREDENTIAL_ID_BYTES.contains(&attested.credential.len()) || attested.credential != answer.credential {
        return Err(PasskeyError::CredentialId);
    }
    cose::parse(attested.public_key)?;
    Ok(NewPasskey {
        credential: attested.credential.to_vec(),
        public_key: attested.public_key.to_vec(),
        sign_count: data.sign_count,
        backup_eligible: data.flags.backup_eligible(),
        backed_up: data.flags.backed_up(),
    })
}

/// Judges the use of a stored passkey. Whose it is, the caller has looked up by [`Assertion::credential`].
pub fn authenticate(
    expected: Expected<'_>,
    known: Known<'_>,
    answer: &Assertion,
) -> Result<Used, PasskeyError> {
    limit(&answer.client_data, CLIENT_DATA_BYTES_MAX)?;
    limit(&answer.authenticator_data, AUTHENTICATOR_DATA_BYTES_MAX)?;
    limit(&answer.signature, SIGNATURE_BYTES_MAX)?;
    client_data::check(&answer.client_data, Ceremony::Get, expected)?;
    let data = AuthenticatorData::parse(&answer.authenticator_data)?;
    if data.attested.is_some() {
        return Err(PasskeyError::AuthenticatorData);
    }
    data.check(expected)?;
    if data.flags.backup_eligible() != known.backup_eligible {
        return Err(PasskeyError::Backup);
    }
    let mut signed = answer.authenticator_data.clone();
    signed.extend_from_slice(&Sha256::digest(&answer.client_data));
    let key = cose::parse(known.public_key)?;
    key.verify_sig(&signed, &answer.signature).map_err(|_| PasskeyError::Signature)?;
    // Two authenticators with one key would count apart: where it counts, it counts up.
    if (data.sign_count > 0 || known.sign_count > 0) && data.sign_count <= known.sign_count {
        return Err(PasskeyError::Counter);
    }
    Ok(Used {
        sign_count: data.sign_count,
        backed_up: data.flags.backed_up(),
        user_verified: data.flags.user_verified(),
    })
}

fn limit(bytes: &[u8], max: usize) -> Result<(), PasskeyError> {
    if bytes.len() > max { Err(PasskeyError::TooLarge) } else { Ok(()) }
}
