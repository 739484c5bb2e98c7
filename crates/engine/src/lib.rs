//! The use cases: what the command line, HTTP and jobs all call. Nothing here prints, and nothing here decides:
//! pictures become evidence in `vision`, evidence becomes a decision in `domain`.

#[macro_use]
mod again;

pub mod account;
pub mod application;
pub mod audit;
pub mod bench;
mod compare;
pub mod console;
mod effects;
pub mod four_eyes;
mod given;
mod inspect;
mod look;
pub mod models;
mod mrz;
pub mod notice;
pub mod outside;
pub mod person;
mod picture;
mod replay;
pub mod review;
pub mod service;
pub mod settings;
pub mod source;
pub mod sweep;
pub mod ticket;
mod timing;
mod toolbox;
mod verify;
pub mod wallet;

pub use compare::{Compared, Comparison, compare};
pub use given::Given;
pub use inspect::{Gated, Inspected, gate, inspect};
pub use mrz::{MrzRead, mrz_picture, mrz_text};
pub use picture::Shown;
pub use replay::{ReplayError, Replayed, decide_again, stored};
pub use shiming_vision::alike::Look;
pub use shiming_vision::analyse::LiveFrame;
pub use shiming_vision::face::{EMBEDDING_LEN, Embedding};
pub use timing::{InspectTimings, Milliseconds, VerifyTimings};
pub use toolbox::{EngineChoice, EngineUse, OpenError, Toolbox};
pub use verify::{Pictures, Verified, Verify, evidence, verify};

/// Why a use case could not be carried out. Never the fault of a picture: those are evidence.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct RunError(#[from] shiming_vision::runtime::EngineError);

impl RunError {
    /// Stable code for logs and machines.
    pub fn code(&self) -> &'static str {
        self.0.code()
    }
}
