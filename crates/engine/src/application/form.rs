//! Name and number.

use super::counting::Counters;
use super::moves::{Happens, apply, event, open};
use super::view::{self, ApplicationView};
use crate::service::{At, Caller, Error, Pending, Service};
use serde_json::json;
use shiming_domain::application::{Application, EventKind};
use shiming_domain::check::CheckResult;
use shiming_domain::counters::{IdIndex, is_correction};
use shiming_domain::id::ApplicationId;
use shiming_domain::judge::{self, Declared};
use shiming_domain::personal::Personal;
use shiming_domain::reason::{Reason, Step};
use shiming_domain::steps::{Content, Verdict};
use shiming_store::Tx;
use shiming_store::application::{self as stored, IdUse, StoredForm};
use shiming_vault::keys::Purpose;

/// What the form's own checks say, at once.
#[derive(Clone, Debug)]
pub struct FormAnswer {
    /// It was taken.
    pub accepted: bool,
    /// Why not, if not.
    pub reasons: Vec<Reason>,
    /// The application.
    pub application: ApplicationView,
}

/// The place of a sealed form.
const FORM: &str = "form";
/// The place of an account's first number.
const FIRST_ID: &str = "first_id";

/// Saves name and number. Slips that can be seen in them alone are told at once and never counted.
pub async fn save_form(
    service: &Service,
    caller: &Caller,
    at: impl Into<At<ApplicationId>>,
    declared: &Declared,
) -> Result<Pending<FormAnswer>, Error> {
    let at = at.into();
    again!(try_save(service, caller, at, declared))
}

async fn try_save(
    service: &Service,
    caller: &Caller,
    at: At<ApplicationId>,
    declared: &Declared,
) -> Result<Pending<FormAnswer>, Error> {
    let today = service.calendar().day(service.now()).date();
    let typed = judge::typed(service.policy(), service.settings().live, today, declared);
    let reasons = judge::reasons(&typed.checks);
    let mut tx = service.store().change().await?;
    let found = open(&mut tx, caller, at.id).await?;
    at.check(found.version)?;
    let index = match &typed.number {
        Some(number) => Some(IdIndex(service.blind_index("id_number", number.reveal())?)),
        None => None,
    };
    let counters = Counters { service, application: &found.application, number: index };
    let counters = counters.of_step(&mut tx, Step::Form).await?;
    let verdict = match (reasons.is_empty(), &index) {
        (true, Some(_)) => Verdict::Accepted,
        _ => Verdict::Refused(reasons.iter().map(|reason| reason.code).collect()),
    };
    if let (Verdict::Accepted, Some(index), Some(number)) = (&verdict, index, typed.number) {
        let normal = Declared { name: declared.name.clone(), number };
        keep(service, &mut tx, &found.application, index, &normal).await?;
    }
    let accepted = verdict == Verdict::Accepted;
    let rules: Vec<&str> = typed.checks.iter().filter_map(rule).collect();
    let facts = vec![("step", json!("form")), ("accepted", json!(accepted)), ("rules", json!(rules))];
    let kind = EventKind::SaveStep { content: Content::Form, verdict, counters };
    let happens = Happens { by: &caller.actor(), event: event(service, caller, kind)?, facts };
    let moved = apply(service, &mut tx, found, happens).await?;
    let view = view::of(service, &mut tx, caller, &moved.application, moved.version).await?;
    Ok(Pending::new(service, tx, FormAnswer { accepted, reasons, application: view }))
}

fn rule(check: &CheckResult) -> Option<&str> {
    check.rule.as_deref()
}

async fn keep(
    service: &Service,
    tx: &mut Tx,
    application: &Application,
    index: IdIndex,
    declared: &Declared,
) -> Result<(), Error> {
    let (subject, now) = (application.account.to_string(), service.now());
    let text = serde_json::to_vec(declared).map_err(|_| Error::Internal("form_json"))?;
    let place = application.id.to_string();
    let sealed = service.seal(tx, &subject, Purpose::Document, FORM, &place, &text).await?;
    let form = StoredForm { number_index: index, sealed };
    stored::keep_form(tx, application.id, application.account, &form, now).await?;
    let used = match stored::first_id(tx, application.account).await? {
        None => {
            let number = declared.number.reveal().as_bytes();
            let sealed = service.seal(tx, &subject, Purpose::Document, FIRST_ID, &subject, number).await?;
            IdUse { index, correction: false, sealed: Some(sealed) }
        }
        Some(first) => {
            let plain =
                service.unseal(tx, &subject, Purpose::Document, FIRST_ID, &subject, &first.sealed).await?;
            let first_number = Personal::new(String::from_utf8_lossy(plain.as_bytes()));
            let differs = first.number_index != index;
            let correction = differs && is_correction(&first_number, &declared.number);
            IdUse { index, correction, sealed: None }
        }
    };
    Ok(stored::remember_id(tx, application.account, &used, now).await?)
}

/// Opens the form of an application.
pub(crate) async fn declared(
    service: &Service,
    tx: &mut Tx,
    application: &Application,
) -> Result<Option<(Declared, IdIndex)>, Error> {
    let Some(form) = stored::form(tx, application.id).await? else { return Ok(None) };
    let (subject, place) = (application.account.to_string(), application.id.to_string());
    let plain = service.unseal(tx, &subject, Purpose::Document, FORM, &place, &form.sealed).await?;
    let declared = serde_json::from_slice(plain.as_bytes()).map_err(|_| Error::Internal("form_json"))?;
    Ok(Some((declared, form.number_index)))
}
