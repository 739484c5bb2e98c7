//! HMAC-SHA-256 (RFC 2104, FIPS 198-1) and HKDF-Expand (RFC 5869 §2.3).

use crate::secret::Secret;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// HMAC-SHA-256 over the pieces one after the other. Whoever passes several pieces sees to it that their
/// borders are unambiguous.
pub(crate) fn hmac_sha256(key: &[u8], pieces: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    for piece in pieces {
        mac.update(piece);
    }
    mac.finalize().into_bytes().into()
}

/// HKDF-Expand(SHA-256, PRK = secret, info, 32).
pub(crate) fn expand(secret: &Secret, info: &[u8]) -> Secret {
    Secret::written(|out| {
        hkdf::Hkdf::<Sha256>::from_prk(secret.bytes())
            .expect("32 bytes are a whole SHA-256 output")
            .expand(info, out)
            .expect("32 bytes are fewer than 255 outputs");
    })
}

#[cfg(test)]
mod tests {
    use crate::text::unhex;
    use crate::vectors::{self, text};

    /// The library against RFC 5869 appendix A.
    #[test]
    fn hkdf_agrees_with_the_standard() {
        let file = vectors::load("hkdf");
        for case in vectors::list(&file, "rfc5869") {
            assert_eq!(text(case, "hash"), "SHA-256");
            let (prk, hkdf) = hkdf::Hkdf::<sha2::Sha256>::extract(
                Some(&unhex(text(case, "salt")).unwrap()),
                &unhex(text(case, "ikm")).unwrap(),
            );
            assert_eq!(prk[..], unhex(text(case, "prk")).unwrap(), "{}", case["id"]);
            let mut okm = vec![0; case["length"].as_u64().unwrap() as usize];
            hkdf.expand(&unhex(text(case, "info")).unwrap(), &mut okm).unwrap();
            assert_eq!(okm, unhex(text(case, "okm")).unwrap(), "{}", case["id"]);
        }
    }
}
