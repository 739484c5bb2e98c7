//! The stored text: `$argon2id$v=19$m=65536,t=3,p=1$salt$tag`, base64 without padding.
//!
//! Read strictly and by hand: a row that was tampered with must not choose another algorithm, a variant
//! spelling, or parameters that take the machine, and nothing is computed before all of it is known.

use super::cost::Cost;
use crate::entropy::{Entropy, random};
use crate::secret::same;
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use std::fmt;

const SALT_BYTES: usize = 16;
const TAG_BYTES: usize = 32;

/// The text is no Argon2id hash of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the stored password hash is no Argon2id PHC string")]
pub struct NotAHash;

/// The machine has not enough memory for one check. Says nothing about the password or the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not enough memory to hash a password")]
pub struct NoMemory;

/// A parsed hash.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Phc {
    pub(super) cost: Cost,
    salt: [u8; SALT_BYTES],
    tag: [u8; TAG_BYTES],
}

impl Phc {
    /// Hashes under a new salt.
    pub(super) fn create(input: &[u8], cost: Cost, entropy: &mut dyn Entropy) -> Result<Self, NoMemory> {
        let salt = random(entropy);
        Ok(Self { cost, salt, tag: argon2id(input, &salt, cost)? })
    }

    pub(super) fn parse(text: &str) -> Result<Self, NotAHash> {
        let parts: Vec<&str> = text.splitn(7, '$').collect();
        let ["", "argon2id", "v=19", parameters, salt, tag] = parts[..] else { return Err(NotAHash) };
        let values: Vec<&str> = parameters.splitn(4, ',').collect();
        let [memory, passes, lanes] = values[..] else { return Err(NotAHash) };
        let cost = Cost::stored(number(memory, "m=")?, number(passes, "t=")?, number(lanes, "p=")?)
            .map_err(|_| NotAHash)?;
        Ok(Self { cost, salt: bytes(salt)?, tag: bytes(tag)? })
    }

    /// Whether the input is the one that was hashed.
    pub(super) fn verify(&self, input: &[u8]) -> Result<bool, NoMemory> {
        Ok(same(&argon2id(input, &self.salt, self.cost)?, &self.tag))
    }
}

impl fmt::Display for Phc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (m, t, p) = (self.cost.memory_kib(), self.cost.passes(), self.cost.lanes());
        let (salt, tag) = (BASE64_STANDARD_NO_PAD.encode(self.salt), BASE64_STANDARD_NO_PAD.encode(self.tag));
        write!(f, "$argon2id$v=19$m={m},t={t},p={p}${salt}${tag}")
    }
}

/// Decimal without sign or leading zero.
fn number(text: &str, prefix: &str) -> Result<u32, NotAHash> {
    let digits = text.strip_prefix(prefix).ok_or(NotAHash)?;
    let value: u32 = digits.parse().map_err(|_| NotAHash)?;
    if value.to_string() == digits { Ok(value) } else { Err(NotAHash) }
}

fn bytes<const N: usize>(text: &str) -> Result<[u8; N], NotAHash> {
    let decoded = BASE64_STANDARD_NO_PAD.decode(text).map_err(|_| NotAHash)?;
    decoded.try_into().map_err(|_| NotAHash)
}

/// Argon2id version 0x13, 32-byte tag. With the limits of [`Cost`], it fails only for want of memory.
fn argon2id(input: &[u8], salt: &[u8; SALT_BYTES], cost: Cost) -> Result<[u8; TAG_BYTES], NoMemory> {
    let params = Params::new(cost.memory_kib(), cost.passes(), cost.lanes(), Some(TAG_BYTES));
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.map_err(|_| NoMemory)?);
    let mut tag = [0; TAG_BYTES];
    argon2.hash_password_into(input, salt, &mut tag).map_err(|_| NoMemory)?;
    Ok(tag)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{hex, unhex};
    use crate::vectors::{self, number as value, text};
    use argon2::{AssociatedData, ParamsBuilder};

    /// The library against RFC 9106 §5.3, with its secret and associated data, which we never use.
    #[test]
    fn argon2id_agrees_with_the_standard() {
        let file = vectors::load("argon2id");
        let case = &file["rfc9106_5_3"];
        let field = |key| unhex(text(case, key)).unwrap();
        let params = ParamsBuilder::new()
            .m_cost(value(case, "m_kib") as u32)
            .t_cost(value(case, "t") as u32)
            .p_cost(value(case, "p") as u32)
            .output_len(value(case, "tag_len") as usize)
            .data(AssociatedData::new(&field("associated_data_hex")).unwrap())
            .build()
            .unwrap();
        let secret = field("secret_hex");
        let argon2 = Argon2::new_with_secret(&secret, Algorithm::Argon2id, Version::V0x13, params).unwrap();
        let mut tag = [0; 32];
        argon2.hash_password_into(&field("password_hex"), &field("salt_hex"), &mut tag).unwrap();
        assert_eq!(hex(&tag), text(case, "tag_hex"));
    }

    #[test]
    fn every_published_hash_is_read_computed_and_written_back() {
        let file = vectors::load("argon2id");
        for case in vectors::list(&file, "cases") {
            let id = text(case, "id");
            let phc = Phc::parse(text(case, "phc")).unwrap();
            assert_eq!(phc.to_string(), text(case, "phc"), "{id}");
            assert_eq!(
                [phc.cost.memory_kib(), phc.cost.passes(), phc.cost.lanes()].map(u64::from),
                [value(case, "m_kib"), value(case, "t"), value(case, "p")],
                "{id}"
            );
            assert_eq!(
                (hex(&phc.salt), hex(&phc.tag)),
                (text(case, "salt_hex").into(), text(case, "tag_hex").into())
            );
            // The peppered case names the input that goes into Argon2id.
            let input = case["argon2_input"].as_str().unwrap_or(text(case, "password"));
            assert!(phc.verify(input.as_bytes()).unwrap(), "{id}");
        }
    }

    #[test]
    fn the_published_negatives_are_refused() {
        let file = vectors::load("argon2id");
        for case in vectors::list(&file, "verify_negative") {
            assert_eq!(case["expect"], false);
            let phc = Phc::parse(text(case, "phc"));
            let right = phc.is_ok_and(|phc| phc.verify(text(case, "password").as_bytes()).unwrap());
            assert!(!right, "{case}");
        }
    }

    #[test]
    fn variant_spellings_are_refused() {
        let good = "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$gYJZtjEAJqjg26xdLmknq8/bB7MiWPrE9hsYuA+SkIU";
        assert!(Phc::parse(good).is_ok());
        for (from, to) in [
            ("argon2id", "argon2d"),
            ("argon2id", "argon2i"),
            ("v=19", "v=16"),
            ("$v=19", ""),
            ("m=19456", "m=019456"),
            ("m=19456", "m=+19456"),
            ("m=19456", "m=99999999999"),
            ("m=19456", "m=4294967295"),
            ("t=2", "t=0"),
            ("p=1", "p=1,keyid=AA"),
            ("m=19456,t=2", "t=2,m=19456"),
            ("ODw$", "ODw=$"),
            ("ODw$", "ODx$"),
            ("ODw$", "OD$"),
            ("SkIU", "SkI"),
            ("SkIU", "SkIU$"),
            ("$argon2id", "argon2id"),
            ("$argon2id", " $argon2id"),
        ] {
            let wrong = good.replacen(from, to, 1);
            assert_ne!(wrong, good);
            assert!(Phc::parse(&wrong).is_err(), "{wrong}");
        }
        assert!(Phc::parse("").is_err());
        assert!(Phc::parse(&"$".repeat(10_000)).is_err());
    }
}
