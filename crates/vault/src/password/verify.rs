//! Hashing and checking passwords with a pepper.

use super::cost::Cost;
use super::length::normal_form;
use super::phc::{NoMemory, NotAHash, Phc};
use crate::entropy::Entropy;
use crate::mac::hmac_sha256;
use crate::secret::Secret;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use std::fmt;
use zeroize::Zeroizing;

/// A secret from the key ring that stands between a stolen table and a guess
/// ([`TenantSecret::pepper`](crate::keys::TenantSecret::pepper)).
pub struct Pepper {
    version: u32,
    key: Secret,
}

/// What an account row holds: two columns.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredPassword {
    /// PHC string.
    pub phc: String,
    /// Version of the pepper.
    pub pepper_version: u32,
}

/// Whether a password was right.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was.
    Right,
    /// It was, and must be hashed anew now: parameters or pepper are not the present ones.
    RightAndRehash,
    /// It was not.
    Wrong,
}

/// A password cannot be hashed or a row cannot be checked. Never says anything about the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// The row is broken.
    #[error(transparent)]
    Row(#[from] NotAHash),
    /// The machine could not give the memory that one check takes.
    #[error(transparent)]
    NoMemory(#[from] NoMemory),
    /// The row needs a pepper that was not given.
    #[error("pepper version {0} is needed and not in the key ring")]
    MissingPepper(u32),
    /// The password is too long; lengths of new ones are checked by [`super::check_length`].
    #[error(transparent)]
    Length(#[from] super::LengthError),
}

/// Hashes with the present cost and pepper, checks with earlier ones too.
pub struct Passwords {
    cost: Cost,
    pepper: Pepper,
    older: Vec<Pepper>,
}

impl Pepper {
    pub(crate) fn new(version: u32, key: Secret) -> Self {
        Self { version, key }
    }

    /// Base64 of HMAC-SHA-256(pepper, password in NFC): text, so that no zero byte can end it early
    /// anywhere.
    fn season(&self, normal: &str) -> Zeroizing<String> {
        let mac = Zeroizing::new(hmac_sha256(self.key.bytes(), &[normal.as_bytes()]));
        Zeroizing::new(BASE64_STANDARD.encode(mac.as_slice()))
    }
}

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pepper(version {})", self.version)
    }
}

/// The hash is no secret in the strict sense, but nothing is gained by printing it.
impl fmt::Debug for StoredPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredPassword(pepper version {})", self.pepper_version)
    }
}

impl Passwords {
    /// With the present cost and pepper.
    pub fn new(cost: Cost, pepper: Pepper) -> Self {
        Self { cost, pepper, older: Vec::new() }
    }

    /// Adds an earlier pepper, under which rows may still be stored.
    #[must_use]
    pub fn with_older_pepper(mut self, pepper: Pepper) -> Self {
        self.older.push(pepper);
        self
    }

    /// Hashes a password. Its length was checked before ([`super::check_length`]).
    pub fn hash(&self, password: &str, entropy: &mut dyn Entropy) -> Result<StoredPassword, PasswordError> {
        let seasoned = self.pepper.season(&normal_form(password)?);
        let phc = Phc::create(seasoned.as_bytes(), self.cost, entropy)?.to_string();
        Ok(StoredPassword { phc, pepper_version: self.pepper.version })
    }

    /// Checks a password against a row.
    pub fn verify(&self, stored: &StoredPassword, password: &str) -> Result<Verdict, PasswordError> {
        let phc = Phc::parse(&stored.phc)?;
        let version = stored.pepper_version;
        let pepper = std::iter::once(&self.pepper)
            .chain(&self.older)
            .find(|pepper| pepper.version == version)
            .ok_or(PasswordError::MissingPepper(version))?;
        // Too long to be anybody's; told by its length alone, so known and unknown accounts answer alike.
        let Ok(normal) = normal_form(password) else { return Ok(Verdict::Wrong) };
        Ok(match (phc.verify(pepper.season(&normal).as_bytes())?, self.is_present(&phc, version)) {
            (false, _) => Verdict::Wrong,
            (true, true) => Verdict::Right,
            (true, false) => Verdict::RightAndRehash,
        })
    }

    /// The work of a check for an account that does not exist. Always [`Verdict::Wrong`], after as much time
    /// as a check of a row with the present cost.
    pub fn verify_unknown(&self, password: &str) -> Result<Verdict, PasswordError> {
        let Ok(normal) = normal_form(password) else { return Ok(Verdict::Wrong) };
        // The answer is not looked at: nobody has this account, whatever the password is.
        let _ = self.dummy()?.verify(self.pepper.season(&normal).as_bytes())?;
        Ok(Verdict::Wrong)
    }

    /// Whether the row should be hashed anew at the next sign-in.
    pub fn needs_rehash(&self, stored: &StoredPassword) -> Result<bool, PasswordError> {
        Ok(!self.is_present(&Phc::parse(&stored.phc)?, stored.pepper_version))
    }

    fn is_present(&self, phc: &Phc, pepper_version: u32) -> bool {
        phc.cost == self.cost && pepper_version == self.pepper.version
    }

