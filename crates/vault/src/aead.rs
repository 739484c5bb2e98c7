//! The one cipher of suite 1: XChaCha20-Poly1305 with a 24-byte random nonce.
//!
//! 192 random bits never repeat in practice, so no counter has to survive a crash or a restored backup.

use crate::secret::Secret;
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305};
use zeroize::Zeroizing;

/// Bytes of a nonce.
pub(crate) const NONCE_BYTES: usize = 24;
/// Bytes that the tag adds.
pub(crate) const TAG_BYTES: usize = 16;

/// Ciphertext and tag. The callers' limits are far below the cipher's 256 GiB.
pub(crate) fn seal(key: &Secret, nonce: &[u8; NONCE_BYTES], aad: &[u8], plain: &[u8]) -> Vec<u8> {
    XChaCha20Poly1305::new(key.bytes().into())
        .encrypt(nonce.into(), Payload { msg: plain, aad })
        .expect("callers limit the length")
}

/// The plain bytes, wiped when dropped; `None` if key, nonce, associated data or a single bit differs.
pub(crate) fn open(
    key: &Secret,
    nonce: &[u8; NONCE_BYTES],
    aad: &[u8],
    sealed: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    XChaCha20Poly1305::new(key.bytes().into())
        .decrypt(nonce.into(), Payload { msg: sealed, aad })
        .ok()
        .map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{hex, unhex};

    /// draft-irtf-cfrg-xchacha-03, A.3.1.
    #[test]
    fn the_cipher_agrees_with_the_published_example() {
        let key = Secret::copy_of(&(0x80..0xa0).collect::<Vec<u8>>()).unwrap();
        let nonce: [u8; 24] = (0x40..0x58).collect::<Vec<u8>>().try_into().unwrap();
        let aad = unhex("50515253c0c1c2c3c4c5c6c7").unwrap();
        let plain = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the \
                      future, sunscreen would be it.";
        let sealed = seal(&key, &nonce, &aad, plain);
        assert_eq!(hex(&sealed[..16]), "bd6d179d3e83d43b9576579493c0e939");
        assert_eq!(hex(&sealed[sealed.len() - TAG_BYTES..]), "c0875924c1c7987947deafd8780acf49");
        assert_eq!(*open(&key, &nonce, &aad, &sealed).unwrap(), plain);
        assert!(open(&key, &nonce, b"", &sealed).is_none());
    }
}
