//! Those who work for the operator. The first start prints a link that makes the administrator; everybody else
//! is invited by an operator. Nobody does anything before a second factor is set up.

use super::{password, register, throttle};
use crate::four_eyes::{Act, Acted, Eyes, propose};
use crate::service::{Caller, Error, Kind, Pending, Refused, Service};
use shiming_domain::account::{Contact, ContactKind};
use shiming_domain::case::Role;
use shiming_domain::id::StaffId;
use shiming_domain::moment::{Span, Timestamp};
use shiming_domain::personal::Personal;
use shiming_store::Tx;
use shiming_store::account::{self as stored, LinkFor, NewStaff, StoredStaff};
use shiming_store::audit::Audit;
use shiming_vault::keys::Purpose;
use shiming_vault::token::Token;

/// A link is worth nothing after so long.
const LINK_LASTS: Span = Span::hours(24);
/// Characters of a name.
const NAME_CHARS_MAX: usize = 60;

/// Somebody to be invited.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// What colleagues call them.
    pub name: String,
    /// Their mail address; they sign in with it.
    pub email: String,
    /// As what.
    pub role: Role,
}

/// Somebody was invited.
#[derive(Clone, Debug)]
pub struct Invited {
    /// Who.
    pub id: StaffId,
    /// The link that sets them up; shown once.
    pub link: String,
}

/// What the owner of a link sets up.
#[derive(Clone, Debug)]
pub struct SetUp {
    /// From the link.
    pub token: String,
    /// The new password.
    pub password: String,
    /// For the administrator of the first start: what colleagues call them, and their mail address.
    pub administrator: Option<(String, String)>,
}

/// A member of staff as operators see them.
#[derive(Clone, Debug)]
pub struct StaffView {
    /// Who.
    pub id: StaffId,
    /// As what.
    pub role: Role,
    /// `invited`, `active` or `disabled`.
    pub state: String,
    /// What colleagues call them.
    pub name: Personal,
    /// Their mail address.
    pub email: Personal,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when.
    pub disabled_at: Option<Timestamp>,
}

/// The link that makes the administrator, while there is nobody. An earlier one is worth nothing then, so that a
/// start that was not read can be repeated.
pub async fn setup_link(service: &Service) -> Result<Option<String>, Error> {
    let now = service.now();
    let mut tx = service.store().change().await?;
    if stored::any_staff(&mut tx).await? {
        return Ok(None);
    }
    stored::remove_first_links(&mut tx).await?;
    let token = Token::generate(&mut service.draw());
    stored::insert_setup_link(&mut tx, &token.hash(), None, now + LINK_LASTS, now).await?;
    let row = Audit::new(&Caller::system().actor(), "setup_link.create", "installation", "main");
    tx.audit(&row, now).await?;
    tx.commit().await?;
    Ok(Some(link(service, &token)))
}

/// After the `#`, so that no server and no proxy ever logs it.
fn link(service: &Service, token: &Token) -> String {
    format!("{}/console/setup#{}", service.settings().public_url, token.reveal())
}

/// Sets somebody up: their password. They sign in next and set up their second factor.
pub async fn set_up(service: &Service, caller: &Caller, set_up: SetUp) -> Result<Pending<StaffId>, Error> {
    throttle::network(service, caller).await?;
    let gone = || Refused::new(Kind::NotFound, "setup_link_over", "This link is over or was used.");
    let token = Token::parse(&set_up.token).map_err(|_| gone())?.hash();
    password::check(service, &set_up.password, true, &[])?;
    let hash = password::hash(service, &set_up.password).await?;

    let now = service.now();
    let mut tx = service.store().change().await?;
    let whom = stored::setup_link(&mut tx, &token, now).await?.ok_or_else(gone)?;
    stored::use_setup_link(&mut tx, &token, now).await?;
    let id = match whom {
        LinkFor::Invited(id) => {
            stored::activate_staff(&mut tx, id).await?;
            id
        }
        LinkFor::Administrator => {
            if stored::any_staff(&mut tx).await? {
                return Err(gone().into());
            }
            let (name, email) = set_up.administrator.ok_or_else(|| {
                Refused::new(Kind::Malformed, "administrator_missing", "Give a name and a mail address.")
            })?;
            let invitation = Invitation { name, email, role: Role::Operator };
            insert(service, &mut tx, &invitation, None).await?
        }
    };
    stored::set_password(&mut tx, &id.to_string(), &hash, now).await?;
    tx.audit(&Audit::new(&caller.actor(), "staff.set_up", "staff", id), now).await?;
    Ok(Pending::new(service, tx, id))
}

/// Invites somebody; with two people where the policy asks for that.
pub async fn create(
    service: &Service,
    caller: &Caller,
    invitation: Invitation,
) -> Result<Pending<Acted<Invited>>, Error> {
    super::key::operator(service, caller)?;
    {
        // What could not be done is not put before a second person; nothing of this lasts.
        let mut tx = service.store().change().await?;
        insert(service, &mut tx, &invitation, None).await?;
    }
    let mut tx = service.store().change().await?;
    match propose(service, &mut tx, caller, Act::inviting(&invitation)).await? {
        Err(waits) => Ok(Pending::new(service, tx, Acted::Waits(waits))),
        Ok(eyes) => {
            let invited = invite(service, &mut tx, caller, &invitation, eyes).await?;
            Ok(Pending::new(service, tx, Acted::Done(invited)))
        }
    }
}

