//! One file per command: arguments to a use case, its result to text or JSON.

pub(crate) mod audit;
pub(crate) mod bench;
pub(crate) mod compare;
pub(crate) mod config;
pub(crate) mod doctor;
pub(crate) mod id_number;
pub(crate) mod inspect;
pub(crate) mod migrate;
pub(crate) mod models;
pub(crate) mod mrz;
pub(crate) mod replay;
pub(crate) mod serve;
pub(crate) mod verify;

use crate::exit::Failure;

/// Runs the asynchronous part of a command that answers and ends.
fn wait<T>(work: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(work))
}
