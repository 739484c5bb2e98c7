//! Review.

use crate::service::{Error, Service};
use shiming_domain::case::CaseType;
use shiming_domain::id::{AccountId, ApplicationId, CaseId, StaffId};
use shiming_domain::reason::Code;
use shiming_store::Tx;

/// Does what is due.
pub(crate) async fn clock(service: &Service, case: CaseId) -> Result<(), Error> {
    let _ = (service, case);
    Ok(())
}

/// A decision takes effect.
pub(crate) async fn publish(service: &Service, case: CaseId, version: u64) -> Result<(), Error> {
    let _ = (service, case, version);
    Ok(())
}

/// Work to put before a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewCase {
    pub(crate) id: CaseId,
    pub(crate) kind: CaseType,
    pub(crate) account: AccountId,
    pub(crate) application: Option<ApplicationId>,
    pub(crate) proposed: Vec<Code>,
    pub(crate) barred: Vec<StaffId>,
}

/// Opens a case. Does nothing if it is there already.
pub(crate) async fn open_case(service: &Service, tx: &mut Tx, new: NewCase) -> Result<(), Error> {
    let _ = (service, tx, new);
    Ok(())
}

/// The case is decided.
pub(crate) async fn close_case(service: &Service, tx: &mut Tx, case: CaseId) -> Result<(), Error> {
    let _ = (service, tx, case);
    Ok(())
}

/// The case has become pointless.
pub(crate) async fn cancel_case(service: &Service, tx: &mut Tx, case: CaseId) -> Result<(), Error> {
    let _ = (service, tx, case);
    Ok(())
}
