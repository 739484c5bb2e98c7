//! The store on both databases.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod audit;
mod idempotency;
mod people;
mod queue;
mod schema;
