//! The interface, in process, over both databases.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod access;
mod accounts;
mod applications;
mod client;
mod console;
mod frame;
mod handoffs;
mod hostile;
mod limits;
mod liveness;
mod matrix;
mod notices;
mod overload;
mod passkeys;
mod review;