    /// A fixed row of the present cost.
    fn dummy(&self) -> Result<Phc, NotAHash> {
        let (m, t, p) = (self.cost.memory_kib(), self.cost.passes(), self.cost.lanes());
        Phc::parse(&format!("$argon2id$v=19$m={m},t={t},p={p}${}${}", "A".repeat(22), "A".repeat(43)))
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Passwords({:?}, {:?})", self.cost, self.pepper)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Seeded;
    use crate::text::unhex;
    use crate::vectors::{self, number, text};

    fn pepper(version: u32) -> Pepper {
        Pepper::new(version, Secret::copy_of(&[version as u8; 32]).unwrap())
    }

    /// The floor: quick, and the dearest that tests need.
    fn cheap() -> Cost {
        Cost::new(12_288, 3, 1).unwrap()
    }

    #[test]
    fn a_password_is_right_in_every_way_of_typing_it() {
        let passwords = Passwords::new(cheap(), pepper(1));
        let stored = passwords.hash("caf\u{e9} 口令 🔑", &mut Seeded::new(1)).unwrap();
        assert_eq!(passwords.verify(&stored, "cafe\u{301} 口令 🔑"), Ok(Verdict::Right));
        assert_eq!(passwords.verify(&stored, "cafe 口令 🔑"), Ok(Verdict::Wrong));
        assert_eq!(passwords.verify(&stored, &"x".repeat(5_000)), Ok(Verdict::Wrong));
        assert_eq!(passwords.needs_rehash(&stored), Ok(false));
        assert_ne!(stored, passwords.hash("caf\u{e9} 口令 🔑", &mut Seeded::new(2)).unwrap());
    }

    #[test]
    fn the_published_pepper_gives_the_published_input() {
        let file = vectors::load("argon2id");
        let case = vectors::list(&file, "cases").iter().find(|case| case["pepper_hex"].is_string()).unwrap();
        let key = Secret::copy_of(&unhex(text(case, "pepper_hex")).unwrap()).unwrap();
        let passwords = Passwords::new(Cost::DEFAULT, Pepper::new(4, key));
        assert_eq!(*passwords.pepper.season(text(case, "password")), text(case, "argon2_input"));
        let stored = StoredPassword { phc: text(case, "phc").to_owned(), pepper_version: 4 };
        assert_eq!(passwords.verify(&stored, text(case, "password")), Ok(Verdict::Right));
    }

    /// The vectors' policy: what is allowed as configuration is accepted as it is, what is below the floor
    /// is hashed anew whatever the configuration says.
    #[test]
    fn rows_below_the_floor_are_hashed_anew() {
        let file = vectors::load("argon2id");
        for case in vectors::list(&file, "policy") {
            let [m, t, p] = ["m_kib", "t", "p"].map(|key| number(case, key) as u32);
            let phc = format!("$argon2id$v=19$m={m},t={t},p={p}${}${}", "A".repeat(22), "A".repeat(43));
            let stored = StoredPassword { phc, pepper_version: 1 };
            let fresh = Passwords::new(Cost::DEFAULT, pepper(1));
            match (text(case, "expect"), Cost::new(m, t, p)) {
                ("accept", Ok(cost)) => {
                    assert_eq!(Passwords::new(cost, pepper(1)).needs_rehash(&stored), Ok(false));
                }
                ("rehash_needed", Err(_)) => assert_eq!(fresh.needs_rehash(&stored), Ok(true)),
                (expected, found) => panic!("{expected}: {found:?}"),
            }
        }
    }

    #[test]
    fn an_older_pepper_or_cost_is_right_and_asks_for_a_new_hash() {
        let old = Passwords::new(Cost::new(19_456, 2, 1).unwrap(), pepper(1));
        let stored = old.hash("correct horse battery", &mut Seeded::new(3)).unwrap();
        let new = Passwords::new(cheap(), pepper(2));
        assert_eq!(new.verify(&stored, "correct horse battery"), Err(PasswordError::MissingPepper(1)));
        let new = new.with_older_pepper(pepper(1));
        assert_eq!(new.verify(&stored, "correct horse battery"), Ok(Verdict::RightAndRehash));
        assert_eq!(new.verify(&stored, "wrong"), Ok(Verdict::Wrong));
    }

    #[test]
    fn an_unknown_account_costs_the_same_and_is_always_wrong() {
        let passwords = Passwords::new(cheap(), pepper(1));
        assert_eq!(passwords.verify_unknown("correct horse battery"), Ok(Verdict::Wrong));
        assert_eq!(passwords.verify_unknown(&"x".repeat(129)), Ok(Verdict::Wrong));
        assert_eq!(passwords.dummy().unwrap().cost, cheap());
    }

    #[test]
    fn a_broken_row_is_its_own_error() {
        let passwords = Passwords::new(cheap(), pepper(1));
        let stored = StoredPassword { phc: "$2b$12$abc".to_owned(), pepper_version: 1 };
        assert_eq!(passwords.verify(&stored, "x"), Err(PasswordError::Row(NotAHash)));
        assert_eq!(format!("{stored:?}"), "StoredPassword(pepper version 1)");
    }
}
