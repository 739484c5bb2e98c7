//! Removing sealed files. One whose bytes cannot be removed stops none of the others.

use crate::service::{Error, Service, chain};
use shiming_domain::id::FileId;
use shiming_domain::moment::Span;
use shiming_store::begun;
use std::collections::BTreeSet;

/// Files looked up at once.
const PAGE: usize = 500;
/// So many that cannot be removed, and it is the disk that is broken.
const STUCK_MAX: usize = 100;
/// No request takes so long; what it began and did not name is left over.
const BEGUN_FOR: Span = Span::days(1);

/// One go through files that are to be removed.
pub(crate) struct Removal<'a> {
    service: &'a Service,
    stuck: BTreeSet<FileId>,
    failed: Option<Error>,
}

impl<'a> Removal<'a> {
    pub(crate) const fn new(service: &'a Service) -> Self {
        Self { service, stuck: BTreeSet::new(), failed: None }
    }

    /// How many to look up next: those that are stuck come first again.
    pub(crate) fn page(&self) -> u32 {
        u32::try_from(PAGE + self.stuck.len()).unwrap_or(u32::MAX)
    }

    /// Removes the bytes; answers whether they are gone.
    pub(crate) async fn remove(&mut self, file: FileId) -> Result<bool, Error> {
        if self.stuck.contains(&file) {
            return Ok(false);
        }
        let Err(error) = self.service.blobs().remove(file).await else { return Ok(true) };
        tracing::warn!(%file, code = error.code(), error = %chain(&error), "a file could not be removed");
        if self.stuck.len() >= STUCK_MAX {
            return Err(error.into());
        }
        self.stuck.insert(file);
        self.failed.get_or_insert(error.into());
        Ok(false)
    }

    /// What went wrong first, so that the sweep is seen to fail. The next one tries again.
    pub(crate) fn end(self) -> Result<(), Error> {
        self.failed.map_or(Ok(()), Err)
    }
}

/// Removes what requests wrote that went away before a row named it.
pub(crate) async fn remove_abandoned(service: &Service) -> Result<(), Error> {
    let before = service.now() - BEGUN_FOR;
    let mut removal = Removal::new(service);
    loop {
        let mut tx = service.store().read().await?;
        let files = begun::abandoned(&mut tx, before, removal.page()).await?;
        drop(tx);
        let mut removed_any = false;
        for file in files {
            if removal.remove(file).await? {
                removed_any = true;
                let mut tx = service.store().housekeep().await?;
                begun::settle(&mut tx, file).await?;
                tx.commit().await?;
            }
        }
        if !removed_any {
            return removal.end();
        }
    }
}
