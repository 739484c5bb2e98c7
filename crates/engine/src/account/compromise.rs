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

/// Opens it again: two factors now, and an application submitted since then that was approved by a live selfie.
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
    // By when it was submitted: a draft from before may be finished.
    let shown = begun.iter().any(|found| match found.application.state() {
        State::Approved { attempt, proof, .. } => {
            attempt.submitted_at >= held.since && proof.face() == FaceProof::LiveMatch
        }
        _ => false,
    });
    if !shown {
        let detail = "Verify again first, with a live selfie.";
        return Err(Refused::new(Kind::Conflict, "reverify_first", detail).into());
    }
    let by = LiftedBy::StrongSignInAndSelfie;
    wallet::lift(service, &mut tx, account, Restriction::CompromiseReported, by).await?;
    Ok(Pending::new(service, tx, ()))
}
