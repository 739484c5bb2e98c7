//! The challenge before a selfie: drawn here, run over whatever transport, judged frame by frame in `domain`,
//! and bound to the still it asked for.
//!
//! Three things make it worth something: the order of the steps is chance and told one by one, the ticket
//! opens it once, and the picture that may count as live is the one whose hash was promised at the end of it.
//! What it stops and what it does not: `docs/LIVENESS.md`.

mod create;
mod end;
mod evidence;
mod record;
mod run;

pub use create::{Challenge, create};
pub use end::{Ending, Told};
pub(crate) use evidence::submitted_challenge;
pub(super) use evidence::{Shown, counts_as_live, of_attempt};
pub(crate) use record::remove_records;
pub use run::{FrameIn, Looked, Looking, Run, begin};

use shiming_domain::moment::Span;

/// Bytes of a frame.
pub const FRAME_BYTES_MAX: usize = shiming_vision::analyse::FRAME_BYTES_MAX;
/// A ticket that was not used by then is worth nothing.
const TICKET_LASTS: Span = Span::seconds(60);
/// The promised still is sent within so long.
const STILL_WITHIN: Span = Span::seconds(60);
/// Challenges of one application within an hour. Those that are cut off count nowhere else.
const PER_HOUR_MAX: i64 = 40;

/// What a record is kept as, in addresses of sealed values.
const RECORD: &str = "liveness";
