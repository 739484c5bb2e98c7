//! What follows from transitions, one arm each.
//!
//! An effect is carried out once, however often its job runs: the transaction that does it marks it as done.
//! It reads the state anew and does nothing where the world has moved on. The transition's own audit row
//! names the event; what an effect changes beyond it is audited by the slice that changes it.

use crate::review::NewCase;
use crate::service::{Caller, Error, Job, Service, Subject};
use crate::{account, application, notice, person, review, wallet};
use shiming_domain::account::{LiftedBy, Restriction, SetBy};
use shiming_domain::application::{Rules, State, WithdrawReason};
use shiming_domain::effect::Effect;
use shiming_domain::id::{AccountId, ApplicationId, EventId};
use shiming_domain::notice::Notice;
use shiming_store::audit::Audit;
use shiming_store::{Tx, application as stored, person as people, queue};
use std::collections::BTreeMap;

/// Carries out one effect. May run twice.
pub(crate) async fn run(
    service: &Service,
    event: EventId,
    number: u32,
    subject: Subject,
    effect: &Effect,
) -> Result<(), Error> {
    // These run in transactions of their own, and find nothing to do the second time.
    match effect {
        Effect::WithdrawApplications => {
            application::withdraw_all(service, subject.account, WithdrawReason::AccountClosed).await
        }
        Effect::EndSessions => account::end_sessions(service, subject.account).await,
        Effect::RemoveAccount => account::remove(service, subject.account).await,
        Effect::ShredFaceData => application::remove_destroyed(service).await,
        _ => again!(once(service, event, number, subject, effect)),
    }
}

/// All others: marked and carried out in one transaction.
async fn once(
    service: &Service,
    event: EventId,
    number: u32,
    subject: Subject,
    effect: &Effect,
) -> Result<(), Error> {
    let mut tx = service.store().housekeep().await?;
    if !stored::first_time(&mut tx, event, number, service.now()).await? {
        return Ok(());
    }
    carry_out(service, &mut tx, event, subject, effect).await?;
    Ok(tx.commit().await?)
}

async fn carry_out(
    service: &Service,
    tx: &mut Tx,
    event: EventId,
    subject: Subject,
    effect: &Effect,
) -> Result<(), Error> {
    let Subject { account, application } = subject;
    let now = service.now();
    match effect {
        Effect::RunChecks { attempt, run } => {
            let application = application.ok_or(Error::Internal("effect_without_application"))?;
            service.push(tx, &Job::Checks { application, attempt: *attempt, run: *run }, now).await
        }
        Effect::StopJobs(id) => {
            for kind in ["checks", "source"] {
                queue::cancel(tx, &format!("{kind}:{id}:"), now).await?;
            }
            Ok(())
        }
        Effect::OpenCase { case, opens, proposed, barred } => {
            let (proposed, barred) = (proposed.clone(), barred.clone());
            let new = NewCase { id: *case, kind: *opens, account, application, proposed, barred };
            review::open_case(service, tx, new).await
        }
        Effect::CloseCase(case) => review::close_case(service, tx, *case).await,
        Effect::CancelCase(case) => review::cancel_case(service, tx, *case).await,
        Effect::Notify(notice) => tell(service, tx, subject, *notice).await,
        Effect::NotifyAt(notice, _) => {
            if still_so(tx, subject, *notice).await? {
                tell(service, tx, subject, *notice).await?;
            }
            Ok(())
        }
        Effect::Deadline(change) => wallet::deadline(service, tx, account, *change, application).await,
        Effect::IssueVerification { application, attempt } => {
            person::issue(service, tx, event, *application, *attempt).await
        }
        Effect::RecomputeLevel => wallet::recompute_level(service, tx, account).await.map(drop),
        Effect::Restrict(restriction) => {
            wallet::restrict(service, tx, account, *restriction, SetBy::System).await
        }
        Effect::Lift(restriction) => lift(service, tx, subject, *restriction).await,
        Effect::ShortenRetention => application::shorten_retention(service, tx, need(subject)?).await,
        Effect::KeepPictures => application::keep_pictures(service, tx, need(subject)?).await,
        Effect::RestrictData => restrict_data(service, tx, account).await,
        // Counted in the transaction of the event itself, see `application::counting`.
        Effect::Count(_) | Effect::EndRow(_)
        // Told by the event that supersedes; nobody waits for it yet.
        | Effect::VerificationReplaced(_)
        // Carried out above.
        | Effect::WithdrawApplications | Effect::EndSessions | Effect::RemoveAccount
        | Effect::ShredFaceData => Ok(()),
    }
}

