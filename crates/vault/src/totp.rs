//! Time-based one-time passwords (RFC 6238 over RFC 4226).

use crate::entropy::{Entropy, random};
use crate::secret::same;
use crate::text::{BASE32, base32, unbase32};
use hmac::{Hmac, KeyInit as _, Mac as _};
use std::fmt;
use zeroize::Zeroizing;

/// Bytes of a new secret: 160 bits (RFC 4226 §4, R6).
const SECRET_BYTES: usize = 20;
/// Bytes a stored secret may have: 128 bits is the least RFC 4226 allows; 64 is the SHA-512 block of RFC 6238.
const SECRET_RANGE: std::ops::RangeInclusive<usize> = 16..=64;
/// Seconds of a step.
pub const PERIOD_S: u64 = 30;
const DIGITS: u32 = 6;

/// The secret an authenticator app shares. Stored sealed.
pub struct TotpSecret(Zeroizing<Vec<u8>>);

/// A secret must have 16 to 64 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a TOTP secret has 16 to 64 bytes, not {0}")]
pub struct NotATotpSecret(pub usize);

/// How late a code may be. A future code is never accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delay {
    /// The current step only (ASVS 6.5.5).
    #[default]
    None,
    /// Also the step before: a documented deviation that an operator may choose.
    OneStep,
}

/// The answer to a typed code.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TotpVerdict {
    /// Right. `step` must be stored as the last accepted one in the same transaction.
    Accepted {
        /// Number of the step since 1970.
        step: u64,
    },
    /// Right, but it or a newer one was used before.
    Replayed,
    /// Wrong.
    Wrong,
}

