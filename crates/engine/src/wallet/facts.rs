//! Gathers the facts a level is derived from.

use super::stored;
use crate::service::{Error, Service};
use crate::source;
use shiming_domain::account::Life;
use shiming_domain::id::PersonId;
use shiming_domain::level::{FaceToFaceFact, Facts, Identity};
use shiming_domain::policy::DocumentKind;
use shiming_domain::verification::StandingName;
use shiming_store::account::{self, StoredAccount};
use shiming_store::wallet::StoredMeeting;
use shiming_store::{Tx, person};

/// What is true of an account and the person behind it now. Its restrictions are part of it.
pub(super) async fn facts(service: &Service, tx: &mut Tx, account: &StoredAccount) -> Result<Facts, Error> {
    let of_account = Facts {
        contact_confirmed: matches!(account.life, Life::Active { .. } | Life::Closing { .. }),
        restriction: account.restrictions.strongest(),
        live_money: service.settings().live,
        ..Facts::default()
    };
    let Some(person) = account.person else { return Ok(of_account) };
    let (identity, document) = identity(tx, person).await?;
    let meeting = meeting(service, tx, person).await?;
    let (first_account, other_accounts) = others(tx, account, person).await?;
    Ok(Facts {
        identity,
        document,
        // Nobody is approved without a live selfie that matched, or by a person who took the recorded route.
        selfie_match: !matches!(identity, Identity::Unverified | Identity::Revoked),
        proofs: source::proofs(tx, source::Owner::Person(person)).await?,
        face_to_face: meeting.map(|meeting| FaceToFaceFact {
            second_confirmed: meeting.confirmed_by.is_some(),
            holds: meeting.holds,
        }),
        first_account,
        other_accounts,
        ..of_account
    })
}

/// The record of a meeting that counts. Where two people are asked for, a confirmed one does until its successor is
/// confirmed.
async fn meeting(service: &Service, tx: &mut Tx, person: PersonId) -> Result<Option<StoredMeeting>, Error> {
    let mut all = stored::meetings(tx, person).await?.into_iter();
    let asks_two = service.policy().rules().channels.face_to_face.four_eyes;
    let counts = |meeting: &StoredMeeting| !asks_two || meeting.confirmed_by.is_some();
    Ok(all.find(counts))
}

/// What the person's last verification says. One that another took the place of is never the last.
async fn identity(tx: &mut Tx, person: PersonId) -> Result<(Identity, Option<DocumentKind>), Error> {
    for stored in person::verifications(tx, person).await? {
        let identity = match stored.verification.standing_name() {
            StandingName::Valid => Identity::Valid,
            StandingName::Grace => Identity::Grace,
            StandingName::Lapsed => Identity::Lapsed,
            StandingName::Revoked => Identity::Revoked,
            StandingName::Superseded => continue,
        };
        return Ok((identity, Some(stored.document)));
    }
    Ok((Identity::Unverified, None))
}

/// Whether this is the person's first account here, closed ones included, and the levels of the others that
/// are open.
async fn others(tx: &mut Tx, this: &StoredAccount, person: PersonId) -> Result<(bool, [u32; 4]), Error> {
    let mut first = true;
    let mut levels = [0; 4];
    for id in person::accounts(tx, person).await? {
        let other = if id == this.id { None } else { account::load(tx, id).await? };
        let Some(other) = other else { continue };
        first &= (this.created_at, this.id) < (other.created_at, other.id);
        let open = !matches!(other.life, Life::Closed { .. });
        if let Some(slot) = levels.get_mut(usize::from(other.level)).filter(|_| open) {
            *slot += 1;
        }
    }
    Ok((first, levels))
}
