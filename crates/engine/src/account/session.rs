//! Sessions: begun by a sign-in, carried by a token that only its owner has, ended at once when told to.
//!
//! A session whose owner still has to show or set up a second factor lets them do that and nothing else.

use super::owner as owner_of;
use crate::service::{Caller, Error, Pending, Principal, Service, StaffSecondFactor, Strength};
use shiming_domain::case::Role;
use shiming_domain::id::{AccountId, SessionId, StaffId};
use shiming_domain::moment::{Span, Timestamp};
use shiming_domain::policy::{StaffFactor, UserSecondFactor};
use shiming_store::Tx;
use shiming_store::account::{self as stored, NewSession, StoredSession};
use shiming_store::audit::Audit;
use shiming_vault::keys::Purpose;
use shiming_vault::token::{Token, TokenHash};

/// A use within this long of the last one is not written down.
const TOUCH_EVERY: Span = Span::minutes(1);
/// Characters kept of the words for a device.
const DEVICE_CHARS_MAX: usize = 80;

/// Who signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// The owner of an account.
    Account(AccountId),
    /// A member of staff.
    Staff(StaffId, Role),
}

/// What is still to be done before the session is worth anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Still {
    /// Nothing.
    Nothing,
    /// The second factor must be shown.
    SecondFactor,
    /// A second factor must be set up.
    Enrolment,
}

/// Somebody has signed in, or has shown another factor.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The session.
    pub session: SessionId,
    /// Its token, for a cookie. Nobody can read it again.
    pub token: String,
    /// Whose: an account or a member of staff.
    pub owner: String,
    /// It ends then at the latest.
    pub until: Timestamp,
    /// What is still to be done.
    pub still: Still,
    /// The rules ask staff for a passkey, and this member has none yet.
    pub passkey_wanted: bool,
}

/// What was shown as a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// A passkey: enough for everybody.
    Passkey,
    /// Anything else: where staff need a passkey, enough to set one up.
    Other,
}

/// A session as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionView {
    /// Its id.
    pub id: SessionId,
    /// Coarse words for the device.
    pub device: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to a minute.
    pub seen_at: Timestamp,
    /// It ends then at the latest.
    pub until: Timestamp,
    /// The one that asks.
    pub current: bool,
}

impl Owner {
    pub(super) fn text(self) -> String {
        match self {
            Self::Account(id) => id.to_string(),
            Self::Staff(id, _) => id.to_string(),
        }
    }

    /// How long a session lasts, and how long it may lie idle.
    fn lasts(self, service: &Service) -> (Span, Span) {
        let session = &service.policy().rules().session;
        match self {
            Self::Account(_) => (Span::hours(session.user_absolute_h), Span::minutes(session.user_idle_min)),
            Self::Staff(..) => (Span::hours(session.staff_absolute_h), Span::minutes(session.staff_idle_min)),
        }
    }
}

/// Begins a session, and says what is still to be done.
pub(super) async fn begin(
    service: &Service,
    tx: &mut Tx,
    owner: Owner,
    two_factors: bool,
    device: Option<&str>,
) -> Result<SignedIn, Error> {
    let now = service.now();
    let text = owner.text();
    let enrolled = super::factor::enrolled(tx, &text).await?;
    let required = match owner {
        Owner::Staff(..) => true,
        Owner::Account(_) => {
            service.policy().rules().session.user_second_factor == UserSecondFactor::Required
        }
    };
    let still = match (two_factors, enrolled, required) {
        (true, _, _) | (false, false, false) => Still::Nothing,
        (false, true, _) => Still::SecondFactor,
        (false, false, true) => Still::Enrolment,
    };
    let (absolute, idle) = owner.lasts(service);
    let (id, token) = (service.id(SessionId::at), Token::generate(&mut service.draw()));
    let device = match device {
        Some(words) => Some(sealed_device(service, tx, &text, id, words).await?),
        None => None,
    };
    let until = now + absolute;
    let new = NewSession {
        id,
        token: token.hash(),
        owner: text.clone(),
        two_factors,
        complete: still == Still::Nothing,
        device,
        idle_until: now + idle,
        until,
    };
    stored::insert_session(tx, &new, now).await?;
    let passkey_wanted = passkey_wanted(service, tx, &text).await?;
    Ok(SignedIn { session: id, token: token.reveal(), owner: text, until, still, passkey_wanted })
}

