//! How long pictures are kept, by how their application ended, and their removal.

use super::moves::load;
use super::removal::Removal;
use crate::service::{Caller, Error, Service};
use shiming_domain::application::State;
use shiming_domain::id::ApplicationId;
use shiming_domain::moment::{Span, Timestamp};
use shiming_domain::reason::Step;
use shiming_store::Tx;
use shiming_store::application as stored;
use shiming_store::audit::Audit;

/// Removes them all, for nobody's face is kept longer because many people came: first the bytes, then the row says
/// so. Whoever dies in between finds the bytes gone and says it the next time.
pub(crate) async fn remove_files(service: &Service) -> Result<(), Error> {
    let now = service.now();
    let mut removal = Removal::new(service);
    loop {
        let mut tx = service.store().read().await?;
        let files = stored::files_to_remove(&mut tx, now, removal.page()).await?;
        drop(tx);
        let mut removed_any = false;
        for file in files {
            if !removal.remove(file).await? {
                continue;
            }
            removed_any = true;
            let mut tx = service.store().change().await?;
            stored::file_removed(&mut tx, file).await?;
            tx.audit(&Audit::new(&Caller::system().actor(), "file.remove", "file", file), now).await?;
            tx.commit().await?;
        }
        if !removed_any {
            return removal.end();
        }
    }
}

/// Which pictures of an application that ended go, and when: none of one that has not.
fn term(service: &Service, state: &State, now: Timestamp) -> Option<(Option<Step>, Timestamp)> {
    let retention = &service.policy().retention;
    match state {
        // The card is evidence as long as the relationship lasts, the face only as long as there may be a dispute.
        State::Approved { .. } => Some((Some(Step::Selfie), now + Span::days(retention.selfie_days))),
        // Whoever hears an appeal, also one of the last day, must be able to look.
        State::Rejected { appeal_until, .. } => {
            Some((None, *appeal_until + Span::days(retention.abandoned_images_days)))
        }
        State::Expired { .. } | State::Withdrawn { .. } => {
            Some((None, now + Span::days(retention.abandoned_images_days)))
        }
        _ => None,
    }
}

/// An application has ended, and with it the time its pictures are kept for it.
pub(crate) async fn shorten_retention(
    service: &Service,
    tx: &mut Tx,
    id: ApplicationId,
) -> Result<(), Error> {
    let found = load(tx, id).await?;
    let Some((step, until)) = term(service, found.application.state(), service.now()) else { return Ok(()) };
    let files = stored::shorten_retention(tx, id, step, until).await?;
    let audit = Audit::new(&Caller::system().actor(), "application.shorten_retention", "application", id)
        .with("files", files)
        .with("until_us", until.unix_us());
    Ok(tx.audit(&audit, service.now()).await?)
}

/// A rejection is opened again: what is still there stays.
pub(crate) async fn keep_pictures(service: &Service, tx: &mut Tx, id: ApplicationId) -> Result<(), Error> {
    let found = load(tx, id).await?;
    if !found.application.state().name().is_open() {
        return Ok(());
    }
    let files = stored::keep_again(tx, id).await?;
    let audit = Audit::new(&Caller::system().actor(), "application.keep_pictures", "application", id)
        .with("files", files);
    Ok(tx.audit(&audit, service.now()).await?)
}
