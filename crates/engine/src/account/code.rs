//! One-time codes by mail and SMS, and the letters that go the same way.
//!
//! The code is made when it is sent and is kept only as a keyed hash: no row and no job ever holds it. A request
//! with nobody behind it looks like any other to whoever made it.

use super::owner;
use crate::notice::AccountLetter;
use crate::outside::outbox::Posted;
use crate::service::{Caller, Error, Job, Kind, Pending, Principal, Refused, Service};
use shiming_domain::account::ContactKind;
use shiming_domain::id::{CodeId, ContactId};
use shiming_domain::moment::{Span, Timestamp};
use shiming_domain::personal::Personal;
use shiming_store::Tx;
use shiming_store::account as stored;
use shiming_store::account::StoredCode;
use shiming_store::audit::Audit;
use shiming_vault::keys::Purpose as KeyPurpose;
use shiming_vault::token::Code;

/// What a letter is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Show that the contact of a new account is yours.
    Register,
    /// Somebody tried to register with a contact that has an account.
    AlreadyRegistered,
    /// Show that a new contact is yours.
    NewContact,
    /// Set a new password.
    Recover,
    /// Show that it is still you.
    StepUp,
    /// The contact has changed; goes to the old one.
    ContactChanged,
    /// The password was set anew.
    PasswordChanged,
}

impl Purpose {
    const ALL: [Self; 7] = [
        Self::Register,
        Self::AlreadyRegistered,
        Self::NewContact,
        Self::Recover,
        Self::StepUp,
        Self::ContactChanged,
        Self::PasswordChanged,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::AlreadyRegistered => "already_registered",
            Self::NewContact => "new_contact",
            Self::Recover => "recover",
            Self::StepUp => "step_up",
            Self::ContactChanged => "contact_changed",
            Self::PasswordChanged => "password_changed",
        }
    }

    fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == name)
    }

    /// Whether the letter carries a code.
    const fn has_code(self) -> bool {
        matches!(self, Self::Register | Self::NewContact | Self::Recover | Self::StepUp)
    }

    /// What the letter says.
    const fn letter(self) -> AccountLetter {
        match self {
            Self::Register | Self::NewContact => AccountLetter::ConfirmContact,
            Self::Recover => AccountLetter::ResetPassword,
            Self::StepUp => AccountLetter::StepUp,
            Self::AlreadyRegistered => AccountLetter::AlreadyRegistered,
            Self::ContactChanged => AccountLetter::ContactChanged,
            Self::PasswordChanged => AccountLetter::PasswordChanged,
        }
    }

    /// A contact may be confirmed the next day, by mail; what lets somebody in is short-lived.
    fn lasts(self, service: &Service, kind: ContactKind) -> Span {
        let otp = &service.policy().rules().otp;
        match (self, kind) {
            (Self::Register | Self::AlreadyRegistered | Self::NewContact, ContactKind::Email) => {
                Span::hours(otp.email_ttl_h)
            }
            _ => Span::minutes(otp.sms_ttl_min),
        }
    }
}

/// A code is on its way, or looks as if it were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Of this request; the code fits no other.
    pub request: CodeId,
    /// Worth nothing from then on.
    pub expires_at: Timestamp,
    /// Another may be asked for from then on.
    pub again_at: Timestamp,
}

/// What an event sends by itself is counted nowhere and never sent again.
pub(super) const NOT_COUNTED: &str = "";

/// Writes a request and the job that sends its letter.
pub(super) async fn ask(
    service: &Service,
    tx: &mut Tx,
    purpose: Purpose,
    owner: Option<String>,
    contact: Option<ContactId>,
    kind: ContactKind,
    bucket: &str,
) -> Result<Asked, Error> {
    let now = service.now();
    let id = service.id(CodeId::at);
    let expires_at = now + purpose.lasts(service, kind);
    let bucket = bucket.to_owned();
    let new = stored::NewCode { id, purpose: purpose.as_str(), owner, contact, bucket, expires_at };
    stored::insert_code(tx, &new, now).await?;
    service.push(tx, &Job::SendCode { request: id.to_string() }, now).await?;
    Ok(Asked { request: id, expires_at, again_at: now + again_after(service) })
}

fn again_after(service: &Service) -> Span {
    Span::seconds(service.policy().rules().otp.resend_after_s)
}

/// Sends the code of a request once more: another code, so that an old letter is worth nothing.
pub async fn ask_again(service: &Service, caller: &Caller, request: CodeId) -> Result<Pending<Asked>, Error> {
    let now = service.now();
    let mut tx = service.store().read().await?;
    let code = stored::code(&mut tx, request).await?.ok_or_else(Error::not_found)?;
    drop(tx);
    let purpose = Purpose::of(&code.purpose).ok_or(Error::Internal("code_purpose"))?;
    if !purpose.has_code() && purpose != Purpose::AlreadyRegistered {
        return Err(Error::not_found());
    }
    let again_at = code.asked_at + again_after(service);
    if now < again_at {
        let detail = "A code was sent a moment ago.";
        return Err(Refused::new(Kind::TooMany, "code_sent_already", detail).until(Some(again_at)).into());
    }
    super::throttle::sending_again(service, &code.bucket).await?;
    let mut tx = service.store().change().await?;
    // Without a contact it has to look like one that was mailed; recovery codes last as long either way.
    let kind = match code.contact {
        Some(id) => stored::contact(&mut tx, id).await?.map_or(ContactKind::Phone, |contact| contact.kind),
        None => ContactKind::Phone,
    };
    let expires_at = now + purpose.lasts(service, kind);
    if code.over || code.expires_at <= now || !stored::again(&mut tx, &code, expires_at, now).await? {
        return Err(wrong());
    }
    service.push(&mut tx, &Job::SendCode { request: request.to_string() }, now).await?;
    tx.audit(&Audit::new(&caller.actor(), "code.ask_again", "code", request), now).await?;
    Ok(Pending::new(service, tx, Asked { request, expires_at, again_at: now + again_after(service) }))
}

