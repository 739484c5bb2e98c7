//! Whoever no longer lets their face be used leaves nothing of it: refused, withdrawn, or the account closed.
//!
//! The key goes first, in one transaction with its audit row; what was sealed with it opens nowhere again, not
//! in a backup either. Files, how they looked, and the frames of challenges follow. Running it again finds
//! nothing to do. Scores and hashes stay with the attempts: they are no faces.

use crate::service::{Caller, Error, Service};
use shiming_domain::id::AccountId;
use shiming_store::application as stored;
use shiming_store::audit::Audit;
use shiming_store::liveness;
use shiming_vault::keys::Purpose;

/// Destroys everything that shows the face of an account's owner, or was made from it.
pub(crate) async fn shred_faces(service: &Service, account: AccountId) -> Result<(), Error> {
    again!(shred(service, account))?;
    super::remove_files(service).await?;
    super::liveness::remove_records(service).await
}

async fn shred(service: &Service, account: AccountId) -> Result<(), Error> {
    let now = service.now();
    let mut tx = service.store().change().await?;
    let keys = service.shred(&mut tx, &account.to_string(), Purpose::Face).await?;
    let files = stored::remove_selfies(&mut tx, account, now).await?;
    let records = liveness::remove_records_of(&mut tx, account, now).await?;
    if keys + files + records == 0 {
        return Ok(());
    }
    let audit = Audit::new(&Caller::system().actor(), "account.shred_faces", "account", account)
        .with("keys", keys)
        .with("files", files)
        .with("challenges", records);
    tx.audit(&audit, now).await?;
    Ok(tx.commit().await?)
}
