//! Pictures whose short retention is over.

use crate::service::{Caller, Error, Service};
use shiming_store::application as stored;
use shiming_store::audit::Audit;

/// Files removed at once; the next sweep takes the rest.
const FILES_MAX: u32 = 500;

/// Removes them: first the bytes, then the row says so. Whoever dies in between finds the bytes gone and
/// says it the next time.
pub(crate) async fn remove_files(service: &Service) -> Result<(), Error> {
    let now = service.now();
    let mut tx = service.store().read().await?;
    let files = stored::files_to_remove(&mut tx, now, FILES_MAX).await?;
    drop(tx);
    for file in files {
        service.blobs().remove(file).await?;
        let mut tx = service.store().change().await?;
        stored::file_removed(&mut tx, file).await?;
        tx.audit(&Audit::new(&Caller::system().actor(), "file.remove", "file", file), now).await?;
        tx.commit().await?;
    }
    Ok(())
}
