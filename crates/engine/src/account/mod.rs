//! Accounts, sessions, second factors, staff, keys of machines: who may come in, and as whom.
//!
//! Whoever asks learns nothing about who else has an account: an unknown contact takes the same way, with the
//! same answer, the same work and the same limits, as a known one. Passwords are hashed between transactions.

mod breached;
mod change;
mod clock;
mod close;
mod code;
mod compromise;
mod consent;
mod device;
mod factor;
pub mod key;
mod overview;
pub mod passkey;
mod password;
mod preferences;
mod recover;
mod register;
mod session;
mod sign_in;
pub mod staff;
mod throttle;

pub use breached::{BreachedError, BreachedPasswords};
pub use change::{change_contact, confirm_contact};
pub(crate) use clock::clock;
pub use clock::remove;
pub use close::{close, keep_open};
pub(crate) use code::send as send_code;
pub use code::{Asked, ask_again, ask_for_step_up};
pub use compromise::{clear_compromise, report_compromise};
pub use consent::{ConsentView, consents, current_text, give_consent, withdraw_consent};
pub(crate) use consent::{
    are_given as consents_given, remember as remember_consents, require_text as require_consent_text,
};
pub use device::{DEVICE_LASTS, Device, device, new_device};
pub use factor::{Enrolment, Proof, confirm_totp, enrol_totp, recovery_codes, show_factor};
pub use key::authenticate as authenticate_key;
pub use overview::{ContactView, Overview, contacts, overview};
pub use preferences::prefer;
pub use recover::{Recovery, complete as complete_recovery, recover};
pub use register::{Registration, confirm, register};
pub use session::{
    SessionView, SignedIn, Still, authenticate_partial, authenticate_session, end_session, end_sessions,
    sessions, sign_out, sign_out_others,
};
pub use sign_in::{SignIn, sign_in};
pub use staff::setup_link;

use crate::service::{Caller, Error, Kind, Principal, Refused, Service, Strength};
use shiming_domain::account::{Life, LifeRules};
use shiming_domain::id::{AccountId, PersonId};
use shiming_domain::moment::Span;
use shiming_store::Tx;
use shiming_store::account::{StoredAccount, load, save};

/// The account of whoever asks.
pub(crate) fn own(caller: &Caller) -> Result<AccountId, Error> {
    caller.account().ok_or_else(unauthenticated)
}

/// Whose password, sessions and factors the caller's are: an account or a member of staff.
fn owner(caller: &Caller) -> Result<(String, String), Error> {
    match &caller.principal {
        Principal::Applicant { account, session } => Ok((account.to_string(), session.clone())),
        Principal::Staff { staff, session, .. } => Ok((staff.to_string(), session.clone())),
        _ => Err(unauthenticated()),
    }
}

fn unauthenticated() -> Error {
    Refused::new(Kind::Unauthenticated, "unauthenticated", "Sign in first.").into()
}

/// An account that must be there, because its owner is.
pub(crate) async fn existing(tx: &mut Tx, id: AccountId) -> Result<StoredAccount, Error> {
    load(tx, id).await?.ok_or_else(Error::not_found)
}

/// A factor was shown a short while ago, and two of them where there are two: asked for before anything that
/// would hand the account to somebody else.
pub fn require_fresh(service: &Service, caller: &Caller) -> Result<(), Error> {
    let age = Span::minutes(service.policy().rules().reveal.step_up_age_max_min);
    let fresh = caller.verified_at.is_some_and(|at| service.now().since(at) <= age);
    if fresh && caller.strength > Strength::None { Ok(()) } else { Err(step_up()) }
}

fn require_two_factors(service: &Service, caller: &Caller) -> Result<(), Error> {
    require_fresh(service, caller)?;
    if caller.strength == Strength::TwoFactors { Ok(()) } else { Err(step_up()) }
}

fn step_up() -> Error {
    let detail = "Show a factor again first: POST /api/v1/sessions/second-factor.";
    Refused::new(Kind::Forbidden, "step_up_required", detail).into()
}

fn life_rules(service: &Service) -> LifeRules {
    LifeRules::from(service.policy().rules())
}

/// Names the person of an account.
pub(crate) async fn set_person(tx: &mut Tx, id: AccountId, person: PersonId) -> Result<(), Error> {
    let mut account = existing(tx, id).await?;
    if account.person != Some(person) {
        account.person = Some(person);
        save(tx, &account).await?;
    }
    Ok(())
}

/// Whether an account exists and is in use, neither pending nor closed.
pub(crate) async fn is_active(tx: &mut Tx, id: AccountId) -> Result<bool, Error> {
    Ok(load(tx, id).await?.is_some_and(|account| matches!(account.life, Life::Active { .. })))
}

/// Its owner may come in.
const fn is_open(life: Life) -> bool {
    matches!(life, Life::Active { .. } | Life::Closing { .. })
}
