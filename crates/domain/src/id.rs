//! Identifiers: a type for each kind of thing, a prefix people can read, 128 bits behind it.
//!
//! Written as `app_` and 26 characters of Crockford's base 32 in lower case. An id made with `at` follows the
//! layout of RFC 9562, version 7 (48 bits of milliseconds, then chance), so that ids sort by the time they
//! were made, as text and as numbers. The chance is the caller's: this crate has none. One id has one
//! spelling; the look-alikes that Crockford's alphabet would forgive are refused, or two texts would name
//! the same row.

use crate::moment::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Characters after the prefix and its underscore.
pub const BODY_CHARACTERS: usize = 26;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Why a text is no id. It never repeats the text, which may be anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Another prefix, or none.
    #[error("an id of this kind begins with `{expected}_`")]
    Prefix {
        /// The prefix of this kind.
        expected: &'static str,
    },
    /// Too short or too long.
    #[error("an id has {BODY_CHARACTERS} characters after its prefix")]
    Length,
    /// A character outside the alphabet, upper case included.
    #[error("an id has only digits and lower-case letters without i, l, o and u after its prefix")]
    Character,
    /// More than 128 bits.
    #[error("an id begins with a digit from 0 to 7 after its prefix")]
    TooLarge,
}

impl IdError {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Prefix { .. } => "id_prefix_wrong",
            Self::Length => "id_length_wrong",
            Self::Character => "id_character_wrong",
            Self::TooLarge => "id_too_large",
        }
    }
}

/// The version 7 layout: 48 bits of milliseconds since 1970, 4 of version, 12 of chance, 2 of variant, 62 of
/// chance. Times before 1970 count as 1970.
const fn version_7(unix_ms: u64, random: u128) -> u128 {
    const TIME: u128 = (1 << 48) - 1;
    const CHANCE: u128 = !((0xf << 76) | (0b11 << 62));
    let time = (unix_ms as u128 & TIME) << 80;
    let chance = random & CHANCE & ((1 << 80) - 1);
    time | chance | (0x7 << 76) | (0b10 << 62)
}

fn encode(bits: u128) -> [u8; BODY_CHARACTERS] {
    let mut body = [b'0'; BODY_CHARACTERS];
    for (index, character) in body.iter_mut().enumerate() {
        let shift = 5 * (BODY_CHARACTERS - 1 - index);
        *character = ALPHABET[(bits >> shift) as usize & 31];
    }
    body
}

fn decode(body: &str) -> Result<u128, IdError> {
    if body.len() != BODY_CHARACTERS {
        return Err(IdError::Length);
    }
    let mut bits = 0_u128;
    for (index, character) in body.bytes().enumerate() {
        let value = ALPHABET.iter().position(|c| *c == character).ok_or(IdError::Character)?;
        if index == 0 && value > 7 {
            return Err(IdError::TooLarge);
        }
        bits = (bits << 5) | value as u128;
    }
    Ok(bits)
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal,)+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
            #[serde(try_from = "String", into = "String")]
            pub struct $name(u128);

            impl $name {
                /// What the text begins with, without the underscore.
                pub const PREFIX: &'static str = $prefix;

                /// From all 128 bits, as stored.
                pub const fn from_bits(bits: u128) -> Self {
                    Self(bits)
                }

                /// All 128 bits.
                pub const fn bits(self) -> u128 {
                    self.0
                }

                /// A new id; the lowest 74 usable bits of `random` go into it.
                pub const fn at(now: Timestamp, random: u128) -> Self {
                    Self(version_7(now.unix_ms(), random))
                }

                /// The milliseconds since 1970 in an id made with `at`.
                pub const fn unix_ms(self) -> u64 {
                    (self.0 >> 80) as u64
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(concat!($prefix, "_"))?;
                    encode(self.0).iter().try_for_each(|c| fmt::Write::write_char(f, char::from(*c)))
                }
            }

            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    fmt::Display::fmt(self, f)
                }
            }

            impl FromStr for $name {
                type Err = IdError;

                fn from_str(text: &str) -> Result<Self, IdError> {
                    let body = text.strip_prefix(concat!($prefix, "_"));
                    decode(body.ok_or(IdError::Prefix { expected: $prefix })?).map(Self)
                }
            }

            impl TryFrom<String> for $name {
                type Error = IdError;

                fn try_from(text: String) -> Result<Self, IdError> {
                    text.parse()
                }
            }

            impl From<$name> for String {
                fn from(id: $name) -> Self {
                    id.to_string()
                }
            }
        )+

        /// Every prefix; a test holds them apart.
        pub const PREFIXES: &[&str] = &[$($prefix),+];
    };
}

