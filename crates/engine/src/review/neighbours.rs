//! What review asks of the other parts, in one place.

use super::reveal::Element;
use crate::service::{Error, Service};
use shiming_domain::account::Restriction;
use shiming_domain::application::Findings;
use shiming_domain::id::{AccountId, ApplicationId};
use shiming_domain::moment::Timestamp;
use shiming_store::Tx;
use shiming_store::case::StoredCase;

/// How a person stands, as far as urgency depends on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Level.
    pub(crate) level: u8,
    /// The account is frozen.
    pub(crate) frozen: bool,
}

/// How the person of an account stands.
pub(crate) async fn standing(service: &Service, tx: &mut Tx, account: AccountId) -> Result<Standing, Error> {
    let _ = (service, tx, account);
    Ok(Standing::default())
}

/// What the checks left for the person who decides.
pub(super) async fn findings(tx: &mut Tx, application: ApplicationId) -> Result<Findings, Error> {
    let _ = (tx, application);
    Ok(Findings::default())
}

/// Since when a restriction is in force.
pub(super) async fn restricted_since(
    tx: &mut Tx,
    account: AccountId,
    restriction: Restriction,
) -> Result<Option<Timestamp>, Error> {
    let _ = (tx, account, restriction);
    Ok(None)
}

/// One element of the data a case is about, in clear.
pub(super) async fn element(
    service: &Service,
    case: &StoredCase,
    element: Element,
) -> Result<Option<Vec<u8>>, Error> {
    let _ = (service, case, element);
    Ok(None)
}
