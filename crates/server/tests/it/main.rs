//! The interface, in process, over both databases.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod access;
mod accounts;
mod applications;
mod client;
mod frame;
mod limits;
mod notices;
mod overload;
mod review;
