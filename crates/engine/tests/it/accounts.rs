//! Accounts, sessions, second factors, staff and keys, on both databases.

mod contacts;
mod devices;
mod keys_and_staff;
mod passkeys;
mod sign_in;

use shiming_domain::account::{Life, Locale};
use shiming_domain::case::Role;
use shiming_domain::id::{AccountId, PersonId};
use shiming_domain::moment::Span;
use shiming_engine::account::key::{self, NewKey};
use shiming_engine::account::staff::{self, Invitation, SetUp};
use shiming_engine::account::{self, Proof, Recovery, Registration, SignIn, SignedIn, Still};
use shiming_engine::outside::Letter;
use shiming_engine::service::{Caller, Error, Kind, Principal, Scope, Strength};
use shiming_store::account as stored;
use shiming_testkit::trial::{Trial, TrialOptions, databases};
use shiming_vault::totp::TotpSecret;

const MAIL: &str = "wang.fang@example.org";
const PASSWORD: &str = "rain on the old city wall";

fn anyone() -> Caller {
    Caller::anyone(None, None)
}

fn registration(contact: &str) -> Registration {
    Registration {
        contact: contact.to_owned(),
        password: PASSWORD.to_owned(),
        locale: Locale::En,
        device: None,
    }
}

fn with(contact: &str, password: &str) -> SignIn {
    SignIn {
        contact: contact.to_owned(),
        password: password.to_owned(),
        staff: false,
        device: Some("Firefox, Linux".to_owned()),
        known: None,
    }
}

async fn sign_in(trial: &Trial, contact: &str, password: &str) -> Result<SignedIn, Error> {
    account::sign_in(&trial.service, &anyone(), with(contact, password)).await?.commit().await
}

/// Registers and confirms.
async fn open_account(trial: &Trial, contact: &str) -> SignedIn {
    let asked = account::register(&trial.service, &anyone(), registration(contact)).await.unwrap();
    let asked = asked.commit().await.unwrap();
    trial.run_jobs().await;
    let code = trial.outbox.last_code().unwrap();
    let signed_in = account::confirm(&trial.service, &anyone(), asked.request, &code, None).await.unwrap();
    signed_in.commit().await.unwrap()
}

async fn caller(trial: &Trial, signed_in: &SignedIn) -> Caller {
    account::authenticate_session(&trial.service, &signed_in.token, None, None).await.unwrap().unwrap()
}

fn shown(trial: &Trial, secret: &TotpSecret) -> Proof {
    Proof::Totp(secret.shown_at(trial.service_s()))
}

trait Seconds {
    fn service_s(&self) -> u64;
}

impl Seconds for Trial {
    fn service_s(&self) -> u64 {
        self.service.now().unix_ms() / 1000
    }
}

/// Sets up an authenticator; answers it and the session that knows two factors now.
async fn enrol(trial: &Trial, signed_in: &SignedIn) -> (TotpSecret, SignedIn) {
    let partial =
        account::authenticate_partial(&trial.service, &signed_in.token, None, None).await.unwrap().unwrap();
    let enrolment = account::enrol_totp(&trial.service, &partial).await.unwrap().commit().await.unwrap();
    let secret = TotpSecret::parse(&enrolment.secret).unwrap();
    let typed = secret.shown_at(trial.service_s());
    let next = account::confirm_totp(&trial.service, &anyone(), &signed_in.token, &typed).await.unwrap();
    (secret, next.commit().await.unwrap())
}

/// The code, the kind and the words of a refusal: all that a caller sees.
fn seen<T>(result: Result<T, Error>) -> (Kind, &'static str, String) {
    let Err(Error::Refused(refused)) = result else { unreachable!("it was not refused") };
    (refused.kind, refused.code, refused.detail)
}

fn code_of<T>(result: Result<T, Error>) -> &'static str {
    seen(result).1
}
