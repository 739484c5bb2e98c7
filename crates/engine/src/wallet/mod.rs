//! Levels and limits: what somebody may do now, counting what they do, and the clock of their account.
//!
//! Limits belong to the person. Until a person is known the account stands for them, and what it counted joins
//! the person's counters on verification ([`merge`]). Whatever changes a counter locks its owner first
//! (`store::wallet::lock`), reads, decides in `domain`, and writes guarded updates that name the cap: an
//! answer that was read cannot have become untrue before it is counted.

mod ask;
mod audit;
mod clock;
mod consume;
mod facts;
mod gate;
mod hold;
mod level;
mod meeting;
mod people;
mod restrict;
mod retry;
mod staff;
mod staff_hold;

pub use ask::{Consume, Quote, Request};
pub(crate) use audit::recount;
pub use audit::{Mismatch, Progress, Recount, audit_counters};
pub(crate) use clock::clock;
pub use consume::{Consumed, check, consume};
pub(crate) use hold::expire;
pub use hold::{capture, limit_use, refund, void};
pub use level::{entitlements, recompute_level};
pub use meeting::{Meeting, MeetingLine, confirm_meeting, meeting, record_meeting};
pub use people::{PersonView, account_of, entitlements_of_person, own_entitlements, person};
pub use restrict::{deadline, lift, restrict};
pub use shiming_store::wallet::{LimitUse, Owner, Share, UseState};
pub use staff::{lift_by_staff, restrict_by_staff};
pub use staff_hold::{Hold, HoldLine, Holds, hold, holds, release};

use crate::service::{Caller, Error, Kind, Principal, Refused, Scope, Service};
use shiming_domain::id::{AccountId, PersonId};
use shiming_domain::limit::{Key, LimitError, Strength, Windows};
use shiming_domain::zone::Zone;
use shiming_store::Tx;
use shiming_store::wallet as stored;

/// What an account used before its person was known joins what the person used. Part of the transaction that
/// names the person; running it again moves nothing.
pub async fn merge(tx: &mut Tx, account: AccountId, person: PersonId) -> Result<usize, Error> {
    Ok(stored::merge(tx, Owner::Account(account), Owner::Person(person)).await?)
}

/// What one person used joins what another used who turned out to be the same. Part of the transaction that
/// links them.
pub(crate) async fn merge_people(tx: &mut Tx, from: PersonId, to: PersonId) -> Result<usize, Error> {
    Ok(stored::merge(tx, Owner::Person(from), Owner::Person(to)).await?)
}

/// Only machines that may use limits, and ourselves.
fn may_use(caller: &Caller) -> Result<(), Error> {
    let ours = matches!(caller.principal, Principal::System);
    if ours || caller.has_scope(Scope::LimitsUse) {
        return Ok(());
    }
    Err(Refused::new(Kind::Forbidden, "scope_missing", "This needs the scope `limits:use`.").into())
}

fn windows(service: &Service) -> Result<Windows, Error> {
    let time = &service.policy().rules().time;
    let zone = Zone::named(&time.zone).ok_or(Error::Internal("policy_zone"))?;
    Windows::new(time, zone).map_err(|_| Error::Internal("policy_windows"))
}

/// Every counter that a question asked now may look at.
fn keys(windows: &Windows, now_us: i64) -> [Key; 8] {
    let day = windows.day(now_us);
    let at = |strength| Key::DayAt(day, strength);
    [
        Key::Lifetime,
        Key::Year(windows.year(day)),
        Key::Day(day),
        Key::Transfers(day),
        at(Strength::A),
        at(Strength::B),
        at(Strength::C),
        at(Strength::StaticQr),
    ]
}

impl From<LimitError> for Error {
    fn from(error: LimitError) -> Self {
        let code = match error {
            LimitError::NotPositive => "amount_not_positive",
            LimitError::Currency { .. } => "currency_not_of_policy",
            LimitError::Level(_) => return Self::Internal("level_not_in_policy"),
        };
        Refused::new(Kind::Unacceptable, code, error.to_string()).into()
    }
}
