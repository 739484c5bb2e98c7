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

use shiming_engine::service::{Error, Service};

/// The one-time link with which the first member of staff signs up; `None` once there is one.
async fn setup_link(_service: &Service) -> Result<Option<String>, Error> {
    Ok(None)
}
