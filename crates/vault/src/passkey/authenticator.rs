//! An authenticator in software, with real keys, for whoever plays one: tests, and trials without hardware. The
//! service never needs it.

#![expect(
    clippy::missing_panics_doc,
    reason = "a play authenticator has nobody to report a broken library to"
)]

use super::{Assertion, Attestation};
use crate::entropy::Entropy;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, Signature,
};
use ciborium::Value;
use sha2::{Digest as _, Sha256};
use std::fmt;

/// Somebody touched it, and it saw that it is its owner.
const PRESENT_AND_VERIFIED: u8 = 0b101;
const ATTESTED: u8 = 1 << 6;
const CREDENTIAL_BYTES: usize = 32;

/// The algorithm of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// ECDSA with P-256 and SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

enum Key {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
}

/// One passkey and the page it is used on. Everything it says can be changed, to see what is refused.
pub struct SoftAuthenticator {
    key: Key,
    /// The id of the credential.
    pub credential: Vec<u8>,
    /// Of the page, as the browser writes it.
    pub origin: String,
    /// The `rp.id` it was made for.
    pub party: String,
    /// Whose it is.
    pub user_handle: Vec<u8>,
    /// Flags of its answers: 1 somebody was present, 4 they were verified, 8 copies are possible, 16 there are some.
    pub flags: u8,
    /// How often it has signed.
    pub sign_count: u32,
}

impl SoftAuthenticator {
    /// A new passkey for a page.
    pub fn new(
        kind: Kind,
        origin: &str,
        party: &str,
        user_handle: Vec<u8>,
        entropy: &mut dyn Entropy,
    ) -> Self {
        let mut credential = vec![0; CREDENTIAL_BYTES];
        entropy.fill(&mut credential);
        let key = match kind {
            // The library draws from the system here; nothing else of this key depends on chance.
            Kind::Es256 => EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).map(Key::Es256),
            Kind::EdDsa => {
                let mut seed = [0; 32];
                entropy.fill(&mut seed);
                Ed25519KeyPair::from_seed_unchecked(&seed).map(Key::EdDsa).map_err(Into::into)
            }
        };
        Self {
            key: key.expect("the library makes keys"),
            credential,
            origin: origin.to_owned(),
            party: party.to_owned(),
            user_handle,
            flags: PRESENT_AND_VERIFIED,
            sign_count: 0,
        }
    }

    /// What `navigator.credentials.create()` would answer.
    pub fn create(&self, challenge: &str) -> Attestation {
        let object = Value::Map(vec![
            ("fmt".into(), "none".into()),
            ("attStmt".into(), Value::Map(Vec::new())),
            ("authData".into(), Value::Bytes(self.data(true))),
        ]);
        Attestation {
            credential: self.credential.clone(),
            client_data: self.client_data("webauthn.create", challenge),
            object: cbor(&object),
        }
    }

    /// What `navigator.credentials.get()` would answer.
    pub fn get(&mut self, challenge: &str) -> Assertion {
        self.sign_count = self.sign_count.wrapping_add(1);
        let client_data = self.client_data("webauthn.get", challenge);
        let authenticator_data = self.data(false);
        let mut signed = authenticator_data.clone();
        signed.extend_from_slice(&Sha256::digest(&client_data));
        let signature = match &self.key {
            Key::Es256(key) => key.sign(&SystemRandom::new(), &signed).expect("the library signs"),
            Key::EdDsa(key) => key.sign(&signed),
        };
        let signature = Signature::as_ref(&signature).to_vec();
        let (credential, user_handle) = (self.credential.clone(), Some(self.user_handle.clone()));
        Assertion { credential, client_data, authenticator_data, signature, user_handle }
    }

    /// The public key, COSE.
    pub fn public_key(&self) -> Vec<u8> {
        let number = |n: i64| Value::from(n);
        let members = match &self.key {
            Key::Es256(key) => {
                let point = key.public_key().as_ref();
                let coordinate = |at: usize| Value::Bytes(point.iter().skip(at).take(32).copied().collect());
                vec![
                    (number(1), number(2)),
                    (number(3), number(-7)),
                    (number(-1), number(1)),
                    (number(-2), coordinate(1)),
                    (number(-3), coordinate(33)),
                ]
            }
            Key::EdDsa(key) => vec![
                (number(1), number(1)),
                (number(3), number(-8)),
                (number(-1), number(6)),
                (number(-2), Value::Bytes(key.public_key().as_ref().to_vec())),
            ],
        };
        cbor(&Value::Map(members))
    }

    fn client_data(&self, kind: &str, challenge: &str) -> Vec<u8> {
        serde_json::json!({
            "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false,
        })
        .to_string()
        .into_bytes()
    }

    fn data(&self, attested: bool) -> Vec<u8> {
        let mut data = Sha256::digest(&self.party).to_vec();
        data.push(if attested { self.flags | ATTESTED } else { self.flags });
        data.extend_from_slice(&self.sign_count.to_be_bytes());
        if attested {
            // No make.
            data.extend_from_slice(&[0; 16]);
            data.extend_from_slice(&(self.credential.len() as u16).to_be_bytes());
            data.extend_from_slice(&self.credential);
            data.extend_from_slice(&self.public_key());
        }
        data
    }
}

impl fmt::Debug for SoftAuthenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SoftAuthenticator(…)")
    }
}

fn cbor(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).expect("memory takes any value");
    bytes
}