ids! {
    /// A login.
    AccountId = "acc",
    /// A human, unique by document number.
    PersonId = "per",
    /// An integrator's view of somebody who is not yet, or just being, verified.
    ApplicantId = "apl",
    /// One endeavour to be verified.
    ApplicationId = "app",
    /// One submission within an application.
    AttemptId = "att",
    /// One judgement on facts.
    CheckId = "chk",
    /// The outcome of an attempt.
    DecisionId = "dec",
    /// The standing result on a person.
    VerificationId = "ver",
    /// A picture or paper.
    FileId = "file",
    /// A stored positive answer of an outside channel.
    ChannelProofId = "chp",
    /// A flow opened for an integrator's applicant.
    HostedSessionId = "hs",
    /// A use of a limit.
    LimitUseId = "lim",
    /// Work for a human.
    CaseId = "case",
    /// An objection of a person.
    AppealId = "obj",
    /// Something that happened, once.
    EventId = "evt",
    /// Where events are sent.
    WebhookEndpointId = "whe",
    /// One sending of one event.
    WebhookDeliveryId = "whd",
    /// Somebody who works for the operator.
    StaffId = "stf",
    /// A support conversation.
    TicketId = "tkt",
    /// A message to a person.
    NoticeId = "ntc",
    /// A movement of money.
    TransferId = "trf",
    /// A sign-in that lasts.
    SessionId = "ses",
    /// An address or number of an account.
    ContactId = "ctc",
    /// A code that was asked for.
    CodeId = "cod",
    /// A passkey of somebody who signs in.
    PasskeyId = "pky",
    /// A machine's key.
    ApiKeyId = "key",
    /// A challenge before a selfie.
    LivenessId = "lvn",
    /// Steps of an application that were handed to a phone.
    HandoffId = "hof",
    /// An act that waits for a second person.
    ProposalId = "prp",
    /// A channel that a person asked for.
    ChannelRequestId = "chr",
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<ApplicationId, IdError> {
        text.parse()
    }

    #[test]
    fn an_id_shows_what_it_names_and_when_it_was_made() {
        let now = Timestamp::from_unix_s(1_764_098_100).unwrap();
        let id = ApplicationId::at(now, 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
        insta::assert_snapshot!(id, @"app_01kay71js0fqqr28t5cy4tqkff");
        assert_eq!(id.unix_ms(), 1_764_098_100_000);
        assert_eq!(id.bits() >> 76 & 0xf, 7, "version");
        assert_eq!(id.bits() >> 62 & 0b11, 0b10, "variant");
        assert_eq!(format!("{id:?}"), id.to_string());
    }

    #[test]
    fn what_is_no_id_is_refused_with_a_code() {
        let body = "01kay71js0fqqr28t5cy4tqkff";
        assert!(parse(&format!("app_{body}")).is_ok());
        let refused = [
            (String::new(), "id_prefix_wrong"),
            (body.to_owned(), "id_prefix_wrong"),
            (format!("acc_{body}"), "id_prefix_wrong"),
            (format!("APP_{body}"), "id_prefix_wrong"),
            ("app_".to_owned(), "id_length_wrong"),
            (format!("app_{body}0"), "id_length_wrong"),
            (format!("app_{}", &body[1..]), "id_length_wrong"),
            (format!("app_{}", body.to_uppercase()), "id_character_wrong"),
            (format!("app_{}l", &body[..25]), "id_character_wrong"),
            (format!("app_{}名", &body[..23]), "id_character_wrong"),
            (format!("app_8{}", &body[1..]), "id_too_large"),
        ];
        for (text, code) in refused {
            assert_eq!(parse(&text).map_err(IdError::code), Err(code), "{text}");
        }
    }

    #[test]
    fn the_largest_id_fits() {
        let id = CaseId::from_bits(u128::MAX);
        assert_eq!(id.to_string(), "case_7zzzzzzzzzzzzzzzzzzzzzzzzz");
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn no_two_kinds_share_a_prefix() {
        let mut prefixes = PREFIXES.to_vec();
        prefixes.sort_unstable();
        prefixes.dedup();
        assert_eq!(prefixes.len(), PREFIXES.len());
    }

    #[test]
    fn json_holds_the_text() {
        let id = EventId::from_bits(1);
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(json, "\"evt_00000000000000000000000001\"");
        assert_eq!(serde_json::from_str::<EventId>(&json).unwrap(), id);
        assert!(serde_json::from_str::<CaseId>(&json).is_err());
    }

    proptest! {
        #[test]
        fn text_and_bits_are_the_same_id(bits: u128) {
            let id = PersonId::from_bits(bits);
            prop_assert_eq!(id.to_string().parse::<PersonId>(), Ok(id));
        }

        #[test]
        fn text_sorts_as_time_does(a in 0_i64..4_000_000_000, b in 0_i64..4_000_000_000, x: u128, y: u128) {
            prop_assume!(a != b);
            let first = EventId::at(Timestamp::from_unix_s(a).unwrap(), x);
            let second = EventId::at(Timestamp::from_unix_s(b).unwrap(), y);
            prop_assert_eq!(a < b, first < second);
            prop_assert_eq!(a < b, first.to_string() < second.to_string());
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
            let _ = text.parse::<FileId>();
            let _ = format!("file_{text}").parse::<FileId>();
        }
    }
}
