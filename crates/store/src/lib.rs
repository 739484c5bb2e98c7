//! The only crate that touches databases and blobs.
//!
//! [`Store`] is SQLite by default and PostgreSQL when outgrown; one SQL text serves both. Whatever changes a
//! person's state is written through [`Store::change`], which refuses to commit without an audit row, so
//! that the change, its row and the jobs that follow are one transaction. What concerns nobody's state
//! (leases of jobs, rates, answers kept for repeated requests) goes through [`Store::housekeep`].
//!
//! Functions take a [`Tx`] and never keep it open over anything slow: networks, pictures and password hashes
//! are worked on between transactions, and expected versions in the SQL tell whether the world moved on.

#[macro_use]
mod sql;

pub mod account;
pub mod application;
pub mod audit;
mod backend;
pub mod begun;
pub mod blobs;
pub mod case;
pub mod channel;
mod error;
pub mod figures;
mod health;
pub mod idempotency;
pub mod keys;
pub mod liveness;
pub mod notice;
pub mod outbox;
pub mod person;
pub mod proposal;
pub mod queue;
pub mod rate;
pub mod setting;
pub mod source;
pub mod ticket;
mod tx;
pub mod wallet;

pub use backend::{Options, Store};
pub use error::{Broken, Error};
pub use health::Health;
pub use tx::Tx;
