//! People: their verifications and what becomes due of them.

use crate::application::{document, review};
use crate::service::{Caller, Error, Job, Service, Subject};
use serde_json::json;
use shiming_domain::id::{AccountId, ApplicationId, AttemptId, EventId, PersonId, VerificationId};
use shiming_domain::judge::Declared;
use shiming_domain::level::Identity;
use shiming_domain::moment::Timestamp;
use shiming_domain::notice::Notice;
use shiming_domain::policy::DocumentKind;
use shiming_domain::verification::{Due, Event, FourEyes, Rules, StandingName, Timer, Verification};
use shiming_store::audit::{Actor, Audit};
use shiming_store::person::{self as stored, StoredVerification};
use shiming_store::{Tx, application};
use shiming_vault::keys::Purpose;
use std::collections::BTreeMap;

/// What is known of the person of an account: the half of a level's facts that this slice owns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonFacts {
    /// The person.
    pub person: PersonId,
    /// The verification that counts, or the last one that did.
    pub verification: VerificationId,
    /// How it stands.
    pub identity: Identity,
    /// What it rests on.
    pub document: DocumentKind,
    /// A live selfie matched, or the recorded way with a person was taken: nothing is approved without.
    pub selfie_match: bool,
    /// The last day of the document, if it has one.
    pub document_until: Option<shiming_domain::moment::Day>,
    /// Other accounts of the person, oldest first.
    pub other_accounts: Vec<AccountId>,
    /// This account was linked first.
    pub first_account: bool,
}

/// What is known of the person of an account; `None` before the first approval.
pub async fn facts(tx: &mut Tx, account: AccountId) -> Result<Option<PersonFacts>, Error> {
    let Some(person) = stored::of_account(tx, account).await? else { return Ok(None) };
    let all = stored::verifications(tx, person).await?;
    // A superseded one says nothing any more; of the others the newest counts.
    let Some(current) = all.into_iter().find(|v| v.verification.standing_name() != StandingName::Superseded)
    else {
        return Ok(None);
    };
    let accounts = stored::accounts(tx, person).await?;
    Ok(Some(PersonFacts {
        person,
        verification: current.verification.id,
        identity: match current.verification.standing_name() {
            StandingName::Valid => Identity::Valid,
            StandingName::Grace => Identity::Grace,
            StandingName::Lapsed => Identity::Lapsed,
            StandingName::Revoked => Identity::Revoked,
            StandingName::Superseded => Identity::Unverified,
        },
        document: current.document,
        selfie_match: true,
        document_until: current.verification.term.last_day(),
        first_account: accounts.first() == Some(&account),
        other_accounts: accounts.into_iter().filter(|other| *other != account).collect(),
    }))
}

/// Issues the verification of an approved application (V1) in place of an earlier one (V4).
pub(crate) async fn issue(
    service: &Service,
    tx: &mut Tx,
    event: EventId,
    id: ApplicationId,
    attempt: AttemptId,
) -> Result<(), Error> {
    let now = service.now();
    let found = application::load(tx, id).await?.ok_or(Error::Internal("application_missing"))?;
    let account = found.application.account;
    // Both were fixed in the transaction of the approval.
    let person = stored::of_account(tx, account).await?.ok_or(Error::Internal("person_missing"))?;
    let kept = application::attempt(tx, attempt).await?.ok_or(Error::Internal("attempt_missing"))?;
    let term = kept.term.ok_or(Error::Internal("term_missing"))?;
    let record = review::record_of(service, tx, id, attempt).await?;
    let document = record.map_or(DocumentKind::ResidentCard, |record| document(&record.evidence));
    keep_identity(service, tx, &found.application, person).await?;
    let issued_at = Timestamp::from_unix_us(i64::try_from(event.unix_ms()).unwrap_or(0) * 1000);
    let fresh = VerificationId::at(issued_at.unwrap_or(now), event.bits());
    let verification = Verification::issue(fresh, person, term, now);
    let new = StoredVerification {
        verification: verification.clone(),
        account,
        application: id,
        document,
        version: 1,
        clocked_at: now,
    };
    let earlier = stored::verifications(tx, person).await?;
    if !stored::insert_verification(tx, &new).await? {
        return Ok(());
    }
    for old in earlier {
        // One under a number from before belongs to a person who was linked to this one.
        let linked = old.verification.person != person;
        let renewed = Event::Renewed { by: fresh, person, linked };
        // What was superseded or revoked before stays so.
        apply(service, tx, &Caller::system().actor(), old, renewed).await?;
    }
    wake(service, tx, &verification).await?;
    // What sources said of the attempt is the person's now, and the level rests on both: its own effect may
    // have run before this one.
    crate::source::bind(tx, attempt, person).await?;
    crate::wallet::recompute_level(service, tx, account).await?;
    let audit = Audit::new(&Caller::system().actor(), "verification.issue", "verification", fresh)
        .with("person", person.to_string())
        .with("application", id.to_string())
        .with("document", json!(document));
    Ok(tx.audit(&audit, now).await?)
}

