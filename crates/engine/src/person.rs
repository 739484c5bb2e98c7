//! People: verifications, levels, restrictions.

use crate::service::{Error, Service};
use shiming_domain::id::VerificationId;

/// Does what is due.
pub(crate) async fn clock(service: &Service, verification: VerificationId) -> Result<(), Error> {
    let _ = (service, verification);
    Ok(())
}

/// What a person's last verification says: a stand-in.
pub(crate) struct PersonStanding {
    /// How it stands.
    pub(crate) identity: shiming_domain::level::Identity,
    /// What it rests on.
    pub(crate) document: Option<shiming_domain::policy::DocumentKind>,
    /// A live selfie matched, or the recorded route with a person was taken.
    pub(crate) selfie_match: bool,
}

/// What a person's last verification says: a stand-in.
pub(crate) async fn standing(
    tx: &mut shiming_store::Tx,
    person: shiming_domain::id::PersonId,
) -> Result<PersonStanding, Error> {
    let facts = shiming_store::person::stand_in(tx, person).await?;
    let shiming_domain::level::Facts { identity, document, selfie_match, .. } = facts;
    Ok(PersonStanding { identity, document, selfie_match })
}
