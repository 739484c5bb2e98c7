//! What a data key is for, and what a key may still do.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Why data of a subject are kept. Each purpose has its own key, so that one can be destroyed and the
/// others stay readable (withdrawn consent to face data).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Document pictures and what was read from them.
    Document,
    /// Selfies and whatever was made from them.
    Face,
    /// Phone, e-mail, address.
    Contact,
    /// Accounts, channels and operations.
    Wallet,
}

/// The text names no purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the purposes of a data key are document, face, contact and wallet")]
pub struct NotAPurpose;

impl Purpose {
    /// All of them, in the order of the design.
    pub const ALL: [Self; 4] = [Self::Document, Self::Face, Self::Contact, Self::Wallet];

    /// The name that is stored and bound into wrapped keys. Never change one.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Face => "face",
            Self::Contact => "contact",
            Self::Wallet => "wallet",
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Purpose {
    type Err = NotAPurpose;

    fn from_str(text: &str) -> Result<Self, NotAPurpose> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == text).ok_or(NotAPurpose)
    }
}

/// The life of a key goes one way only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    /// Reads and writes.
    Active,
    /// Reads what was written before.
    DecryptOnly,
    /// Gone.
    Destroyed,
}

/// The text names no key state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the states of a key are active, decrypt_only and destroyed")]
pub struct NotAKeyState;

/// A key cannot go from one of these states to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key that is {from} cannot become {to}")]
pub struct WrongStep {
    /// The present state.
    pub from: KeyState,
    /// The state that was asked for.
    pub to: KeyState,
}

impl KeyState {
    /// All of them, in the order of a life.
    pub const ALL: [Self; 3] = [Self::Active, Self::DecryptOnly, Self::Destroyed];

    /// The name that is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::DecryptOnly => "decrypt_only",
            Self::Destroyed => "destroyed",
        }
    }

    /// The next state. `active → decrypt_only → destroyed`; shredding a subject may skip the middle. Two
    /// people and the waiting time before a destruction are the caller's to see to.
    pub fn move_to(self, to: Self) -> Result<Self, WrongStep> {
        if to > self { Ok(to) } else { Err(WrongStep { from: self, to }) }
    }
}

impl fmt::Display for KeyState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for KeyState {
    type Err = NotAKeyState;

    fn from_str(text: &str) -> Result<Self, NotAKeyState> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or(NotAKeyState)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use KeyState::{Active, DecryptOnly, Destroyed};

    #[test]
    fn a_key_never_comes_back() {
        let allowed = [(Active, DecryptOnly), (Active, Destroyed), (DecryptOnly, Destroyed)];
        for from in KeyState::ALL {
            for to in KeyState::ALL {
                assert_eq!(from.move_to(to).is_ok(), allowed.contains(&(from, to)), "{from} → {to}");
            }
        }
    }

    #[test]
    fn names_are_read_back() {
        for state in KeyState::ALL {
            assert_eq!(state.as_str().parse(), Ok(state));
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
        for purpose in Purpose::ALL {
            assert_eq!(purpose.as_str().parse(), Ok(purpose));
            assert_eq!(serde_json::to_value(purpose).unwrap(), purpose.as_str());
        }
        assert_eq!("Face".parse::<Purpose>(), Err(NotAPurpose));
        assert_eq!("".parse::<KeyState>(), Err(NotAKeyState));
    }
}