/// The place of a person's sealed name and number.
const IDENTITY: &str = "identity";

/// Name and number under the person's own key, which outlives the account.
async fn keep_identity(
    service: &Service,
    tx: &mut Tx,
    application: &shiming_domain::application::Application,
    person: PersonId,
) -> Result<(), Error> {
    let form = crate::application::declared(service, tx, application).await?;
    let (declared, _) = form.ok_or(Error::Internal("form_missing"))?;
    let text = serde_json::to_vec(&declared).map_err(|_| Error::Internal("form_json"))?;
    let owner = person.to_string();
    if let Some(before) = stored::identity(tx, person).await?
        && self::declared(service, tx, person).await?.is_some_and(|known| known != declared)
    {
        stored::keep_former(tx, person, &before, service.now()).await?;
    }
    let sealed = service.seal(tx, &owner, Purpose::Document, IDENTITY, &owner, &text).await?;
    Ok(stored::keep_identity(tx, person, &sealed).await?)
}

/// Names and numbers a person was known by before, newest first.
pub async fn former(service: &Service, tx: &mut Tx, person: PersonId) -> Result<Vec<Declared>, Error> {
    let owner = person.to_string();
    let mut all = Vec::new();
    for sealed in stored::former(tx, person).await? {
        let plain = service.unseal(tx, &owner, Purpose::Document, IDENTITY, &owner, &sealed).await?;
        all.push(serde_json::from_slice(plain.as_bytes()).map_err(|_| Error::Internal("form_json"))?);
    }
    Ok(all)
}

/// The person of an account with name and number, unless they are not verified or no longer.
pub(crate) async fn identity(
    service: &Service,
    tx: &mut Tx,
    account: AccountId,
) -> Result<Option<(PersonId, Declared)>, Error> {
    let Some(person) = stored::of_account(tx, account).await? else { return Ok(None) };
    let counts = stored::verifications(tx, person).await?.iter().any(|v| v.verification.counts());
    let declared = if counts { declared(service, tx, person).await? } else { None };
    Ok(declared.map(|declared| (person, declared)))
}

/// Name and number a person is verified by.
pub(crate) async fn declared(
    service: &Service,
    tx: &mut Tx,
    person: PersonId,
) -> Result<Option<Declared>, Error> {
    let Some(sealed) = stored::identity(tx, person).await? else { return Ok(None) };
    let owner = person.to_string();
    let plain = service.unseal(tx, &owner, Purpose::Document, IDENTITY, &owner, &sealed).await?;
    serde_json::from_slice(plain.as_bytes()).map(Some).map_err(|_| Error::Internal("form_json"))
}

/// Takes a verification back (V5), or gives it back after an appeal (V6).
pub async fn decide(
    service: &Service,
    tx: &mut Tx,
    actor: &Actor,
    id: VerificationId,
    event: Event,
) -> Result<(), Error> {
    let found = stored::verification(tx, id).await?.ok_or_else(Error::not_found)?;
    let eyes = match event {
        Event::Revoke { eyes, .. } | Event::Reinstate { eyes } => eyes,
        Event::DocumentEnd | Event::GraceEnd | Event::Renewed { .. } => {
            return Err(Error::Internal("verification_event"));
        }
    };
    let FourEyes { first, second } = eyes;
    let audit = Audit::new(actor, "verification.decide", "verification", id)
        .with("event", event.name())
        .with("first", first.to_string())
        .with("second", second.to_string());
    if !apply(service, tx, actor, found, event).await? {
        let detail = "The verification is not in a state that allows this.";
        let kind = crate::service::Kind::Conflict;
        return Err(crate::service::Refused::new(kind, "transition_not_listed", detail).into());
    }
    Ok(tx.audit(&audit, service.now()).await?)
}

