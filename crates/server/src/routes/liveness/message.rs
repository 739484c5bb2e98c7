//! What goes over the socket: JSON both ways, and frames as bytes.

use serde::{Deserialize, Serialize};
use shiming_domain::liveness::{Action, Hint, Say};
use shiming_domain::moment::Timestamp;
use shiming_domain::reason::Code;
use shiming_engine::application::liveness::{FRAME_BYTES_MAX, FrameIn, Told};

/// Longest side of the still that is asked for, pixels.
const STILL_EDGE_PX: u32 = 1440;
/// Version, flags, number, time.
const HEAD_BYTES: usize = 14;
const VERSION: u8 = 1;

/// What a client says.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum FromClient {
    /// The first message.
    Hello {
        ticket: String,
        #[serde(default)]
        caps: Caps,
    },
    /// The still that will be sent.
    Still { nonce: String, sha256: String },
}

/// What the client can do and needs. Only the time it needs concerns the server.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Caps {
    pub(super) more_time: bool,
    #[serde(rename = "vibration")]
    _vibration: bool,
    #[serde(rename = "reduced_motion")]
    _reduced_motion: bool,
}

/// What is said to it.
#[derive(Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ToClient<'a> {
    Ready {
        steps_total: usize,
        limit_ms: u64,
    },
    Hint {
        code: &'static str,
    },
    Step {
        index: usize,
        action: Action,
        limit_ms: u64,
    },
    Shoot {
        nonce: &'a str,
        max_edge: u32,
    },
    Result {
        outcome: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        code: Option<&'static str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        tries_left: Option<u32>,
    },
}

impl<'a> ToClient<'a> {
    /// What the judge says; the end is told once it is written.
    pub(super) fn of(say: Say, nonce: &'a str) -> Option<Self> {
        Some(match say {
            Say::Ready { steps, limit_ms } => Self::Ready { steps_total: steps, limit_ms },
            Say::Hint(hint) => Self::Hint { code: code(hint) },
            Say::Step { index, action, limit_ms } => Self::Step { index, action, limit_ms },
            Say::Shoot => Self::Shoot { nonce, max_edge: STILL_EDGE_PX },
            Say::Ended(_) => return None,
        })
    }
}

impl From<Told> for ToClient<'_> {
    fn from(told: Told) -> Self {
        let incomplete = Some(Code::LiveIncomplete.as_str());
        match told {
            Told::Pass => Self::Result { outcome: "pass", code: None, tries_left: None },
            Told::Retry { tries_left } => {
                Self::Result { outcome: "retry", code: incomplete, tries_left: Some(tries_left) }
            }
            Told::Review => Self::Result { outcome: "review", code: incomplete, tries_left: Some(0) },
        }
    }
}

const fn code(hint: Hint) -> &'static str {
    match hint {
        Hint::Dark => "dark",
        Hint::Bright => "bright",
        Hint::NoFace => "no_face",
        Hint::ManyFaces => "many_faces",
        Hint::Frame => "frame",
        Hint::Closer => "closer",
        Hint::Back => "back",
        Hint::Covered => "covered",
        Hint::Hold => "hold",
        Hint::TooFast => "too_fast",
    }
}

/// Reads a frame: version, flags, number (32 bits) and time (64 bits, milliseconds), highest byte first; JPEG.
pub(super) fn frame(bytes: &[u8], received_at: Timestamp) -> Option<FrameIn> {
    let (head, jpeg) = bytes.split_at_checked(HEAD_BYTES)?;
    let (version, rest) = head.split_first()?;
    let (_flags, rest) = rest.split_first()?;
    let (seq, time) = rest.split_first_chunk::<4>()?;
    let captured_ms = u64::from_be_bytes(time.try_into().ok()?);
    let fits = *version == VERSION && !jpeg.is_empty() && jpeg.len() <= FRAME_BYTES_MAX;
    fits.then(|| FrameIn { seq: u32::from_be_bytes(*seq), captured_ms, received_at, jpeg: jpeg.to_vec() })
}

/// Reads a SHA-256 in lower-case hexadecimal.
pub(super) fn sha256(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    let lower = |digit: &u8| matches!(digit, b'0'..=b'9' | b'a'..=b'f');
    if digits.len() != 64 || !digits.iter().all(lower) {
        return None;
    }
    let mut hash = [0; 32];
    for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_has_a_head_and_a_bound() {
        let now = Timestamp::from_unix_s(0).unwrap();
        let head = [1, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 3, 4];
        let read = frame(&[&head[..], b"jpeg"].concat(), now).unwrap();
        assert_eq!((read.seq, read.captured_ms, read.jpeg.as_slice()), (258, 772, &b"jpeg"[..]));
        assert!(frame(&head, now).is_none(), "no picture");
        assert!(frame(&head[..13], now).is_none(), "half a head");
        assert!(frame(&[&[2][..], &head[1..], b"jpeg"].concat(), now).is_none(), "another version");
        assert!(frame(&[&head[..], &vec![0; FRAME_BYTES_MAX + 1]].concat(), now).is_none(), "too large");
    }

    #[test]
    fn a_hash_has_one_spelling() {
        assert_eq!(sha256(&"0f".repeat(32)), Some([15; 32]));
        for wrong in [String::new(), "0F".repeat(32), "0f".repeat(31), "+f".repeat(32), "é".repeat(32)] {
            assert_eq!(sha256(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_said_is_what_the_document_says() {
        let json = |say| serde_json::to_string(&ToClient::of(say, "n").unwrap()).unwrap();
        assert_eq!(json(Say::Hint(Hint::NoFace)), r#"{"type":"hint","code":"no_face"}"#);
        assert_eq!(
            json(Say::Step { index: 1, action: Action::TurnLeft, limit_ms: 6000 }),
            r#"{"type":"step","index":1,"action":"turn_left","limit_ms":6000}"#
        );
        assert_eq!(json(Say::Shoot), r#"{"type":"shoot","nonce":"n","max_edge":1440}"#);
        let told = |told| serde_json::to_string(&ToClient::from(told)).unwrap();
        assert_eq!(told(Told::Pass), r#"{"type":"result","outcome":"pass"}"#);
        assert_eq!(
            told(Told::Retry { tries_left: 2 }),
            r#"{"type":"result","outcome":"retry","code":"LIVE_INCOMPLETE","tries_left":2}"#
        );
    }
}
