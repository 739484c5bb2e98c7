//! Signing in with a passkey alone. It is bound to our pages, so that nothing that is shown to another page helps
//! anybody, and it verifies its user, so that it is two factors in one.

use super::{Judged, RequestOptions, give_out, judge, party};
use crate::account::session::{Owner, SignedIn, present};
use crate::account::sign_in::{With, admit, failed};
use crate::account::throttle;
use crate::service::{Caller, Error, Pending, Service};
use shiming_store::account::ChallengeFor;
use shiming_store::audit::Audit;
use shiming_vault::passkey::Assertion;

/// What somebody signs in with.
#[derive(Clone, Debug)]
pub struct PasskeySignIn {
    /// What their authenticator answered.
    pub assertion: Assertion,
    /// As a member of staff.
    pub staff: bool,
    /// Coarse words for the device.
    pub device: Option<String>,
}

/// Begins a sign-in. Nobody says who they are yet: the browser lets them choose.
pub async fn begin_sign_in(service: &Service, caller: &Caller) -> Result<Pending<RequestOptions>, Error> {
    throttle::network(service, caller).await?;
    let party = party(service)?.id().to_owned();
    let mut tx = service.store().housekeep().await?;
    let (challenge, expires_at) = give_out(service, &mut tx, ChallengeFor::SignIn, None).await?;
    let options = RequestOptions { party, challenge, expires_at, known: Vec::new(), user_verification: true };
    Ok(Pending::new(service, tx, options))
}

/// Signs in. Whatever is wrong has one answer.
pub async fn sign_in(
    service: &Service,
    caller: &Caller,
    sign_in: PasskeySignIn,
) -> Result<Pending<SignedIn>, Error> {
    let PasskeySignIn { assertion, staff, device } = sign_in;
    let typed = shiming_vault::digest::Sha256::of(&assertion.credential).to_string();
    throttle::attempt(service, caller, DOOR, &typed).await?;
    let mut tx = service.store().change().await?;
    let (why, owner) = match judge(service, &mut tx, &assertion, None, None).await? {
        Judged::Right { id, owner } => match present(&mut tx, &owner).await? {
            Some(found) if matches!(found, Owner::Staff(..)) == staff => {
                throttle::forgive(service, &mut tx, DOOR, &typed).await?;
                let with = With::Passkey(id);
                let signed_in = admit(service, &mut tx, caller, found, with, device.as_deref()).await?;
                return Ok(Pending::new(service, tx, signed_in));
            }
            _ => ("passkey_of_another", Some(owner)),
        },
        Judged::Wrong { why, owner } => (why, owner),
    };
    let row =
        Audit::new(&caller.actor(), "session.begin", "owner", owner.unwrap_or_else(|| "unknown".into()));
    tx.audit(&row.refused("sign_in_failed").with("why", why), service.now()).await?;
    tx.commit().await?;
    throttle::failed(service).await?;
    Err(failed())
}

/// Names the counter.
const DOOR: &str = "passkey";