/// A code to a confirmed contact of the caller, as a second factor or to show one anew.
pub async fn ask_for_step_up(service: &Service, caller: &Caller) -> Result<Pending<Asked>, Error> {
    let (owner, _) = owner(caller)?;
    let Principal::Applicant { account, .. } = caller.principal else { return Err(Error::not_found()) };
    let bucket = super::throttle::sending(service, &owner).await?;
    let mut tx = service.store().change().await?;
    let contacts = stored::contacts(&mut tx, account).await?;
    let contact = contacts.first().ok_or_else(Error::not_found)?;
    let (purpose, kind) = (Purpose::StepUp, contact.kind);
    let asked = ask(service, &mut tx, purpose, Some(owner), Some(contact.id), kind, &bucket).await?;
    tx.audit(&Audit::new(&caller.actor(), "code.ask", "code", asked.request), service.now()).await?;
    Ok(Pending::new(service, tx, asked))
}

/// The request, if the code is its code. The try is counted in any case; whoever gets `None` commits that.
pub(super) async fn look(
    service: &Service,
    tx: &mut Tx,
    request: CodeId,
    purpose: Purpose,
    typed: &str,
) -> Result<Option<StoredCode>, Error> {
    let tries_max = service.policy().rules().otp.tries_max;
    if stored::count_try(tx, request, tries_max).await? == 0 {
        return Ok(None);
    }
    let Some(code) = stored::code(tx, request).await? else { return Ok(None) };
    let Some(mac) = &code.mac else { return Ok(None) };
    let fits = service.code_key().matches(&request.to_string(), mac, typed)?;
    let good = fits && code.purpose == purpose.as_str() && service.now() < code.expires_at;
    Ok(good.then_some(code))
}

/// Keeps the try and tells that it was wrong; the same words whatever was wrong with it.
pub(super) async fn missed(service: &Service, caller: &Caller, mut tx: Tx, request: CodeId) -> Error {
    let row = Audit::new(&caller.actor(), "code.use", "code", request).refused("code_wrong");
    let kept = match tx.audit(&row, service.now()).await {
        Ok(()) => tx.commit().await,
        Err(error) => Err(error),
    };
    kept.map_or_else(Error::from, |()| wrong())
}

fn wrong() -> Error {
    let detail = "The code is wrong, over or used. Ask for another one.";
    Refused::new(Kind::Unacceptable, "code_wrong", detail).into()
}

/// Sends a letter. A second run sends another code; only the last one is worth something.
pub(crate) async fn send(service: &Service, request: &str) -> Result<(), Error> {
    let id: CodeId = request.parse().map_err(|_| Error::Internal("code_request_id"))?;
    let mut tx = service.store().housekeep().await?;
    let Some(code) = stored::code(&mut tx, id).await? else { return Ok(()) };
    let purpose = Purpose::of(&code.purpose).ok_or(Error::Internal("code_purpose"))?;
    if code.over || code.sent_at.is_some() || code.expires_at <= service.now() {
        return Ok(());
    }
    let Some(contact) = code.contact else { return Ok(()) };
    let Some(contact) = stored::contact(&mut tx, contact).await? else { return Ok(()) };
    let Some(account) = stored::load(&mut tx, contact.account).await? else { return Ok(()) };
    let to = super::overview::open(service, &mut tx, &contact).await?;
    let digits = if purpose.has_code() {
        let new = Code::generate(&mut service.draw());
        if stored::set_code(&mut tx, id, &service.code_key().mac(request, &new)?).await? == 0 {
            return Ok(());
        }
        Some(new.reveal())
    } else {
        None
    };
    tx.commit().await?;

    let lasts = purpose.lasts(service, contact.kind);
    let code_and_time = digits.as_deref().map(|digits| (digits, lasts));
    let message_id = format!("{request}-{}", code.sends);
    let (about, locale) = (purpose.letter(), account.locale);
    let posted =
        crate::notice::account_letter(service, &to, about, code_and_time, locale, message_id).await?;
    if posted != Posted::Sent {
        return Err(Error::Internal("letter_refused"));
    }
    let mut tx = service.store().housekeep().await?;
    stored::code_sent(&mut tx, id, service.now()).await?;
    Ok(tx.commit().await?)
}

/// Seals a contact for its row.
pub(super) async fn seal_contact(
    service: &Service,
    tx: &mut Tx,
    account: &str,
    id: ContactId,
    value: &Personal,
) -> Result<shiming_vault::seal::Sealed, Error> {
    let bytes = value.reveal().as_bytes();
    service.seal(tx, account, KeyPurpose::Contact, "contact.value", &id.to_string(), bytes).await
}
