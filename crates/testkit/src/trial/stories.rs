//! What happened before a test begins.

use super::Trial;
use super::seen::{Printed, picture, specimen};
use shiming_domain::account::{Activity, Life, Locale, Restrictions};
use shiming_domain::application::Purpose;
use shiming_domain::id::{AccountId, ApplicationId};
use shiming_domain::judge::Declared;
use shiming_domain::personal::Personal;
use shiming_domain::policy::Consent;
use shiming_domain::reason::Step;
use shiming_domain::steps::Answer;
use shiming_engine::application::{
    NewApplication, Upload, create, put_file, save_consent, save_form, submit,
};
use shiming_engine::service::{Caller, Principal, Strength};
use shiming_store::account::{self, StoredAccount};

/// Somebody with an account.
#[derive(Clone, Debug)]
pub struct Somebody {
    /// Their account.
    pub account: AccountId,
    /// They, signed in.
    pub caller: Caller,
    /// What is on their card.
    pub printed: Printed,
}

/// Somebody with an account; everybody with another `n` is somebody else.
pub async fn registered(trial: &Trial, n: u32) -> Somebody {
    let (account, now) = (trial.service.id(AccountId::at), trial.service.now());
    let new = StoredAccount {
        id: account,
        version: 1,
        life: Life::Active { opened_at: now },
        locale: Locale::ZhCn,
        restrictions: Restrictions::default(),
        deadline: None,
        person: None,
        level: 0,
        activity: Activity { opened_at: now, last_transaction_at: None, last_sign_in_at: None },
        recovered_at: None,
        created_at: now,
    };
    let mut tx = trial.service.store().housekeep().await.expect("a transaction");
    account::insert(&mut tx, &new).await.expect("an account");
    tx.commit().await.expect("it lasts");
    let caller = Caller {
        principal: Principal::Applicant { account, session: format!("session-{n}") },
        strength: Strength::OneFactor,
        verified_at: Some(now),
        request_id: None,
        network: None,
    };
    Somebody { account, caller, printed: specimen(n) }
}

/// Their application, just begun.
pub async fn begun(trial: &Trial, somebody: &Somebody, level: u8) -> ApplicationId {
    let new = NewApplication { account: None, purpose: Purpose::First, requested_level: level };
    let pending = create(&trial.service, &somebody.caller, new).await.expect("an application begins");
    pending.commit().await.expect("it lasts").id
}

/// Their application with consents and form.
pub async fn declared(trial: &Trial, somebody: &Somebody, level: u8) -> ApplicationId {
    let id = begun(trial, somebody, level).await;
    declare(trial, somebody, id).await;
    id
}

/// Gives every consent and what is on their card.
pub async fn declare(trial: &Trial, somebody: &Somebody, id: ApplicationId) {
    let kinds = trial.service.policy().consents.kinds.clone();
    let answers = kinds.into_iter().map(|kind: Consent| (kind, Answer::Given)).collect();
    let text = ("2026-11", "zh-CN");
    let saved = save_consent(&trial.service, &somebody.caller, id, answers, text).await;
    saved.expect("consents are saved").commit().await.expect("they last");
    let Printed { name, number } = &somebody.printed;
    let typed = Declared { name: Personal::new(name), number: Personal::new(number) };
    let saved = save_form(&trial.service, &somebody.caller, id, &typed).await.expect("a form is saved");
    assert!(saved.value.accepted, "{:?}", saved.value.reasons);
    saved.commit().await.expect("it lasts");
}

/// Sends a good picture for a step.
pub async fn sent(trial: &Trial, somebody: &Somebody, id: ApplicationId, step: Step) {
    // Nobody else's picture: the account is in it.
    let salt = u32::try_from(somebody.account.bits() & 0xffff_ffff).expect("32 bits");
    let bytes = picture(step, "good", &somebody.printed, salt);
    let upload = Upload { step, bytes, live: true };
    let sent = put_file(&trial.service, &somebody.caller, id, upload).await.expect("a picture is sent");
    assert!(sent.value.file.is_some(), "{:?}", sent.value.reasons);
    sent.commit().await.expect("it lasts");
}

/// Their application with everything in it, not yet submitted.
pub async fn filled(trial: &Trial, somebody: &Somebody, level: u8) -> ApplicationId {
    let id = begun(trial, somebody, level).await;
    fill(trial, somebody, id).await;
    id
}

/// Puts everything into an application that has begun.
pub async fn fill(trial: &Trial, somebody: &Somebody, id: ApplicationId) {
    declare(trial, somebody, id).await;
    for step in [Step::PortraitSide, Step::EmblemSide, Step::Selfie] {
        sent(trial, somebody, id, step).await;
    }
}

/// Their application, submitted; the checks have not run.
pub async fn submitted(trial: &Trial, somebody: &Somebody, level: u8) -> ApplicationId {
    let id = filled(trial, somebody, level).await;
    let done = submit(&trial.service, &somebody.caller, id).await.expect("it is submitted");
    done.commit().await.expect("it lasts");
    id
}

/// Somebody who is verified, and every job has run.
pub async fn approved(trial: &Trial, n: u32) -> (Somebody, ApplicationId) {
    let somebody = registered(trial, n).await;
    let id = submitted(trial, &somebody, 1).await;
    trial.run_jobs().await;
    (somebody, id)
}
