//! Setting up a passkey.

use super::{CreationOptions, NAME_CHARS_MAX, PASSKEYS_MAX, give_out, is_staff, may_enrol, party};
use crate::account::factor::{enrolled, label, within};
use crate::account::session::{self, Shown, SignedIn, found};
use crate::account::{throttle, unauthenticated};
use crate::service::{Caller, Error, Kind, Pending, Refused, Service};
use shiming_domain::id::PasskeyId;
use shiming_store::Tx;
use shiming_store::account::{self as stored, ChallengeFor};
use shiming_store::audit::Audit;
use shiming_vault::keys::Purpose;
use shiming_vault::passkey::{Attestation, Expected, NewPasskey, PasskeyError, challenge_of, register};
use shiming_vault::token::Token;

/// Begins to set up a passkey.
pub async fn begin_registration(
    service: &Service,
    from: &Caller,
    token: &str,
) -> Result<Pending<CreationOptions>, Error> {
    let (session, caller) = found(service, token).await?.ok_or_else(unauthenticated)?;
    let (caller, owner) = (within(caller, from), session.owner.clone());
    let party = party(service)?;
    let mut tx = service.store().change().await?;
    may_enrol(service, &session, &caller, enrolled(&mut tx, &owner).await?)?;
    let user_handle = lock(service, &mut tx, &owner).await?;
    let passkeys = stored::passkeys(&mut tx, &owner).await?;
    not_too_many(passkeys.len())?;
    let id = session.id.to_string();
    let (challenge, expires_at) = give_out(service, &mut tx, ChallengeFor::Register, Some(&id)).await?;
    let options = CreationOptions {
        party: party.id().to_owned(),
        user_handle,
        user_name: label(service, &mut tx, &caller).await?,
        challenge,
        expires_at,
        known: passkeys.into_iter().map(|passkey| passkey.credential).collect(),
        user_verification: is_staff(&owner),
    };
    tx.audit(&Audit::new(&caller.actor(), "passkey.enrol", "owner", owner), service.now()).await?;
    Ok(Pending::new(service, tx, options))
}

/// The new passkey: from now on it is in use, and the session knows two factors. The token changes.
pub async fn finish_registration(
    service: &Service,
    from: &Caller,
    token: &str,
    name: &str,
    answer: &Attestation,
) -> Result<Pending<(PasskeyId, SignedIn)>, Error> {
    throttle::network(service, from).await?;
    let name = named(name)?;
    let (session, caller) = found(service, token).await?.ok_or_else(unauthenticated)?;
    let (caller, owner) = (within(caller, from), session.owner.clone());
    let now = service.now();
    let mut tx = service.store().change().await?;
    may_enrol(service, &session, &caller, enrolled(&mut tx, &owner).await?)?;
    lock(service, &mut tx, &owner).await?;
    not_too_many(stored::passkeys(&mut tx, &owner).await?.len())?;
    let made = match judge(service, &mut tx, &session.id.to_string(), &owner, answer).await? {
        Ok(made) => made,
        Err((code, why, detail)) => {
            let row = Audit::new(&caller.actor(), "passkey.confirm", "owner", &owner).refused(why);
            tx.audit(&row, now).await?;
            // The challenge stays taken.
            tx.commit().await?;
            return Err(Refused::new(Kind::Unacceptable, code, detail).into());
        }
    };
    let id = service.id(PasskeyId::at);
    let text = id.to_string();
    let sealed =
        service.seal(&mut tx, &owner, Purpose::Contact, "passkey.name", &text, name.as_bytes()).await?;
    stored::insert_passkey(&mut tx, id, &owner, &made, &sealed, now).await.map_err(taken)?;
    let hash = Token::parse(token).map_err(|_| unauthenticated())?.hash();
    let signed_in = session::rotate(service, &mut tx, &session, &hash, Shown::Passkey).await?;
    let row = Audit::new(&caller.actor(), "passkey.confirm", "owner", &owner);
    let row = row.with("passkey", text).with("backup_eligible", made.backup_eligible);
    tx.audit(&row.with("backed_up", made.backed_up), now).await?;
    Ok(Pending::new(service, tx, (id, signed_in)))
}

/// Why not: the code to the caller, the reason for the audit row, and words.
type Refusal = (&'static str, &'static str, String);

async fn judge(
    service: &Service,
    tx: &mut Tx,
    session: &str,
    owner: &str,
    answer: &Attestation,
) -> Result<Result<NewPasskey, Refusal>, Error> {
    let refused =
        |error: PasskeyError| Ok(Err(("passkey_refused", error.code(), format!("Refused: {error}."))));
    let party = party(service)?;
    let challenge = match challenge_of(&answer.client_data) {
        Ok(challenge) => challenge,
        Err(error) => return refused(error),
    };
    let purpose = ChallengeFor::Register;
    if !stored::take_challenge(tx, &challenge, purpose, Some(session), service.now()).await? {
        return refused(PasskeyError::Challenge);
    }
    let staff = is_staff(owner);
    let expected = Expected { party: &party, challenge: &challenge, user_verification: staff };
    let made = match register(expected, answer) {
        Ok(made) => made,
        Err(error) => return refused(error),
    };
    if staff && made.backup_eligible {
        let detail = "Staff use passkeys that stay on one device, such as a security key.".to_owned();
        return Ok(Err(("passkey_synced", "passkey_synced", detail)));
    }
    if stored::passkey_by_credential(tx, &made.credential).await?.is_some() {
        return Ok(Err(("passkey_known", "passkey_known", known())));
    }
    Ok(Ok(made))
}

/// Nobody else changes this owner's passkeys until the end of the transaction.
pub(super) async fn lock(service: &Service, tx: &mut Tx, owner: &str) -> Result<Vec<u8>, Error> {
    let mut handle = [0; 32];
    shiming_vault::Entropy::fill(&mut service.draw(), &mut handle);
    Ok(stored::lock_passkeys(tx, owner, &handle).await?)
}

/// A name that its owner gave.
pub(super) fn named(name: &str) -> Result<&str, Error> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        let detail = "A name has 1 to 64 characters.";
        return Err(Refused::new(Kind::Malformed, "passkey_name", detail).into());
    }
    Ok(name)
}

fn not_too_many(there: usize) -> Result<(), Error> {
    if there < PASSKEYS_MAX {
        return Ok(());
    }
    let detail = "There are ten passkeys already. Remove one first.";
    Err(Refused::new(Kind::Conflict, "passkeys_too_many", detail).into())
}

fn known() -> String {
    "This passkey is in use already.".to_owned()
}

/// Somebody registered the same credential in the same moment.
fn taken(error: shiming_store::Error) -> Error {
    if error.is_unique_violation() {
        return Refused::new(Kind::Unacceptable, "passkey_known", known()).into();
    }
    error.into()
}
