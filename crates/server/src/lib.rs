//! HTTP: routes translate, `engine` decides.
//!
//! A request passes, from the outside in: request id and the one log line, caught panics, time-out, headers,
//! `identity` (who asks), [`access`] (the table of who may, default deny), the rate of one process,
//! `idempotent` (repeated POSTs), and the handler. Errors leave as RFC 9457 problems with stable codes.

pub mod access;
mod body;
mod cookies;
mod document;
mod headers;
mod idempotent;
mod identity;
mod input;
mod log;
mod page;
mod problem;
mod qr;
mod rate;
mod routes;
mod state;
mod strict;
mod version;
mod web;
mod when;

pub use routes::{openapi, router};
pub use state::{AppState, HttpOptions};
