//! What the authenticator says and signs: `authenticatorData`.

use super::{Expected, PasskeyError, cbor};
use ciborium::Value;
use sha2::{Digest as _, Sha256};

/// The flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flags(u8);

impl Flags {
    const USER_PRESENT: u8 = 1;
    const USER_VERIFIED: u8 = 1 << 2;
    const BACKUP_ELIGIBLE: u8 = 1 << 3;
    const BACKED_UP: u8 = 1 << 4;
    const ATTESTED: u8 = 1 << 6;
    const EXTENSIONS: u8 = 1 << 7;

    const fn has(self, flag: u8) -> bool {
        self.0 & flag != 0
    }

    pub(super) const fn user_verified(self) -> bool {
        self.has(Self::USER_VERIFIED)
    }

    pub(super) const fn backup_eligible(self) -> bool {
        self.has(Self::BACKUP_ELIGIBLE)
    }

    pub(super) const fn backed_up(self) -> bool {
        self.has(Self::BACKED_UP)
    }
}

/// A new credential.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attested<'a> {
    pub(super) credential: &'a [u8],
    pub(super) public_key: &'a [u8],
}

/// The parts.
#[derive(Clone, Copy, Debug)]
pub(super) struct AuthenticatorData<'a> {
    party_hash: &'a [u8; 32],
    pub(super) flags: Flags,
    pub(super) sign_count: u32,
    pub(super) attested: Option<Attested<'a>>,
}

impl<'a> AuthenticatorData<'a> {
    /// Reads it to its last byte.
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, PasskeyError> {
        Self::read(bytes).ok_or(PasskeyError::AuthenticatorData)
    }

    fn read(bytes: &'a [u8]) -> Option<Self> {
        let (party_hash, rest) = bytes.split_first_chunk::<32>()?;
        let (flags, rest) = rest.split_first()?;
        let (count, mut rest) = rest.split_first_chunk::<4>()?;
        let flags = Flags(*flags);
        let attested = if flags.has(Flags::ATTESTED) {
            let (_aaguid, after) = rest.split_first_chunk::<16>()?;
            let (length, after) = after.split_first_chunk::<2>()?;
            let (credential, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
            rest = after;
            cbor::next(&mut rest)?;
            let public_key = after.get(..after.len() - rest.len())?;
            Some(Attested { credential, public_key })
        } else {
            None
        };
        if flags.has(Flags::EXTENSIONS) {
            cbor::map(rest)?;
            rest = &[];
        }
        let data = Self { party_hash, flags, sign_count: u32::from_be_bytes(*count), attested };
        rest.is_empty().then_some(data)
    }

    /// What both ceremonies ask.
    pub(super) fn check(&self, expected: Expected<'_>) -> Result<(), PasskeyError> {
        if self.party_hash[..] != Sha256::digest(expected.party.id())[..] {
            return Err(PasskeyError::RelyingParty);
        }
        if !self.flags.has(Flags::USER_PRESENT) {
            return Err(PasskeyError::UserPresence);
        }
        if expected.user_verification && !self.flags.user_verified() {
            return Err(PasskeyError::UserVerification);
        }
        if self.flags.backed_up() && !self.flags.backup_eligible() {
            return Err(PasskeyError::Backup);
        }
        Ok(())
    }
}

/// The authenticator's data in an attestation object of format `none`.
pub(super) fn from_attestation(object: &[u8]) -> Result<Vec<u8>, PasskeyError> {
    let mut map = cbor::map(object).filter(|map| map.len() == 3).ok_or(PasskeyError::Attestation)?;
    let mut take = |name: &str| {
        let at = map.iter().position(|(key, _)| key.as_text() == Some(name))?;
        Some(map.swap_remove(at).1)
    };
    let is_none = take("fmt").is_some_and(|fmt| fmt.as_text() == Some("none"))
        && take("attStmt").is_some_and(|statement| statement == Value::Map(Vec::new()));
    let data = take("authData").and_then(|data| data.into_bytes().ok());
    data.filter(|_| is_none).ok_or(PasskeyError::Attestation)
}
