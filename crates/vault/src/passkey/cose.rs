//! Public keys as authenticators write them: `COSE_Key` (RFC 9052), of the three algorithms that are offered.

use super::{PasskeyError, cbor};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
};
use ciborium::Value;

/// What is offered, best first: ES256, `EdDSA` with Ed25519, RS256. All that today's authenticators have.
pub const ALGORITHMS: [i64; 3] = [ES256, EDDSA, RS256];

const ES256: i64 = -7;
const EDDSA: i64 = -8;
const RS256: i64 = -257;

/// Labels of RFC 9052 and RFC 9053.
const KTY: i64 = 1;
const ALG: i64 = 3;
const CRV_OR_N: i64 = -1;
const X_OR_E: i64 = -2;
const Y: i64 = -3;

/// Key types and curves of the IANA registry.
const OKP: i64 = 1;
const EC2: i64 = 2;
const RSA: i64 = 3;
const P256: i64 = 1;
const CURVE_ED25519: i64 = 6;

/// Bytes of an RSA modulus: 2048 to 8192 bits.
const MODULUS_BYTES: std::ops::RangeInclusive<usize> = 256..=1024;

/// The members of one key.
struct Members(Vec<(Value, Value)>);

impl Members {
    fn of(&self, label: i64) -> Option<&Value> {
        self.0.iter().find(|(key, _)| *key == Value::from(label)).map(|(_, value)| value)
    }

    fn number(&self, label: i64) -> Option<i64> {
        self.of(label)?.as_integer()?.try_into().ok()
    }

    fn bytes(&self, label: i64) -> Option<&[u8]> {
        self.of(label)?.as_bytes().map(Vec::as_slice)
    }
}

/// Reads a key. It has the members of its kind and no other, and is a key: a point lies on its curve.
pub(super) fn parse(bytes: &[u8]) -> Result<ParsedPublicKey, PasskeyError> {
    cbor::map(bytes).map(Members).and_then(|members| key(&members)).ok_or(PasskeyError::PublicKey)
}

fn key(members: &Members) -> Option<ParsedPublicKey> {
    match (members.number(ALG)?, members.number(KTY)?, members.0.len()) {
        (ES256, EC2, 5) if members.number(CRV_OR_N) == Some(P256) => {
            let (x, y): ([u8; 32], [u8; 32]) =
                (members.bytes(X_OR_E)?.try_into().ok()?, members.bytes(Y)?.try_into().ok()?);
            // SEC 1, uncompressed.
            let point = [[4].as_slice(), &x, &y].concat();
            ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).ok()
        }
        (EDDSA, OKP, 4) if members.number(CRV_OR_N) == Some(CURVE_ED25519) => {
            let x: [u8; 32] = members.bytes(X_OR_E)?.try_into().ok()?;
            ParsedPublicKey::new(&ED25519, x).ok()
        }
        (RS256, RSA, 4) => {
            let (n, e) = (members.bytes(CRV_OR_N)?, members.bytes(X_OR_E)?);
            let key = RsaPublicKeyComponents { n, e };
            let fits = MODULUS_BYTES.contains(&n.len());
            fits.then(|| key.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256).ok()).flatten()
        }
        _ => None,
    }
}
