//! Cases, appeals and tickets, on both databases.

mod appeals;
mod clocks;
mod compare;
mod decisions;
mod hands;
mod looks;
mod numbers;
mod order;
mod quality;
mod remarks;
mod reveals;
mod tickets;

use shiming_domain::account::{Activity, Life, Locale, Restrictions};
use shiming_domain::application;
use shiming_domain::case::{CaseType, Decision, Role, Verdict};
use shiming_domain::effect::Effect;
use shiming_domain::evidence::FaceMatch;
use shiming_domain::id::{AccountId, ApplicationId, CaseId, EventId, StaffId};
use shiming_domain::reason::{Code, Step};
use shiming_engine::review::{Decide, Line};
use shiming_engine::service::{Caller, Error, Job, Pending, Principal, Scope, Strength, Subject};
use shiming_store::account::{self as accounts, StoredAccount};
use shiming_store::audit::{self, Actor, Audit};
use shiming_store::queue::{self, NewJob};
use shiming_testkit::trial::seen::good_evidence;
use shiming_testkit::trial::stories::{self, Somebody};
use shiming_testkit::trial::{Database, Trial, TrialOptions};

/// A trial in which nothing is looked at again by chance.
async fn trial(database: Database) -> Trial {
    Trial::with(database, TrialOptions { edit_policy: no_samples, ..TrialOptions::default() }).await
}

fn no_samples(text: String) -> String {
    text.replace("new_reviewer_first_cases = 50", "new_reviewer_first_cases = 0")
        .replace("single_reviewer_sample_percent = 5", "single_reviewer_sample_percent = 0")
}

fn staff(n: u128, role: Role) -> Caller {
    Caller {
        principal: Principal::Staff { staff: StaffId::from_bits(n), role, session: format!("s{n}") },
        strength: Strength::TwoFactors,
        verified_at: None,
        request_id: None,
        network: None,
    }
}

fn reviewer(n: u128) -> Caller {
    staff(n, Role::Reviewer)
}

fn supervisor() -> Caller {
    staff(90, Role::Supervisor)
}

fn account(n: u128) -> AccountId {
    AccountId::from_bits(n)
}

fn owner(n: u128) -> Caller {
    Caller {
        principal: Principal::Applicant { account: account(n), session: "s".to_owned() },
        strength: Strength::OneFactor,
        verified_at: None,
        request_id: None,
        network: None,
    }
}

/// Opens the case `n` of the account `n` and of an application that is not there, as a transition would.
async fn open(trial: &Trial, n: u128, opens: CaseType) -> CaseId {
    in_use(trial, account(n)).await;
    let case = CaseId::from_bits(n);
    let effect = Effect::OpenCase { case, opens, proposed: vec![], barred: vec![] };
    effects(trial, n, effect).await;
    case
}

/// Makes sure that an account is there.
async fn in_use(trial: &Trial, id: AccountId) {
    let (now, mut tx) = (trial.service.now(), trial.database.store.change().await.unwrap());
    if accounts::load(&mut tx, id).await.unwrap().is_some() {
        return;
    }
    let new = StoredAccount {
        id,
        version: 1,
        life: Life::Active { opened_at: now },
        locale: Locale::En,
        restrictions: Restrictions::default(),
        deadline: None,
        person: None,
        level: 0,
        activity: Activity { opened_at: now, last_transaction_at: None, last_sign_in_at: None },
        recovered_at: None,
        created_at: now,
    };
    accounts::insert(&mut tx, &new).await.unwrap();
    tx.audit(&Audit::new(&Actor::system(), "test.open", "account", id), now).await.unwrap();
    tx.commit().await.unwrap();
}

/// Somebody whose face is not sure enough for the machine.
struct InReview {
    somebody: Somebody,
    application: ApplicationId,
    case: CaseId,
}

