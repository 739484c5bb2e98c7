//! The program as a service: opened from its configuration, run until it is told to stop.

pub(crate) mod clock;
mod http;
pub(crate) mod keys;
pub(crate) mod logs;
mod open;
mod ports;
mod run;

pub(crate) use open::{Need, database, open};
pub(crate) use run::{Roles, append, run};
