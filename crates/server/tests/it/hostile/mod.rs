//! What nobody should send: each gets a 4xx with a stable code, and nothing is kept.

mod bodies;
#[path = "../../../../vision/tests/hostile/make.rs"]
#[expect(dead_code, reason = "the tests of the decoder use the rest")]
mod make;
mod uploads;
mod wire;

use flate2 as _; // by `make`, whose file belongs to another crate
