//! Fixing the audit tree: checkpoints, signed with the installation's key.

use crate::service::{Caller, Error, Kind, Refused, Service, Strength};
use shiming_domain::case::Role;
pub use shiming_store::audit::Stored;
use shiming_store::audit::{self, StoredCheckpoint};
use shiming_vault::audit::{Checkpoint, NoteVerifier};

/// Rows placed at once.
const SEQUENCE_MAX: u32 = 500;

/// The public key with which exports and checkpoints are verified.
pub fn verifier(service: &Service) -> &NoteVerifier {
    service.signer().verifier()
}

/// Whose rows are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rows {
    /// Everybody's.
    All,
    /// About an object.
    About(String),
    /// Of one who did something.
    By(String),
}

/// Rows, newest first, before a place in the tree. Operators read them: they decide nothing, so that the first
/// opinion on a case is no secret to keep from them.
pub async fn read(
    service: &Service,
    caller: &Caller,
    rows: &Rows,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<Stored>, Error> {
    if !matches!(caller.staff(), Some((_, Role::Operator))) || caller.strength < Strength::TwoFactors {
        let detail = "Only operators read what others did.";
        return Err(Refused::new(Kind::Forbidden, "operators_only", detail).into());
    }
    let before = before.unwrap_or(i64::MAX);
    let mut tx = service.store().read().await?;
    Ok(match rows {
        Rows::All => audit::latest(&mut tx, before, limit).await?,
        Rows::About(object) => audit::about(&mut tx, object, before, limit).await?,
        Rows::By(actor) => audit::by(&mut tx, actor, before, limit).await?,
    })
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
