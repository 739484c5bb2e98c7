//! The life of an application, from its first step to its decision.
//!
//! Every use case reads the application, lets `domain` say what an event makes of it, and writes the answer
//! under the version it read ([`moves`]), with its audit row, its counters and the jobs that follow. Whoever
//! was overtaken reads again.

/// Tries again from the start when somebody else was faster: what was read is no longer so.
macro_rules! again {
    ($work:expr) => {{
        let mut left = $crate::application::TRIES;
        loop {
            match $work.await {
                Err($crate::service::Error::Store(shiming_store::Error::Conflict { .. })) if left > 0 => {
                    left -= 1;
                }
                done => break done,
            }
        }
    }};
}

mod approve;
pub(crate) mod checks;
mod clock;
mod consent;
mod counting;
mod create;
mod file;
mod form;
mod gate;
mod moves;
mod refusal;
pub mod review;
mod source;
mod submit;
mod view;

pub(crate) use approve::document;
pub(crate) use clock::clock;
pub use consent::save_consent;
pub use create::{NewApplication, create};
pub use file::{FileAnswer, Upload, put_file};
pub(crate) use form::declared;
pub use form::{FormAnswer, save_form};
pub use source::source_answered;
pub(crate) use submit::withdraw_all;
pub use submit::{Wish, ask_human, submit, withdraw};
pub use view::{
    ApplicationView, AttemptView, DecisionView, StepState, StepView, attempts, decision, list, view,
};

/// How often an overtaken change is tried again. Two people on one application are many already.
const TRIES: u32 = 8;
