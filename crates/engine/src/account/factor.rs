//! Second factors: setting one up, and showing it.

use super::code::{self, Purpose};
use super::passkey::{self, Judged};
use super::session::{self, SignedIn, found};
use super::{owner as owner_of, require_fresh, require_two_factors, throttle, unauthenticated};
use crate::service::{Caller, Error, Kind, Pending, Principal, Refused, Service};
use shiming_domain::id::{AccountId, CodeId, StaffId};
use shiming_domain::moment::Span;
use shiming_store::Tx;
use shiming_store::account as stored;
use shiming_store::audit::Audit;
use shiming_vault::keys::Purpose as KeyPurpose;
use shiming_vault::passkey::Assertion;
use shiming_vault::token::{RECOVERY_CODES, RecoveryCode, Token};
use shiming_vault::totp::{Delay, TotpSecret, TotpVerdict};

/// The code of a factor that does not fit.
const WRONG: &str = "factor_wrong";

/// What somebody shows.
#[derive(Clone, Debug)]
pub enum Proof {
    /// The six figures of an authenticator app.
    Totp(String),
    /// One of the printed codes.
    RecoveryCode(String),
    /// A code sent to a confirmed contact; counts only where there is no authenticator.
    Code {
        /// Of this request.
        request: CodeId,
        /// The figures.
        code: String,
    },
    /// A passkey.
    Passkey(Box<Assertion>),
}

/// For an authenticator app; shown once.
#[derive(Clone, Debug)]
pub struct Enrolment {
    /// To type in.
    pub secret: String,
    /// For a QR code.
    pub uri: String,
}

impl Proof {
    const fn kind(&self) -> &'static str {
        match self {
            Self::Totp(_) => "totp",
            Self::RecoveryCode(_) => "recovery_code",
            Self::Code { .. } => "code",
            Self::Passkey(_) => "passkey",
        }
    }
}

