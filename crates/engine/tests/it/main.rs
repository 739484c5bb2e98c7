//! The use cases of the service, on both databases, with a clock that moves only when told to.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

mod accounts;
mod applications;
mod jobs;
mod mail;
mod notices;
mod review;
mod sources;
mod told;
mod wallet;
