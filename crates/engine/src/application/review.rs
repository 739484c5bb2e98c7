//! What people decide about applications.

use crate::service::{Caller, Error, Service};
use shiming_domain::application::{Ask, DocumentProof, FaceProof, ReopenCause, Review};
use shiming_domain::id::{ApplicationId, CaseId};
use shiming_domain::reason::Code;
use shiming_store::Tx;

/// Approves, on a document and a face.
pub(crate) async fn approve(
    service: &Service,
    tx: &mut Tx,
    by: &Caller,
    application: ApplicationId,
    review: Review,
    proof: (DocumentProof, FaceProof),
) -> Result<(), Error> {
    let _ = (service, tx, by, application, review, proof);
    Ok(())
}

/// Asks for steps to be done again.
pub(crate) async fn resubmit(
    service: &Service,
    tx: &mut Tx,
    by: &Caller,
    application: ApplicationId,
    review: Review,
    asks: Vec<Ask>,
) -> Result<(), Error> {
    let _ = (service, tx, by, application, review, asks);
    Ok(())
}

/// Rejects for good.
pub(crate) async fn reject(
    service: &Service,
    tx: &mut Tx,
    by: &Caller,
    application: ApplicationId,
    review: Review,
    reasons: Vec<Code>,
) -> Result<(), Error> {
    let _ = (service, tx, by, application, review, reasons);
    Ok(())
}

/// Opens a rejected application again, under a new case.
pub(crate) async fn reopen(
    service: &Service,
    tx: &mut Tx,
    by: &Caller,
    application: ApplicationId,
    case: CaseId,
    cause: ReopenCause,
) -> Result<(), Error> {
    let _ = (service, tx, by, application, case, cause);
    Ok(())
}
