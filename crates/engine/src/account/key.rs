//! Keys of machines: made by operators, shown once, stored as hashes.

use crate::four_eyes::{Act, Acted, Eyes, propose};
use crate::service::{Caller, Error, Kind, Pending, Principal, Refused, Scope, Service, Strength};
use shiming_domain::case::Role;
use shiming_domain::id::{ApiKeyId, StaffId};
use shiming_domain::moment::{Span, Timestamp};
use shiming_store::Tx;
use shiming_store::account::{self as stored, NewApiKey, StoredApiKey};
use shiming_store::audit::Audit;
use shiming_vault::token::{ApiKey, Mode};

/// A key lasts so long unless less is asked for.
const DAYS_MAX: u32 = 365;
/// The old key still works so long after it was replaced.
const OVERLAP: Span = Span::days(7);
/// A use within this long of the last one is not written down.
const TOUCH_EVERY: Span = Span::minutes(1);
/// Characters of a label.
const LABEL_CHARS_MAX: usize = 60;

/// A key to be made.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// What the operator calls it.
    pub label: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// How many days it lasts, at most a year; a year if nothing is said.
    pub days: Option<u32>,
}

/// A key was made.
#[derive(Clone, Debug)]
pub struct MadeKey {
    /// As it is listed from now on.
    pub view: KeyView,
    /// The key itself; shown once.
    pub secret: String,
}

/// A key as operators see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyView {
    /// Its id.
    pub id: ApiKeyId,
    /// What the operator calls it.
    pub label: String,
    /// Prefix and last four characters.
    pub hint: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// For real people.
    pub live: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// Worth nothing from then on.
    pub expires_at: Timestamp,
    /// Last used, to a minute.
    pub used_at: Option<Timestamp>,
    /// Taken back.
    pub revoked_at: Option<Timestamp>,
    /// The key that takes its place.
    pub replaced_by: Option<ApiKeyId>,
}

/// Makes a key: for real people on a live installation, for specimens on any other.
/// With two people where the policy asks for that.
pub async fn create(
    service: &Service,
    caller: &Caller,
    new: NewKey,
) -> Result<Pending<Acted<MadeKey>>, Error> {
    operator(service, caller)?;
    well_formed(&new)?;
    let mut tx = service.store().change().await?;
    match propose(service, &mut tx, caller, Act::making(&new)).await? {
        Err(waits) => Ok(Pending::new(service, tx, Acted::Waits(waits))),
        Ok(eyes) => {
            let made = make_new(service, &mut tx, caller, &new, eyes).await?;
            Ok(Pending::new(service, tx, Acted::Done(made)))
        }
    }
}

/// Label, scopes as stored, and how long it lasts.
fn well_formed(new: &NewKey) -> Result<(String, String, Span), Error> {
    let label = new.label.trim();
    let days = new.days.unwrap_or(DAYS_MAX);
    if label.is_empty() || label.chars().count() > LABEL_CHARS_MAX || !(1..=DAYS_MAX).contains(&days) {
        let detail = "A key has a label of 1 to 60 characters and lasts 1 to 365 days.";
        return Err(Refused::new(Kind::Malformed, "key_malformed", detail).into());
    }
    Ok((label.to_owned(), join(&new.scopes)?, Span::days(days)))
}

/// Makes the key.
pub(crate) async fn make_new(
    service: &Service,
    tx: &mut Tx,
    caller: &Caller,
    new: &NewKey,
    eyes: Eyes,
) -> Result<MadeKey, Error> {
    let (label, scopes, lasts) = well_formed(new)?;
    let live = service.settings().live;
    let made = make(service, tx, caller, label, scopes, live, lasts).await?;
    let row = Audit::new(&caller.actor(), "key.create", "key", made.view.id);
    tx.audit(&eyes.tell(row.with("scopes", join(&made.view.scopes)?)), service.now()).await?;
    Ok(made)
}

/// All keys, newest first.
pub async fn list(service: &Service, caller: &Caller) -> Result<Vec<KeyView>, Error> {
    operator_reads(caller)?;
    let mut tx = service.store().read().await?;
    Ok(stored::keys(&mut tx).await?.into_iter().map(view).collect())
}

/// Takes a key back, at once.
pub async fn revoke(service: &Service, caller: &Caller, id: ApiKeyId) -> Result<Pending<()>, Error> {
    operator(service, caller)?;
    let now = service.now();
    let mut tx = service.store().change().await?;
    if !stored::revoke_key(&mut tx, id, now).await? {
        return Err(Error::not_found());
    }
    tx.audit(&Audit::new(&caller.actor(), "key.revoke", "key", id), now).await?;
    Ok(Pending::new(service, tx, ()))
}

/// A new key in the place of an old one, which still works for a week. With two people where the policy asks for
/// that.
pub async fn rotate(
    service: &Service,
    caller: &Caller,
    id: ApiKeyId,
) -> Result<Pending<Acted<MadeKey>>, Error> {
    operator(service, caller)?;
    let mut tx = service.store().change().await?;
    replaceable(service, &mut tx, id).await?;
    match propose(service, &mut tx, caller, Act::RotateKey { key: id }).await? {
        Err(waits) => Ok(Pending::new(service, tx, Acted::Waits(waits))),
        Ok(eyes) => {
            let made = replace(service, &mut tx, caller, id, eyes).await?;
            Ok(Pending::new(service, tx, Acted::Done(made)))
        }
    }
}

