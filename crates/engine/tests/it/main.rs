//! The use cases of the service, on both databases, with a clock that moves only when told to.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::needless_pass_by_value,
    clippy::type_complexity,
    reason = "a test that cannot go on has failed, and reads better with owned words"
)]

mod accounts;
mod applications;
mod four_eyes;
mod jobs;
mod mail;
mod notices;
mod review;
mod settings;
mod sources;
mod told;
mod wallet;