/// What showing a factor came to. The transaction holds what it used up, or the try.
pub(super) enum Shown {
    Right,
    /// And why, for the audit row.
    Wrong(&'static str),
}

/// There is a second factor: an authenticator or a passkey.
pub(super) async fn enrolled(tx: &mut Tx, owner: &str) -> Result<bool, Error> {
    Ok(stored::totp(tx, owner, true).await?.is_some() || !stored::passkeys(tx, owner).await?.is_empty())
}

/// Begins to set up an authenticator. One in use stays in use until the new one was shown.
pub async fn enrol_totp(service: &Service, caller: &Caller) -> Result<Pending<Enrolment>, Error> {
    let (owner, _) = owner_of(caller)?;
    let now = service.now();
    let mut tx = service.store().change().await?;
    if enrolled(&mut tx, &owner).await? {
        require_two_factors(service, caller)?;
    } else {
        require_fresh(service, caller)?;
    }
    let secret = TotpSecret::generate(&mut service.draw());
    let sealed =
        service.seal(&mut tx, &owner, KeyPurpose::Contact, "totp.secret", &owner, secret.as_bytes()).await?;
    stored::set_totp(&mut tx, &owner, &sealed, now).await?;
    tx.audit(&Audit::new(&caller.actor(), "totp.enrol", "owner", &owner), now).await?;
    let label = label(service, &mut tx, caller).await?;
    let uri = secret.uri(&service.settings().product_name, &label);
    Ok(Pending::new(service, tx, Enrolment { secret: secret.reveal(), uri }))
}

/// What an app shows beside the figures: enough to tell two accounts apart.
pub(super) async fn label(service: &Service, tx: &mut Tx, caller: &Caller) -> Result<String, Error> {
    if let Principal::Staff { role, .. } = caller.principal {
        return Ok(role.as_str().to_owned());
    }
    let views = super::overview::contacts(service, tx, super::own(caller)?).await?;
    Ok(views.first().map_or_else(|| "account".to_owned(), shiming_domain::account::Contact::masked))
}

/// The first figures of a new authenticator: from now on it is in use, and the session knows two factors.
pub async fn confirm_totp(
    service: &Service,
    from: &Caller,
    token: &str,
    typed: &str,
) -> Result<Pending<SignedIn>, Error> {
    let (session, caller) = found(service, token).await?.ok_or_else(unauthenticated)?;
    let caller = within(caller, from);
    let owner = session.owner.clone();
    throttle::attempt(service, &caller, "factor", &owner).await?;
    let now = service.now();
    let mut tx = service.store().change().await?;
    if enrolled(&mut tx, &owner).await? {
        require_two_factors(service, &caller)?;
    } else {
        require_fresh(service, &caller)?;
    }
    let Some(step) = judge(service, &mut tx, &owner, false, typed).await? else {
        return Err(wrong(service, &caller, tx, "totp.confirm", WRONG).await);
    };
    stored::activate_totp(&mut tx, &owner, step).await?;
    throttle::forgive(service, &mut tx, "factor", &owner).await?;
    let hash = parse(token)?.hash();
    let signed_in = session::rotate(service, &mut tx, &session, &hash, session::Shown::Other).await?;
    tx.audit(&Audit::new(&caller.actor(), "totp.confirm", "owner", &owner), now).await?;
    Ok(Pending::new(service, tx, signed_in))
}

/// Shows a factor: ends the wait of a new session, or makes an old one fresh. The token changes.
pub async fn show_factor(
    service: &Service,
    from: &Caller,
    token: &str,
    proof: &Proof,
) -> Result<Pending<SignedIn>, Error> {
    let (session, caller) = found(service, token).await?.ok_or_else(unauthenticated)?;
    let caller = within(caller, from);
    let owner = session.owner.clone();
    throttle::attempt(service, &caller, "factor", &owner).await?;
    let mut tx = service.store().change().await?;
    passkey_first(service, &mut tx, &session.owner, proof).await?;
    let id = session.id.to_string();
    match show(service, &mut tx, &owner, proof, Some(&id)).await? {
        Shown::Right => {}
        Shown::Wrong(why) => return Err(wrong(service, &caller, tx, "factor.show", why).await),
    }
    throttle::forgive(service, &mut tx, "factor", &owner).await?;
    let shown =
        if matches!(proof, Proof::Passkey(_)) { session::Shown::Passkey } else { session::Shown::Other };
    let signed_in = session::rotate(service, &mut tx, &session, &parse(token)?.hash(), shown).await?;
    let row = Audit::new(&caller.actor(), "factor.show", "owner", &owner);
    tx.audit(&row.with("factor", proof.kind()).with("session", id), service.now()).await?;
    Ok(Pending::new(service, tx, signed_in))
}

/// Where staff need a passkey and have one, figures that anybody can be talked out of are no way around it. A
/// recovery code is: it lets whoever lost the passkey set up another.
async fn passkey_first(service: &Service, tx: &mut Tx, owner: &str, proof: &Proof) -> Result<(), Error> {
    let staff = owner.parse::<StaffId>().is_ok() && session::staff_need_passkey(service);
    let other = matches!(proof, Proof::Totp(_) | Proof::Code { .. });
    if staff && other && !stored::passkeys(tx, owner).await?.is_empty() {
        let detail = "Show your passkey; an authenticator is not enough here.";
        return Err(Refused::new(Kind::Unacceptable, "passkey_needed", detail).into());
    }
    Ok(())
}

/// Ten new recovery codes, shown once; the old ones are worth nothing.
pub async fn recovery_codes(service: &Service, caller: &Caller) -> Result<Pending<Vec<String>>, Error> {
    let (owner, _) = owner_of(caller)?;
    require_two_factors(service, caller)?;
    let now = service.now();
    let codes: [RecoveryCode; RECOVERY_CODES] = RecoveryCode::generate(&mut service.draw());
    let hashes = codes.iter().map(|code| code.hash(&owner)).collect::<Result<Vec<_>, _>>()?;
    let mut tx = service.store().change().await?;
    if !enrolled(&mut tx, &owner).await? {
        let detail = "Set up an authenticator or a passkey first; recovery codes stand in for it.";
        return Err(Refused::new(Kind::Conflict, "factor_missing", detail).into());
    }
    stored::set_recovery_codes(&mut tx, &owner, &hashes, now).await?;
    tx.audit(&Audit::new(&caller.actor(), "recovery_codes.create", "owner", &owner), now).await?;
    Ok(Pending::new(service, tx, codes.iter().map(RecoveryCode::reveal).collect()))
}

/// Whether a factor is right, using it up. Without a session, for a recovery, a passkey answers the challenge of
/// a sign-in.
pub(super) async fn show(
    service: &Service,
    tx: &mut Tx,
    owner: &str,
    proof: &Proof,
    session: Option<&str>,
) -> Result<Shown, Error> {
    let right = match proof {
        Proof::Totp(typed) => match judge(service, tx, owner, true, typed).await? {
            Some(step) => stored::accept_step(tx, owner, step).await?,
            None => false,
        },
        Proof::RecoveryCode(typed) => match RecoveryCode::parse(typed) {
            Ok(code) => stored::use_recovery_code(tx, owner, &code.hash(owner)?, service.now()).await?,
            Err(_) => false,
        },
        Proof::Code { request, code } => sent_code(service, tx, owner, *request, code).await?,
        Proof::Passkey(assertion) => {
            return Ok(match passkey::judge(service, tx, assertion, session, Some(owner)).await? {
                Judged::Right { .. } => Shown::Right,
                Judged::Wrong { why, .. } => Shown::Wrong(why),
            });
        }
    };
    Ok(if right { Shown::Right } else { Shown::Wrong(WRONG) })
}

/// The step of an authenticator's figures. Those of the last accepted step or before are wrong.
async fn judge(
    service: &Service,
    tx: &mut Tx,
    owner: &str,
    active: bool,
    typed: &str,
) -> Result<Option<u64>, Error> {
    let Some(totp) = stored::totp(tx, owner, active).await? else { return Ok(None) };
    let plain = service.unseal(tx, owner, KeyPurpose::Contact, "totp.secret", owner, &totp.secret).await?;
    let secret = TotpSecret::from_bytes(plain.as_bytes()).map_err(|_| Error::Internal("totp_secret"))?;
    Ok(match secret.check(typed, service.now().unix_ms() / 1000, totp.last_step, Delay::None) {
        TotpVerdict::Accepted { step } => Some(step),
        TotpVerdict::Replayed | TotpVerdict::Wrong => None,
    })
}

/// A code that was sent to the contact. Where there is another factor it would be a way around it; shortly
/// after the password was set through the same contact it would be no second factor.
async fn sent_code(
    service: &Service,
    tx: &mut Tx,
    owner: &str,
    request: CodeId,
    typed: &str,
) -> Result<bool, Error> {
    let Ok(id) = owner.parse::<AccountId>() else { return Ok(false) };
    let Some(found) = code::look(service, tx, request, Purpose::StepUp, typed).await? else {
        return Ok(false);
    };
    if found.owner.as_deref() != Some(owner) || enrolled(tx, owner).await? {
        return Ok(false);
    }
    let delay = Span::hours(service.policy().rules().wallet.contact_change_withdrawal_delay_h);
    let account = super::existing(tx, id).await?;
    if account.recovered_at.is_some_and(|at| service.now() < at + delay) {
        return Ok(false);
    }
    stored::end_code(tx, request).await?;
    Ok(true)
}

/// Keeps the try and says that it was wrong.
async fn wrong(
    service: &Service,
    caller: &Caller,
    mut tx: Tx,
    action: &'static str,
    why: &'static str,
) -> Error {
    let kept = async {
        let (owner, _) = owner_of(caller)?;
        let row = Audit::new(&caller.actor(), action, "owner", owner).refused(why);
        tx.audit(&row, service.now()).await?;
        tx.commit().await?;
        throttle::failed(service).await
    };
    match kept.await {
        Ok(()) => {
            let detail = "This factor is wrong, or was used before.";
            Refused::new(Kind::Unacceptable, WRONG, detail).into()
        }
        Err(error) => error,
    }
}

pub(super) fn within(caller: Caller, from: &Caller) -> Caller {
    Caller { request_id: from.request_id.clone(), network: from.network.clone(), ..caller }
}

fn parse(token: &str) -> Result<Token, Error> {
    Token::parse(token).map_err(|_| unauthenticated())
}
