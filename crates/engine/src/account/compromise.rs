//! Whoever fears that somebody else has their account freezes it at once, and opens it again with a strong
//! sign-in and their face. Support may do both.

use super::{existing, own, require_two_factors};
use crate::service::{Caller, Error, Kind, Pending, Refused, Service};
use crate::wallet;
use shiming_domain::account::{LiftedBy, Restriction, SetBy};
use shiming_domain::application::{FaceProof, State};
use shiming_store::application;

/// Applications looked at: the one that counts is the newest.
const APPLICATIONS_MAX: u32 = 20;

/// Freezes the account of whoever asks. Again changes nothing.
pub async fn report_compromise(service: &Service, caller: &Caller) -> Result<Pending<()>, Error> {
    let account = own(caller)?;
    let mut tx = service.store().change().await?;
    wallet::restrict(service, &mut tx, account, Restriction::CompromiseReported, SetBy::Person).await?;
    Ok(Pending::new(service, tx, ()))
}

/// Opens it again: two factors now, and an application since then that was approved by a live selfie.
pub async fn clear_compromise(service: &Service, caller: &Caller) -> Result<Pending<()>, Error> {
    let account = own(caller)?;
    require_two_factors(service, caller)?;
    let mut tx = service.store().change().await?;
    let held = existing(&mut tx, account).await?.restrictions.get(Restriction::CompromiseReported);
    let Some(held) = held else {
        let detail = "Nothing was reported for this account.";
        return Err(Refused::new(Kind::Conflict, "restriction_not_held", detail).into());
    };
    let now = service.now();
    let begun = application::of_account(&mut tx, account, now, APPLICATIONS_MAX).await?;
    let shown = begun.iter().any(|found| {
        let since = found.application.created_at >= held.since;
        let live = matches!(
            found.application.state(),
            State::Approved { proof, .. } if proof.face() == FaceProof::LiveMatch
        );
        since && live
    });
    if !shown {
        let detail = "Verify again first, with a live selfie.";
        return Err(Refused::new(Kind::Conflict, "reverify_first", detail).into());
    }
    let by = LiftedBy::StrongSignInAndSelfie;
    wallet::lift(service, &mut tx, account, Restriction::CompromiseReported, by).await?;
    Ok(Pending::new(service, tx, ()))
}
