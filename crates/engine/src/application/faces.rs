//! Whoever no longer lets their face be used leaves nothing of it: refused, withdrawn, or the account closed.
//!
//! The key goes in the transaction of the refusal; what was sealed with it opens nowhere again, not in a backup
//! either, and a challenge that is open then ends without a trace. Files, how they looked, and the frames of
//! challenges follow. Scores and hashes stay with the attempts: they are no faces.

use crate::service::{Caller, Error, Service};
use shiming_domain::id::AccountId;
use shiming_store::audit::Audit;
use shiming_store::{Tx, application as stored, liveness};
use shiming_vault::keys::Purpose;

/// Destroys everything that shows the face of an account's owner, or was made from it, with the transaction.
pub(crate) async fn destroy_faces(service: &Service, tx: &mut Tx, account: AccountId) -> Result<(), Error> {
    let now = service.now();
    let keys = service.shred(tx, &account.to_string(), Purpose::Face).await?;
    let files = stored::remove_selfies(tx, account, now).await?;
    let open = liveness::replace_of(tx, account).await?;
    let records = liveness::remove_records_of(tx, account, now).await?;
    if keys + files + open + records == 0 {
        return Ok(());
    }
    let audit = Audit::new(&Caller::system().actor(), "account.shred_faces", "account", account)
        .with("keys", keys)
        .with("files", files)
        .with("challenges", records);
    Ok(tx.audit(&audit, now).await?)
}

/// Removes the files of what was destroyed. Running it again finds nothing to do.
pub(crate) async fn remove_destroyed(service: &Service) -> Result<(), Error> {
    super::remove_files(service).await?;
    super::liveness::remove_records(service).await
}