/// The key, if there is something to replace.
async fn replaceable(service: &Service, tx: &mut Tx, id: ApiKeyId) -> Result<StoredApiKey, Error> {
    let now = service.now();
    let old = stored::key_by_id(tx, id).await?.ok_or_else(Error::not_found)?;
    if old.revoked_at.is_some() || old.replaced_by.is_some() || old.expires_at <= now {
        let detail = "This key is over or was replaced; make a new one.";
        return Err(Refused::new(Kind::Conflict, "key_over", detail).into());
    }
    Ok(old)
}

/// Makes the new key and lets the old one run out.
pub(crate) async fn replace(
    service: &Service,
    tx: &mut Tx,
    caller: &Caller,
    id: ApiKeyId,
    eyes: Eyes,
) -> Result<MadeKey, Error> {
    let now = service.now();
    let old = replaceable(service, tx, id).await?;
    let lasts = Span::days(DAYS_MAX);
    let made = make(service, tx, caller, old.label, old.scopes, old.live, lasts).await?;
    stored::replace_key(tx, id, made.view.id, old.expires_at.min(now + OVERLAP)).await?;
    let row = Audit::new(&caller.actor(), "key.rotate", "key", id);
    tx.audit(&eyes.tell(row.with("by", made.view.id.to_string())), now).await?;
    Ok(made)
}

/// Whose key this is; nobody's if it is unknown, mistyped, over or taken back.
pub async fn authenticate(
    service: &Service,
    text: &str,
    request_id: Option<String>,
    network: Option<String>,
) -> Result<Option<Caller>, Error> {
    let Ok(key) = ApiKey::parse(text) else { return Ok(None) };
    let now = service.now();
    let mut tx = service.store().read().await?;
    let Some(found) = stored::key_by_hash(&mut tx, &key.hash(), now).await? else { return Ok(None) };
    drop(tx);
    let found = view(found);
    let caller = Caller {
        principal: Principal::Integrator {
            key: found.id.to_string(),
            scopes: found.scopes,
            live: found.live,
        },
        strength: Strength::OneFactor,
        verified_at: None,
        request_id,
        network,
    };
    if found.used_at.is_none_or(|at| now.since(at) >= TOUCH_EVERY) {
        let mut tx = service.store().change().await?;
        if stored::touch_key(&mut tx, found.id, now - TOUCH_EVERY, now).await? {
            tx.audit(&Audit::new(&caller.actor(), "key.use", "key", found.id), now).await?;
            tx.commit().await?;
        }
    }
    Ok(Some(caller))
}

/// The operator who asks, with a factor shown a short while ago.
pub(super) fn operator(service: &Service, caller: &Caller) -> Result<StaffId, Error> {
    let id = operator_reads(caller)?;
    super::require_two_factors(service, caller)?;
    Ok(id)
}

/// The operator who asks.
pub(super) fn operator_reads(caller: &Caller) -> Result<StaffId, Error> {
    match caller.staff() {
        Some((id, Role::Operator)) => Ok(id),
        Some(_) => {
            let detail = "Only operators manage staff and keys.";
            Err(Refused::new(Kind::Forbidden, "operators_only", detail).into())
        }
        None => Err(super::unauthenticated()),
    }
}

async fn make(
    service: &Service,
    tx: &mut Tx,
    caller: &Caller,
    label: String,
    scopes: String,
    live: bool,
    lasts: Span,
) -> Result<MadeKey, Error> {
    let now = service.now();
    let key = ApiKey::generate(if live { Mode::Live } else { Mode::Test }, &mut service.draw());
    let new = NewApiKey {
        id: service.id(ApiKeyId::at),
        label,
        hash: key.hash(),
        hint: key.hint(),
        scopes,
        live,
        created_by: caller.actor().id,
        expires_at: now + lasts,
    };
    stored::insert_api_key(tx, &new, now).await?;
    let made = stored::key_by_id(tx, new.id).await?.ok_or(Error::Internal("key_vanished"))?;
    Ok(MadeKey { view: view(made), secret: key.reveal() })
}

/// As stored: stable names in one order, each once. A key that may do nothing is a mistake.
fn join(scopes: &[Scope]) -> Result<String, Error> {
    let names: Vec<_> = Scope::ALL.iter().filter(|s| scopes.contains(s)).map(|s| s.as_str()).collect();
    if names.is_empty() {
        return Err(Refused::new(Kind::Malformed, "scopes_missing", "A key has at least one scope.").into());
    }
    Ok(names.join(" "))
}

/// A scope of a newer program is one that this one grants nothing for.
fn view(key: StoredApiKey) -> KeyView {
    let scopes = Scope::ALL.into_iter().filter(|s| key.scopes.split(' ').any(|name| name == s.as_str()));
    KeyView {
        id: key.id,
        scopes: scopes.collect(),
        label: key.label,
        hint: key.hint,
        live: key.live,
        created_at: key.created_at,
        expires_at: key.expires_at,
        used_at: key.used_at,
        revoked_at: key.revoked_at,
        replaced_by: key.replaced_by,
    }
}
