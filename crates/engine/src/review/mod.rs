//! Work for people: cases are opened by what happens, handed out by urgency, decided under a lease, and take
//! effect when the time to take them back is over.
//!
//! The rules are those of `domain::case`; this module finds out who asks, keeps what follows in one
//! transaction with its audit row, and carries decisions to applications and restrictions. Nothing here is
//! decided by the operator's role, and nobody decides what they are barred from or have decided before.

mod act;
pub mod appeal;
mod clock;
mod compare;
mod decide;
mod hand;
mod info_change;
mod line;
mod neighbours;
mod open;
mod past;
mod promise;
mod publish;
mod quality;
mod reads;
mod remark;
mod reveal;
mod revoke;
mod rights;
mod sample;
mod view;

pub use crate::application::Alike;
pub(crate) use act::word;
pub(crate) use clock::{answered, clock};
pub use compare::{FieldLine, ScoreLine};
pub use decide::{Decide, decide, undo};
pub use hand::{claim, escalate, hold, next, release, renew, resume, take_over};
pub use info_change::{
    FieldClass, Permitted, allowed as info_change_allowed, open as open_info_change,
    permitted as permitted_changes,
};
pub(crate) use info_change::{contact_allowed, use_up as use_info_change};
pub use line::{Line, StateName};
pub(crate) use neighbours::standing;
pub(crate) use open::{NewCase, cancel_case, close_case, open_case};
pub use past::{AttemptDecision, AttemptLine, Duplicate};
pub(crate) use promise::{promised, promised_from};
pub(crate) use publish::publish;
pub use quality::{Figures, Statistics, statistics};
pub(crate) use remark::read as remark;
pub use reveal::{Element, Purpose, Shown, reveal};
pub use revoke::{Revocation, revocations, revoke};
pub(crate) use rights::{remember_refusal, staff};
pub use sample::{automatic as sample_automatic, look_again};
pub use shiming_store::case::View;
pub use view::{CaseView, Earlier, Page, WrittenNote, queue, view};
