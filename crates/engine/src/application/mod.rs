//! The life of an application, from its first step to its decision.
//!
//! Every use case reads the application, lets `domain` say what an event makes of it, and writes the answer
//! under the version it read (`moves`), with its audit row, its counters and the jobs that follow. Whoever
//! was overtaken reads again.

mod approve;
mod channel;
pub(crate) mod checks;
mod clock;
mod consent;
mod counting;
mod create;
mod faces;
mod file;
mod form;
mod gate;
pub mod handoff;
mod identity_change;
pub mod liveness;
mod lock;
mod moves;
mod quota;
mod refusal;
mod removal;
mod retention;
pub mod review;
mod source;
mod submit;
mod twins;
mod view;

pub(crate) use approve::{document, takes_former_number};
pub use channel::save_channel;
pub(crate) use checks::submitted_picture;
pub(crate) use clock::clock;
pub(crate) use consent::consent_withdrawn;
pub use consent::save_consent;
pub use create::{NewApplication, create};
pub(crate) use faces::{destroy_faces, remove_destroyed};
pub use file::{FileAnswer, Upload, put_file};
pub(crate) use form::declared;
pub use form::{FormAnswer, save_form};
pub(crate) use lock::{locked_since, unlock};
pub(crate) use removal::remove_abandoned;
pub(crate) use retention::{keep_pictures, remove_files, shorten_retention};
pub use shiming_store::application::{Answered, Capture, MadeWith};
pub(crate) use source::{answered, gave_up, question};
pub(crate) use submit::withdraw_all;
pub use submit::{Wish, ask_human, submit, withdraw};
pub use twins::Alike;
pub(crate) use twins::{Twin, twins};
pub use view::{
    ApplicationView, AttemptView, DecisionView, Elapsed, StepState, StepView, attempts, decision, list, view,
};
