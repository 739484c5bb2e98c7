//! Fixing the audit tree: checkpoints, signed with the installation's key.

use crate::service::{Error, Service};
use shiming_store::audit::{self, StoredCheckpoint};
use shiming_vault::audit::{Checkpoint, NoteVerifier};

/// Rows placed at once.
const SEQUENCE_MAX: u32 = 500;

/// The public key with which exports and checkpoints are verified.
pub fn verifier(service: &Service) -> &NoteVerifier {
    service.signer().verifier()
}

/// Places waiting rows and signs a checkpoint over everything. `None` when there is nothing that the last one
/// does not cover.
pub async fn checkpoint(service: &Service) -> Result<Option<StoredCheckpoint>, Error> {
    while audit::sequence(service.store(), SEQUENCE_MAX).await? > 0 {}
    let now = service.now();
    let mut tx = service.store().housekeep().await?;
    let head = audit::head(&mut tx).await?;
    let size = i64::try_from(head.size()).map_err(|_| Error::Internal("audit_size"))?;
    let covered = audit::checkpoint(&mut tx).await?.map_or(0, |last| last.size);
    if covered >= size {
        return Ok(None);
    }
    let note = Checkpoint::sign(head.size(), head.root(), service.signer());
    audit::keep_checkpoint(&mut tx, head.size(), &note, now).await?;
    tx.commit().await?;
    Ok(Some(StoredCheckpoint { size, at_us: now.unix_us(), note }))
}