impl TotpSecret {
    /// 160 new random bits.
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        let bytes = Zeroizing::new(random::<SECRET_BYTES>(entropy));
        Self(Zeroizing::new(bytes.to_vec()))
    }

    /// From the opened stored form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NotATotpSecret> {
        if SECRET_RANGE.contains(&bytes.len()) {
            Ok(Self(Zeroizing::new(bytes.to_vec())))
        } else {
            Err(NotATotpSecret(bytes.len()))
        }
    }

    /// For sealing.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// For typing into an app: base32 in upper case without padding.
    pub fn reveal(&self) -> String {
        base32(&self.0, BASE32).to_ascii_uppercase()
    }

    /// Reads what [`reveal`](Self::reveal) wrote.
    pub fn parse(text: &str) -> Option<Self> {
        Self::from_bytes(&Zeroizing::new(unbase32(&text.to_ascii_lowercase(), BASE32)?)).ok()
    }

    /// What an authenticator app shows at a moment. The service never needs it; whoever plays an app does.
    pub fn shown_at(&self, now_s: u64) -> String {
        hotp::<sha1::Sha1>(&self.0, now_s / PERIOD_S, DIGITS)
    }

    /// For a QR code. SHA-1, 6 digits and 30 s are what every app understands; HMAC does not need a hash
    /// without collisions.
    pub fn uri(&self, issuer: &str, account: &str) -> String {
        let (issuer, account, secret) = (escape(issuer), escape(account), self.reveal());
        format!(
            "otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}\
             &algorithm=SHA1&digits={DIGITS}&period={PERIOD_S}"
        )
    }

    /// Judges a typed code. `now_s` is Unix time in seconds, `last_step` the last accepted step of this
    /// authenticator. All allowed steps are computed whatever fits, so time tells nothing.
    pub fn check(&self, typed: &str, now_s: u64, last_step: Option<u64>, delay: Delay) -> TotpVerdict {
        let current = now_s / PERIOD_S;
        let steps_back = match delay {
            Delay::None => 0,
            Delay::OneStep => 1,
        };
        let typed = typed.trim();
        let mut fitting = None;
        // Oldest first: where two steps share a code, the newer one counts.
        for step in current.saturating_sub(steps_back)..=current {
            let code = Zeroizing::new(hotp::<sha1::Sha1>(&self.0, step, DIGITS));
            if same(code.as_bytes(), typed.as_bytes()) {
                fitting = Some(step);
            }
        }
        match fitting {
            None => TotpVerdict::Wrong,
            Some(step) if last_step.is_some_and(|last| step <= last) => TotpVerdict::Replayed,
            Some(step) => TotpVerdict::Accepted { step },
        }
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

/// The hashes RFC 6238 knows; only SHA-1 is used outside tests.
trait Hotp {
    fn mac(key: &[u8], counter: [u8; 8]) -> Vec<u8>;
}

impl Hotp for sha1::Sha1 {
    fn mac(key: &[u8], counter: [u8; 8]) -> Vec<u8> {
        let mut mac = Hmac::<Self>::new_from_slice(key).expect("HMAC takes keys of any length");
        mac.update(&counter);
        mac.finalize().into_bytes().to_vec()
    }
}

/// RFC 4226 §5.3: four bytes at an offset that the last nibble names, without the sign bit.
fn hotp<H: Hotp>(key: &[u8], counter: u64, digits: u32) -> String {
    let mac = Zeroizing::new(H::mac(key, counter.to_be_bytes()));
    let offset = usize::from(mac.last().copied().unwrap_or(0) & 15);
    let four = mac.get(offset..).and_then(|rest| rest.first_chunk()).copied().unwrap_or_default();
    let number = u64::from(u32::from_be_bytes(four) & 0x7fff_ffff) % 10_u64.pow(digits);
    format!("{number:0width$}", width = digits as usize)
}

/// Percent-encoding of everything but RFC 3986 unreserved characters.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push('%');
            escaped.push_str(&crate::text::hex(&[byte]).to_ascii_uppercase());
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Seeded;
    use crate::text::unhex;
    use crate::vectors::{self, list, number, text};

    impl Hotp for sha2::Sha256 {
        fn mac(key: &[u8], counter: [u8; 8]) -> Vec<u8> {
            let mut mac = Hmac::<Self>::new_from_slice(key).unwrap();
            mac.update(&counter);
            mac.finalize().into_bytes().to_vec()
        }
    }

    impl Hotp for sha2::Sha512 {
        fn mac(key: &[u8], counter: [u8; 8]) -> Vec<u8> {
            let mut mac = Hmac::<Self>::new_from_slice(key).unwrap();
            mac.update(&counter);
            mac.finalize().into_bytes().to_vec()
        }
    }

    #[test]
    fn the_published_codes_come_out() {
        let file = vectors::load("rfc6238-totp");
        assert_eq!((number(&file, "period"), number(&file, "t0")), (PERIOD_S, 0));
        for case in list(&file, "rfc6238") {
            let seed = text(&file["seeds_ascii"], text(case, "algorithm")).as_bytes();
            let step = number(case, "time") / PERIOD_S;
            assert_eq!((step, format!("{step:016X}")), (number(case, "step"), text(case, "step_hex").into()));
            let digits = number(case, "digits") as u32;
            let code = match text(case, "algorithm") {
                "sha1" => hotp::<sha1::Sha1>(seed, step, digits),
                "sha256" => hotp::<sha2::Sha256>(seed, step, digits),
                "sha512" => hotp::<sha2::Sha512>(seed, step, digits),
                other => panic!("{other}"),
            };
            assert_eq!(code, text(case, "code"), "{case}");
        }
        let counted = &file["rfc4226"];
        for case in list(counted, "cases") {
            let seed = text(counted, "seed_ascii").as_bytes();
            let code = hotp::<sha1::Sha1>(seed, number(case, "counter"), number(counted, "digits") as u32);
            assert_eq!(code, text(case, "code"), "{case}");
        }
    }

    #[test]
    fn the_published_scenarios_come_out() {
        let file = vectors::load("rfc6238-totp");
        let scenarios = &file["scenarios"];
        let secret = TotpSecret::from_bytes(&unhex(text(scenarios, "secret_hex")).unwrap()).unwrap();
        assert_eq!(secret.reveal(), text(scenarios, "secret_base32"));
        assert_eq!(number(scenarios, "digits"), u64::from(DIGITS));
        assert_eq!(number(scenarios, "period"), PERIOD_S);
        assert_eq!(text(scenarios, "algorithm"), "sha1");
        for case in list(scenarios, "cases") {
            let delay = match number(case, "delay_steps_allowed") {
                0 => Delay::None,
                1 => Delay::OneStep,
                other => panic!("{other}"),
            };
            let mut last = None;
            for attempt in list(case, "attempts") {
                let verdict = secret.check(text(attempt, "code"), number(attempt, "at"), last, delay);
                let word = match verdict {
                    TotpVerdict::Accepted { step } => {
                        last = Some(step);
                        "ok"
                    }
                    TotpVerdict::Replayed => "replayed",
                    TotpVerdict::Wrong => "wrong",
                };
                assert_eq!(word, text(attempt, "expect"), "{case}");
            }
        }
        let uri = &file["provisioning_uri"];
        assert_eq!(text(uri, "secret_base32"), secret.reveal());
        assert_eq!(secret.uri(text(uri, "issuer"), text(uri, "account")), text(uri, "uri"));
    }

    #[test]
    fn odd_input_is_only_wrong() {
        let secret = TotpSecret::generate(&mut Seeded::new(1));
        for typed in ["", "12345", "1234567", "１２３４５６", "abcdef", "-12345"] {
            for now in [0, 29, u64::MAX] {
                assert_eq!(secret.check(typed, now, None, Delay::OneStep), TotpVerdict::Wrong, "{typed}");
            }
        }
        assert_eq!(TotpSecret::from_bytes(&[1; 15]).unwrap_err(), NotATotpSecret(15));
        assert!(TotpSecret::from_bytes(&[1; 16]).is_ok());
        assert!(TotpSecret::from_bytes(&[1; 64]).is_ok());
        assert_eq!(TotpSecret::from_bytes(&[1; 65]).unwrap_err(), NotATotpSecret(65));
        assert_eq!(format!("{secret:?}"), "TotpSecret(…)");
        assert_eq!(secret.as_bytes().len(), 20);
        assert_eq!(secret.uri("A:B", "x?y=1&é").matches(':').count(), 2);
    }

    #[test]
    fn what_an_app_shows_is_accepted() {
        let secret = TotpSecret::parse("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP").unwrap();
        assert_eq!(secret.reveal(), "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP");
        let shown = secret.shown_at(1_795_572_000);
        let step = 1_795_572_000 / PERIOD_S;
        assert_eq!(secret.check(&shown, 1_795_572_000, None, Delay::None), TotpVerdict::Accepted { step });
        assert!(TotpSecret::parse("JBSWY3DP").is_none());
        assert!(TotpSecret::parse("not base32").is_none());
    }
}