/// Staff sign in with a passkey or not at all: the operator has said so.
pub(super) fn staff_need_passkey(service: &Service) -> bool {
    service.settings().staff_second_factor == StaffSecondFactor::Passkey
}

async fn passkey_wanted(service: &Service, tx: &mut Tx, owner: &str) -> Result<bool, Error> {
    let wanted =
        service.policy().rules().session.staff_factor == StaffFactor::Passkey || staff_need_passkey(service);
    let staff = owner.parse::<StaffId>().is_ok();
    Ok(wanted && staff && stored::passkeys(tx, owner).await?.is_empty())
}

/// The index by which a device is known again, of this owner only.
pub(super) fn device_index(service: &Service, owner: &str, words: &str) -> Result<[u8; 32], Error> {
    service.blind_index("device", &format!("{owner}\n{}", cut(words)))
}

fn cut(words: &str) -> String {
    words.chars().filter(|c| !c.is_control()).take(DEVICE_CHARS_MAX).collect()
}

async fn sealed_device(
    service: &Service,
    tx: &mut Tx,
    owner: &str,
    id: SessionId,
    words: &str,
) -> Result<(shiming_vault::seal::Sealed, [u8; 32]), Error> {
    let bytes = cut(words);
    let sealed = service
        .seal(tx, owner, Purpose::Contact, "session.device", &id.to_string(), bytes.as_bytes())
        .await?;
    Ok((sealed, device_index(service, owner, words)?))
}

/// Gives the session a new token, because a second factor was shown.
pub(super) async fn rotate(
    service: &Service,
    tx: &mut Tx,
    session: &StoredSession,
    from: &TokenHash,
    shown: Shown,
) -> Result<SignedIn, Error> {
    let staff = session.owner.parse::<StaffId>().is_ok();
    let still = if staff && shown == Shown::Other && staff_need_passkey(service) {
        Still::Enrolment
    } else {
        Still::Nothing
    };
    let (token, complete) = (Token::generate(&mut service.draw()), still == Still::Nothing);
    stored::rotate_session(tx, session.id, from, &token.hash(), complete, service.now()).await?;
    Ok(SignedIn {
        session: session.id,
        token: token.reveal(),
        owner: session.owner.clone(),
        until: session.until,
        still,
        passkey_wanted: passkey_wanted(service, tx, &session.owner).await?,
    })
}

/// Who has this token; nobody if it is unknown, over, or is an applicant's and waits for a second factor. Staff
/// whose session waits for theirs come with one factor, which opens nothing but setting it up.
pub async fn authenticate_session(
    service: &Service,
    token: &str,
    request_id: Option<String>,
    network: Option<String>,
) -> Result<Option<Caller>, Error> {
    let Some((session, caller)) = found(service, token).await? else { return Ok(None) };
    let opens = session.complete || caller.staff().is_some();
    Ok(opens.then_some(Caller { request_id, network, ..caller }))
}

/// The same with sessions that wait for a second factor: only for showing or setting up one, and for signing out.
pub async fn authenticate_partial(
    service: &Service,
    token: &str,
    request_id: Option<String>,
    network: Option<String>,
) -> Result<Option<Caller>, Error> {
    Ok(found(service, token).await?.map(|(_, caller)| Caller { request_id, network, ..caller }))
}