/// What an event makes of a verification. `false` if it is not possible, and then nothing has changed.
async fn apply(
    service: &Service,
    tx: &mut Tx,
    actor: &Actor,
    found: StoredVerification,
    event: Event,
) -> Result<bool, Error> {
    let StoredVerification { verification, account, application, version, .. } = found;
    let before = verification.standing_name();
    let rules = Rules::from(service.policy().rules());
    let Ok(moved) = verification.apply(event, &rules, service.calendar(), service.now()) else {
        return Ok(false);
    };
    let next = moved.next;
    stored::save_verification(tx, &next, version).await?;
    let subject = Subject { account, application: Some(application) };
    service.push_effects(tx, service.id(EventId::at), subject, &moved.effects).await?;
    wake(service, tx, &next).await?;
    let audit = Audit::new(actor, "verification.move", "verification", next.id)
        .with("event", event.name())
        .with("from", before.as_str())
        .with("to", next.standing_name().as_str());
    tx.audit(&audit, service.now()).await?;
    Ok(true)
}

/// The clock looks again when something becomes due.
async fn wake(service: &Service, tx: &mut Tx, verification: &Verification) -> Result<(), Error> {
    let (now, rules) = (service.now(), Rules::from(service.policy().rules()));
    let timers = verification.timers(&rules, service.calendar());
    if let Some(timer) = timers.iter().find(|timer| timer.at > now) {
        let job = Job::VerificationClock { verification: verification.id };
        service.push(tx, &job, timer.at).await?;
    }
    Ok(())
}

/// Does what is due.
pub(crate) async fn clock(service: &Service, verification: VerificationId) -> Result<(), Error> {
    // One after the other: a worker that was away for long finds the end of the document and of the grace.
    while again_tick(service, verification).await? {}
    Ok(())
}

/// As much as one transaction does; `true` if there may be more.
async fn again_tick(service: &Service, id: VerificationId) -> Result<bool, Error> {
    let now = service.now();
    let mut tx = service.store().change().await?;
    let Some(found) = stored::verification(&mut tx, id).await? else { return Ok(false) };
    let since = found.clocked_at;
    let rules = Rules::from(service.policy().rules());
    let timers = found.verification.timers(&rules, service.calendar());
    let due: Vec<Timer> = timers.into_iter().filter(|t| t.at > since && t.at <= now).collect();
    let Some(first) = due.first() else { return Ok(false) };
    let transition = due.iter().find(|timer| !matches!(timer.due, Due::Tell(_)));
    // The mark stays before what a transition makes due anew.
    let until = transition.map_or(now, |timer| timer.at);
    if !stored::advance_clock(&mut tx, id, since, until).await? {
        return Ok(false);
    }
    let system = Caller::system().actor();
    match (transition.map(|timer| timer.due), first.due) {
        (Some(Due::DocumentEnd), _) => {
            apply(service, &mut tx, &system, found, Event::DocumentEnd).await?;
        }
        (Some(Due::GraceEnd), _) => {
            apply(service, &mut tx, &system, found, Event::GraceEnd).await?;
        }
        (_, Due::Tell(notice)) => tell(service, &mut tx, &found, notice, now).await?,
        _ => return Ok(false),
    }
    tx.commit().await?;
    Ok(transition.is_some())
}

async fn tell(
    service: &Service,
    tx: &mut Tx,
    found: &StoredVerification,
    notice: Notice,
    now: Timestamp,
) -> Result<(), Error> {
    let verification = &found.verification;
    crate::notice::tell(service, tx, found.account, notice, dates(verification), now).await?;
    wake(service, tx, verification).await?;
    let audit = Audit::new(&Caller::system().actor(), "verification.remind", "verification", verification.id)
        .with("notice", notice.as_str());
    Ok(tx.audit(&audit, now).await?)
}

/// The date that a notice about a document names: its last day, or in grace the last day to renew it.
fn dates(verification: &Verification) -> BTreeMap<&'static str, String> {
    use shiming_domain::verification::Standing;
    let day = match verification.standing() {
        Standing::Grace { until } => Some(*until),
        _ => verification.term.last_day(),
    };
    day.map(|day| ("date", day.date().to_string())).into_iter().collect()
}

/// The date for a notice that follows from a transition of the account's verification.
pub(crate) async fn notice_dates(
    tx: &mut Tx,
    account: AccountId,
) -> Result<BTreeMap<&'static str, String>, Error> {
    let Some(person) = stored::of_account(tx, account).await? else { return Ok(BTreeMap::new()) };
    let all = stored::verifications(tx, person).await?;
    let current = all.iter().find(|v| v.verification.standing_name() != StandingName::Superseded);
    Ok(current.map_or_else(BTreeMap::new, |current| dates(&current.verification)))
}
