//! Passkeys: as a second factor, and as a sign-in of their own that no other page can ask for.
//!
//! A challenge is given out for one thing: setting up or showing a passkey in a session, or signing in. It is taken
//! once, whatever comes of the answer, and is worth nothing after five minutes. Staff use passkeys that verify their
//! user and stay on one device; everybody signs in only with one that verifies its user, because it is then two
//! factors in one.

mod enrol;
mod keep;
mod sign_in;

pub use enrol::{begin_registration, finish_registration};
pub use keep::{PasskeyView, list, remove, rename};
pub use sign_in::{PasskeySignIn, begin_sign_in, sign_in};

use super::session::found;
use super::{require_fresh, step_up, unauthenticated};
use crate::service::{Caller, Error, Kind, Pending, Refused, Service};
use shiming_domain::id::{PasskeyId, StaffId};
use shiming_domain::moment::{Span, Timestamp};
use shiming_store::Tx;
use shiming_store::account::{self as stored, ChallengeFor, StoredSession};
use shiming_vault::passkey::{
    Assertion, Expected, Known, PasskeyError, RelyingParty, authenticate, challenge_of,
};
use shiming_vault::token::Token;

/// A challenge is worth nothing after so long.
const CHALLENGE_LASTS: Span = Span::minutes(5);
/// Passkeys of one owner.
pub const PASSKEYS_MAX: usize = 10;
/// Characters of a passkey's name.
pub const NAME_CHARS_MAX: usize = 64;

/// What `navigator.credentials.create()` is to be called with.
#[derive(Clone, Debug)]
pub struct CreationOptions {
    /// Whose passkeys they are: a host name.
    pub party: String,
    /// What authenticators call the owner: random.
    pub user_handle: Vec<u8>,
    /// What authenticators show of the owner: a masked contact, or a role.
    pub user_name: String,
    /// The challenge, base64url.
    pub challenge: String,
    /// The challenge is worth nothing from then on.
    pub expires_at: Timestamp,
    /// Credentials that the owner has already.
    pub known: Vec<Vec<u8>>,
    /// The authenticator must verify its user.
    pub user_verification: bool,
}

/// What `navigator.credentials.get()` is to be called with.
#[derive(Clone, Debug)]
pub struct RequestOptions {
    /// Whose passkeys they are: a host name.
    pub party: String,
    /// The challenge, base64url.
    pub challenge: String,
    /// The challenge is worth nothing from then on.
    pub expires_at: Timestamp,
    /// Credentials of the owner; none where it is not yet known who signs in.
    pub known: Vec<Vec<u8>>,
    /// The authenticator must verify its user.
    pub user_verification: bool,
}

/// How long a challenge lasts, in milliseconds, for browsers.
pub const fn timeout_ms() -> i64 {
    CHALLENGE_LASTS.us() / 1000
}

/// Begins to show a passkey as a second factor of a session.
pub async fn begin_factor(
    service: &Service,
    from: &Caller,
    token: &str,
) -> Result<Pending<RequestOptions>, Error> {
    super::throttle::network(service, from).await?;
    let (session, _) = found(service, token).await?.ok_or_else(unauthenticated)?;
    let id = session.id.to_string();
    let mut tx = service.store().housekeep().await?;
    let (challenge, expires_at) = give_out(service, &mut tx, ChallengeFor::Factor, Some(&id)).await?;
    let known = stored::passkeys(&mut tx, &session.owner).await?;
    let options = RequestOptions {
        party: party(service)?.id().to_owned(),
        challenge,
        expires_at,
        known: known.into_iter().map(|passkey| passkey.credential).collect(),
        user_verification: is_staff(&session.owner),
    };
    Ok(Pending::new(service, tx, options))
}

/// What the use of a passkey came to. The transaction holds that its challenge was taken.
pub(super) enum Judged {
    /// It is right.
    Right { id: PasskeyId, owner: String },
    /// It is not, and why; whose it would have been, if it is known.
    Wrong { why: &'static str, owner: Option<String> },
}

/// Judges the use of a passkey: of this owner, or of whoever it turns out to be.
pub(super) async fn judge(
    service: &Service,
    tx: &mut Tx,
    assertion: &Assertion,
    session: Option<&str>,
    of: Option<&str>,
) -> Result<Judged, Error> {
    let wrong = |why, owner| Ok(Judged::Wrong { why, owner });
    let (party, now) = (party(service)?, service.now());
    let challenge = match challenge_of(&assertion.client_data) {
        Ok(challenge) => challenge,
        Err(error) => return wrong(error.code(), None),
    };
    let purpose = if session.is_some() { ChallengeFor::Factor } else { ChallengeFor::SignIn };
    if !stored::take_challenge(tx, &challenge, purpose, session, now).await? {
        return wrong(PasskeyError::Challenge.code(), None);
    }
    let Some(passkey) = stored::passkey_by_credential(tx, &assertion.credential).await? else {
        return wrong("passkey_unknown", None);
    };
    let owner = passkey.owner.clone();
    let handle = stored::passkey_handle(tx, &owner).await?;
    // Without a session the handle says who signs in; within one it may be missing.
    let named = match &assertion.user_handle {
        Some(named) => Some(named) == handle.as_ref(),
        None => session.is_some(),
    };
    if of.is_some_and(|of| of != owner) || !named {
        return wrong("passkey_of_another", Some(owner));
    }
    let user_verification = session.is_none() || is_staff(&owner);
    let expected = Expected { party: &party, challenge: &challenge, user_verification };
    let known = Known {
        public_key: &passkey.public_key,
        sign_count: passkey.sign_count,
        backup_eligible: passkey.backup_eligible,
    };
    let used = match authenticate(expected, known, assertion) {
        Ok(used) => used,
        Err(error) => {
            if error == PasskeyError::Counter {
                alarm(passkey.id);
            }
            return wrong(error.code(), Some(owner));
        }
    };
    if !stored::use_passkey(tx, &passkey, used, now).await? {
        alarm(passkey.id);
        return wrong(PasskeyError::Counter.code(), Some(owner));
    }
    Ok(Judged::Right { id: passkey.id, owner })
}

/// There may be a second authenticator with the same key.
fn alarm(passkey: PasskeyId) {
    metrics::counter!("shiming_passkey_counters_back_total").increment(1);
    tracing::warn!(passkey = %passkey, "the signature counter of a passkey went back; it may have been copied");
}

/// The service as browsers know it.
fn party(service: &Service) -> Result<RelyingParty, Error> {
    RelyingParty::of(&service.settings().public_url).ok_or_else(|| {
        let detail = "Passkeys need a host name and TLS in server.public_url (or localhost).";
        Refused::new(Kind::Conflict, "passkeys_unavailable", detail).into()
    })
}

/// Gives out a new challenge.
async fn give_out(
    service: &Service,
    tx: &mut Tx,
    purpose: ChallengeFor,
    session: Option<&str>,
) -> Result<(String, Timestamp), Error> {
    let (challenge, expires_at) = (Token::generate(&mut service.draw()), service.now() + CHALLENGE_LASTS);
    stored::insert_challenge(tx, &challenge.hash(), purpose, session, expires_at).await?;
    Ok((challenge.reveal(), expires_at))
}

/// Setting up a factor asks for a fresh one, and for two where there are two.
fn may_enrol(
    service: &Service,
    session: &StoredSession,
    caller: &Caller,
    enrolled: bool,
) -> Result<(), Error> {
    require_fresh(service, caller)?;
    if enrolled && !session.two_factors { Err(step_up()) } else { Ok(()) }
}

fn is_staff(owner: &str) -> bool {
    owner.parse::<StaffId>().is_ok()
}