/// The session of a token and its owner as a caller.
pub(super) async fn found(service: &Service, token: &str) -> Result<Option<(StoredSession, Caller)>, Error> {
    let Ok(token) = Token::parse(token) else { return Ok(None) };
    let now = service.now();
    let mut tx = service.store().read().await?;
    let Some(session) = stored::session_by_hash(&mut tx, &token.hash(), now).await? else { return Ok(None) };
    let Some(owner) = present(&mut tx, &session.owner).await? else { return Ok(None) };
    drop(tx);
    if now.since(session.seen_at) >= TOUCH_EVERY {
        let mut tx = service.store().housekeep().await?;
        stored::touch_session(&mut tx, session.id, now + owner.lasts(service).1, now).await?;
        tx.commit().await?;
    }
    let id = session.id.to_string();
    let principal = match owner {
        Owner::Account(account) => Principal::Applicant { account, session: id },
        Owner::Staff(staff, role) => Principal::Staff { staff, role, session: id },
    };
    let enough = session.two_factors && session.complete;
    let strength = if enough { Strength::TwoFactors } else { Strength::OneFactor };
    let verified_at = Some(session.verified_at);
    Ok(Some((session, Caller { principal, strength, verified_at, request_id: None, network: None })))
}

/// The owner, if they may come in today.
pub(super) async fn present(tx: &mut Tx, owner: &str) -> Result<Option<Owner>, Error> {
    if let Ok(id) = owner.parse::<AccountId>() {
        let account = stored::load(tx, id).await?.filter(|account| super::is_open(account.life));
        return Ok(account.map(|account| Owner::Account(account.id)));
    }
    let id: StaffId = owner.parse().map_err(|_| Error::Internal("session_owner"))?;
    let staff = stored::staff(tx, id).await?.filter(|staff| staff.state == "active");
    Ok(staff.map(|staff| Owner::Staff(staff.id, staff.role)))
}

/// The caller's sessions, newest first.
pub async fn sessions(service: &Service, caller: &Caller) -> Result<Vec<SessionView>, Error> {
    let (owner, current) = owner_of(caller)?;
    let mut tx = service.store().read().await?;
    let mut views = Vec::new();
    for session in stored::sessions(&mut tx, &owner, service.now()).await? {
        let id = session.id.to_string();
        let device = match &session.device {
            Some(sealed) => {
                let plain =
                    service.unseal(&mut tx, &owner, Purpose::Contact, "session.device", &id, sealed).await?;
                Some(String::from_utf8_lossy(plain.as_bytes()).into_owned())
            }
            None => None,
        };
        views.push(SessionView {
            id: session.id,
            device,
            created_at: session.created_at,
            seen_at: session.seen_at,
            until: session.until,
            current: id == current,
        });
    }
    Ok(views)
}

/// Ends the session that asks.
pub async fn sign_out(service: &Service, caller: &Caller) -> Result<Pending<()>, Error> {
    let (_, current) = owner_of(caller)?;
    end_session(service, caller, current.parse().map_err(|_| Error::Internal("session_id"))?).await
}

/// Ends one of the caller's sessions.
pub async fn end_session(service: &Service, caller: &Caller, id: SessionId) -> Result<Pending<()>, Error> {
    let (owner, _) = owner_of(caller)?;
    let now = service.now();
    let mut tx = service.store().change().await?;
    if !stored::end_session(&mut tx, &owner, id, now).await? {
        return Err(Error::not_found());
    }
    tx.audit(&Audit::new(&caller.actor(), "session.end", "session", id), now).await?;
    Ok(Pending::new(service, tx, ()))
}

/// Ends all of the caller's sessions but the one that asks; answers how many.
pub async fn sign_out_others(service: &Service, caller: &Caller) -> Result<Pending<u64>, Error> {
    let (owner, current) = owner_of(caller)?;
    let current = current.parse().map_err(|_| Error::Internal("session_id"))?;
    let now = service.now();
    let mut tx = service.store().change().await?;
    let ended = stored::end_sessions(&mut tx, &owner, Some(current), now).await?;
    tx.audit(&Audit::new(&caller.actor(), "session.end_others", "owner", owner).with("sessions", ended), now)
        .await?;
    Ok(Pending::new(service, tx, ended))
}

/// Ends all sessions of an account, because something else says so.
pub async fn end_sessions(service: &Service, account: AccountId) -> Result<(), Error> {
    let now = service.now();
    let mut tx = service.store().change().await?;
    let ended = stored::end_sessions(&mut tx, &account.to_string(), None, now).await?;
    let row = Audit::new(&Caller::system().actor(), "session.end_all", "account", account);
    tx.audit(&row.with("sessions", ended), now).await?;
    Ok(tx.commit().await?)
}