/// Whether what a notice was planned for is still true.
async fn still_so(tx: &mut Tx, subject: Subject, notice: Notice) -> Result<bool, Error> {
    let (Notice::ApplicationDelayed, Some(id)) = (notice, subject.application) else { return Ok(true) };
    let found = stored::load(tx, id).await?;
    Ok(found.is_some_and(|found| matches!(found.application.state(), State::WaitingSource { .. })))
}

async fn tell(service: &Service, tx: &mut Tx, subject: Subject, notice: Notice) -> Result<(), Error> {
    let params = params(service, tx, subject, notice).await?;
    notice::tell(service, tx, subject.account, notice, params, service.now()).await?;
    Ok(())
}

/// What fills a notice's text: dates and names of steps, nothing personal.
async fn params(
    service: &Service,
    tx: &mut Tx,
    subject: Subject,
    notice: Notice,
) -> Result<BTreeMap<&'static str, String>, Error> {
    let document = [Notice::DocumentExpiredGrace, Notice::VerificationLapsed, Notice::DocumentExpiring];
    if document.contains(&notice) {
        return person::notice_dates(tx, subject.account).await;
    }
    let Some(id) = subject.application else { return Ok(BTreeMap::new()) };
    let Some(found) = stored::load(tx, id).await? else { return Ok(BTreeMap::new()) };
    Ok(match found.application.state() {
        State::Resubmit { asked, .. } if notice == Notice::ApplicationResubmit => {
            let steps = asked.iter().map(|step| serde_json::to_value(step).unwrap_or_default());
            let steps: Vec<String> = steps.filter_map(|step| step.as_str().map(str::to_owned)).collect();
            [("steps", steps.join(","))].into()
        }
        State::Rejected { appeal_until, .. } if notice == Notice::ApplicationRejected => {
            [("date", service.calendar().day(*appeal_until).date().to_string())].into()
        }
        State::ManualReview { case, since, .. } if notice == Notice::ApplicationInReview => {
            [("due", review::promised(service, tx, *case, *since).await?.to_string())].into()
        }
        // A source that stays silent leaves it to a person, whose time begins then.
        State::WaitingSource { since, .. } if notice == Notice::ApplicationDelayed => {
            let given_up = *since + Rules::from(service.policy().rules()).source_give_up;
            [("due", review::promised_from(service, given_up)?.to_string())].into()
        }
        _ => BTreeMap::new(),
    })
}

/// Lifts what the approval of an application, or a renewal, lifts. After an appeal it is the appeal's.
async fn lift(
    service: &Service,
    tx: &mut Tx,
    subject: Subject,
    restriction: Restriction,
) -> Result<(), Error> {
    wallet::lift(service, tx, subject.account, restriction, LiftedBy::Approval).await
}

/// The application an effect is about.
fn need(subject: Subject) -> Result<ApplicationId, Error> {
    subject.application.ok_or(Error::Internal("effect_without_application"))
}

async fn restrict_data(service: &Service, tx: &mut Tx, account: AccountId) -> Result<(), Error> {
    people::restrict_data(tx, account, service.now()).await?;
    // The law's years count from the end of the relationship.
    let years = service.policy().retention.identity_years;
    let last = service.calendar().day(service.now()).plus_months(years.saturating_mul(12));
    let until = service.calendar().start_of(last.plus(1));
    let files = stored::shorten_retention_of(tx, account, until).await?;
    let audit = Audit::new(&Caller::system().actor(), "account.restrict_data", "account", account)
        .with("files", files)
        .with("until_us", until.unix_us());
    Ok(tx.audit(&audit, service.now()).await?)
}
