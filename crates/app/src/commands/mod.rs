//! One file per command: arguments to a use case, its result to text or JSON.

pub(crate) mod bench;
pub(crate) mod compare;
pub(crate) mod id_number;
pub(crate) mod inspect;
pub(crate) mod models;
pub(crate) mod mrz;
pub(crate) mod replay;
pub(crate) mod verify;
