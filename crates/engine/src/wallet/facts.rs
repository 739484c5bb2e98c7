//! Gathers the facts a level is derived from.

use super::stored;
use crate::service::{Error, Service};
use shiming_domain::account::Life;
use shiming_domain::id::PersonId;
use shiming_domain::level::{FaceToFaceFact, Facts};
use shiming_store::Tx;
use shiming_store::account::{self, StoredAccount};

/// What is true of an account and the person behind it now. Its restrictions are part of it.
pub(super) async fn facts(service: &Service, tx: &mut Tx, account: &StoredAccount) -> Result<Facts, Error> {
    let of_account = Facts {
        contact_confirmed: matches!(account.life, Life::Active { .. } | Life::Closing { .. }),
        restriction: account.restrictions.strongest(),
        live_money: service.settings().live,
        ..Facts::default()
    };
    let Some(person) = account.person else { return Ok(of_account) };
    let known = crate::person::standing(tx, person).await?;
    let meeting = stored::load_meeting(tx, person).await?;
    let (first_account, other_accounts) = others(tx, account, person).await?;
    Ok(Facts {
        identity: known.identity,
        document: known.document,
        selfie_match: known.selfie_match,
        proofs: crate::source::proofs(tx, person).await?,
        face_to_face: meeting.map(|meeting| FaceToFaceFact {
            second_confirmed: meeting.confirmed_by.is_some(),
            holds: meeting.holds,
        }),
        first_account,
        other_accounts,
        ..of_account
    })
}

/// Whether this is the person's first account here, closed ones included, and the levels of the others that
/// are open.
async fn others(tx: &mut Tx, this: &StoredAccount, person: PersonId) -> Result<(bool, [u32; 4]), Error> {
    let mut first = true;
    let mut levels = [0; 4];
    for (id, level) in stored::accounts_of(tx, person).await? {
        let other = if id == this.id { None } else { account::load(tx, id).await? };
        let Some(other) = other else { continue };
        first &= (this.created_at, this.id) < (other.created_at, other.id);
        let open = !matches!(other.life, Life::Closed { .. });
        let slot = level.filter(|_| open).and_then(|level| levels.get_mut(usize::from(level)));
        if let Some(slot) = slot {
            *slot += 1;
        }
    }
    Ok((first, levels))
}