async fn in_review(trial: &Trial, n: u32) -> InReview {
    let somebody = stories::registered(trial, n).await;
    in_use(trial, somebody.account).await;
    let mut evidence = good_evidence(&somebody.printed.name, &somebody.printed.number);
    evidence.face_match = Some(FaceMatch { distance: 0.55 });
    trial.eyes.set_evidence(evidence);
    let application = stories::submitted(trial, &somebody, 1).await;
    trial.run_jobs().await;
    let mut tx = trial.database.store.read().await.unwrap();
    let cases = shiming_store::case::of_application(&mut tx, application).await.unwrap();
    let [case] = cases.as_slice() else { panic!("one case, not {}", cases.len()) };
    InReview { somebody, application, case: case.id }
}

/// Where an application is.
async fn status(trial: &Trial, real: &InReview) -> application::StateName {
    shiming_engine::application::view(&trial.service, &real.somebody.caller, real.application)
        .await
        .unwrap()
        .status
}

async fn effects(trial: &Trial, n: u128, effect: Effect) {
    let now = trial.service.now();
    let subject = Subject { account: account(n), application: Some(ApplicationId::from_bits(n)) };
    let id = trial.service.id(EventId::at);
    let job = Job::Effect { event: id, number: 0, subject, effect };
    let mut tx = trial.database.store.housekeep().await.unwrap();
    let new = NewJob {
        id,
        queue: job.queue(),
        kind: job.kind().to_owned(),
        payload: serde_json::to_string(&job).unwrap(),
        run_at: now,
        dedupe: None,
        attempts_max: 1,
    };
    queue::push(&mut tx, &new, now).await.unwrap();
    tx.commit().await.unwrap();
    trial.run_jobs().await;
}

/// What happened to an object, oldest first: actions, and the code of those that were refused.
async fn history(trial: &Trial, object: impl ToString) -> Vec<String> {
    entries(trial, object)
        .await
        .iter()
        .map(|row| {
            let action = row["action"].as_str().unwrap();
            row.get("reason").filter(|_| row["outcome"] == "refused").map_or_else(
                || action.to_owned(),
                |code| format!("{action} refused: {}", code.as_str().unwrap()),
            )
        })
        .collect()
}

async fn entries(trial: &Trial, object: impl ToString) -> Vec<serde_json::Value> {
    while audit::sequence(&trial.database.store, 500).await.unwrap() > 0 {}
    let mut tx = trial.database.store.read().await.unwrap();
    let rows = audit::about(&mut tx, &object.to_string(), i64::MAX, 200).await.unwrap();
    rows.iter().rev().map(|row| serde_json::from_slice(&row.entry).unwrap()).collect()
}

fn decide(line: &Line, decision: Decision) -> Decide {
    Decide {
        token: line.lease.unwrap().token,
        version: line.version,
        decision,
        note: None,
        remark: None,
        proof: None,
        term: None,
    }
}

fn approve() -> Decision {
    Decision::plain(Verdict::Approve)
}

fn reject() -> Decision {
    Decision { verdict: Verdict::Reject, reasons: vec![Code::DocCopy], steps: vec![] }
}

fn resubmit() -> Decision {
    Decision { verdict: Verdict::Resubmit, reasons: vec![Code::ImgBlur], steps: vec![Step::PortraitSide] }
}

async fn next(trial: &Trial, caller: &Caller) -> Option<Line> {
    match shiming_engine::review::next(&trial.service, caller).await.unwrap() {
        Some(pending) => Some(pending.commit().await.unwrap()),
        None => None,
    }
}

/// Takes the next case and decides it.
async fn next_decided(trial: &Trial, caller: &Caller, decision: Decision) -> Line {
    let line = next(trial, caller).await.expect("there is a case");
    let done = shiming_engine::review::decide(&trial.service, caller, line.id, decide(&line, decision)).await;
    done.unwrap().commit().await.unwrap()
}

/// The code of a refusal.
fn code<T>(answer: Result<Pending<T>, Error>) -> &'static str {
    match answer {
        Ok(_) => "done",
        Err(error) => error.code(),
    }
}