/// Makes somebody a member, with the link that sets them up.
pub(crate) async fn invite(
    service: &Service,
    tx: &mut Tx,
    caller: &Caller,
    invitation: &Invitation,
    eyes: Eyes,
) -> Result<Invited, Error> {
    let operator = super::key::operator(service, caller)?;
    let now = service.now();
    let id = insert(service, tx, invitation, Some(operator)).await?;
    let token = Token::generate(&mut service.draw());
    stored::insert_setup_link(tx, &token.hash(), Some(id), now + LINK_LASTS, now).await?;
    let row = Audit::new(&caller.actor(), "staff.create", "staff", id);
    tx.audit(&eyes.tell(row.with("role", invitation.role.as_str())), now).await?;
    Ok(Invited { id, link: link(service, &token) })
}

/// Everybody, for operators.
pub async fn list(service: &Service, caller: &Caller) -> Result<Vec<StaffView>, Error> {
    super::key::operator_reads(caller)?;
    let mut tx = service.store().read().await?;
    let mut views = Vec::new();
    for staff in stored::staff_list(&mut tx).await? {
        views.push(view(service, &mut tx, staff).await?);
    }
    Ok(views)
}

/// Whoever of staff asks, as they are known here.
pub async fn me(service: &Service, caller: &Caller) -> Result<StaffView, Error> {
    let (id, _) = caller.staff().ok_or_else(super::unauthenticated)?;
    let mut tx = service.store().read().await?;
    let staff = stored::staff(&mut tx, id).await?.ok_or_else(super::unauthenticated)?;
    view(service, &mut tx, staff).await
}

/// Whoever leaves: all sessions end at once. The last operator stays, or nobody could ever come back in.
pub async fn disable(service: &Service, caller: &Caller, id: StaffId) -> Result<Pending<()>, Error> {
    let operator = super::key::operator(service, caller)?;
    if operator == id {
        let detail = "Another operator disables you, so that one remains.";
        return Err(Refused::new(Kind::Conflict, "staff_is_yourself", detail).into());
    }
    let now = service.now();
    let mut tx = service.store().change().await?;
    stored::staff(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    if !stored::disable_staff(&mut tx, id, now).await? {
        return Err(
            Refused::new(Kind::Conflict, "staff_disabled_already", "They are disabled already.").into()
        );
    }
    let ended = stored::end_sessions(&mut tx, &id.to_string(), None, now).await?;
    let row = Audit::new(&caller.actor(), "staff.disable", "staff", id);
    tx.audit(&row.with("sessions_ended", ended), now).await?;
    Ok(Pending::new(service, tx, ()))
}

/// The blind index of a staff address; not that of an applicant's, so that the two are never compared.
pub(super) fn email_index(service: &Service, contact: &Contact) -> Result<[u8; 32], Error> {
    service.blind_index("staff_email", contact.value().reveal())
}

async fn insert(
    service: &Service,
    tx: &mut Tx,
    invitation: &Invitation,
    by: Option<StaffId>,
) -> Result<StaffId, Error> {
    let contact = register::parse(&invitation.email)?;
    let name = invitation.name.trim();
    if contact.kind() != ContactKind::Email || name.is_empty() || name.chars().count() > NAME_CHARS_MAX {
        let detail = "A name of 1 to 60 characters and a mail address are needed.";
        return Err(Refused::new(Kind::Malformed, "staff_malformed", detail).into());
    }
    let id = service.id(StaffId::at);
    let text = id.to_string();
    let (name, email) = (name.as_bytes(), contact.value().reveal().as_bytes());
    let new = NewStaff {
        id,
        role: invitation.role,
        name: service.seal(tx, &text, Purpose::Contact, "staff.name", &text, name).await?,
        email: service.seal(tx, &text, Purpose::Contact, "staff.email", &text, email).await?,
        email_index: email_index(service, &contact)?,
        created_by: by,
        active: by.is_none(),
    };
    match stored::insert_staff(tx, &new, service.now()).await {
        Ok(()) => Ok(id),
        Err(error) if error.is_unique_violation() => {
            let detail = "Somebody with this mail address works here already.";
            Err(Refused::new(Kind::Conflict, "staff_email_taken", detail).into())
        }
        Err(error) => Err(error.into()),
    }
}

async fn view(service: &Service, tx: &mut Tx, staff: StoredStaff) -> Result<StaffView, Error> {
    let id = staff.id.to_string();
    let name = service.unseal(tx, &id, Purpose::Contact, "staff.name", &id, &staff.name).await?;
    let email = service.unseal(tx, &id, Purpose::Contact, "staff.email", &id, &staff.email).await?;
    Ok(StaffView {
        id: staff.id,
        role: staff.role,
        state: staff.state,
        name: Personal::new(String::from_utf8_lossy(name.as_bytes())),
        email: Personal::new(String::from_utf8_lossy(email.as_bytes())),
        created_at: staff.created_at,
        disabled_at: staff.disabled_at,
    })
}
