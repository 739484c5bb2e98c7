//! How many pictures are looked at, and how much they weigh, whatever comes of them: looking takes a core for a
//! while, and nobody needs that much. Counted in the database, so for all processes together. Bytes that were
//! sent before are answered without a look and count for nothing.

use super::moves::load;
use crate::service::{Error, Kind, Refused, Service};
use shiming_domain::id::ApplicationId;
use shiming_domain::moment::{Span, Timestamp};
use shiming_store::{Tx, rate};

const MIB: i64 = 1024 * 1024;

/// One bucket and its limit.
struct Quota {
    what: &'static str,
    of: String,
    more: i64,
    window: Span,
    max: i64,
}

/// Counts one upload; refuses it if there were too many, and says when the next is looked at.
pub(super) async fn count(service: &Service, id: ApplicationId, bytes: usize) -> Result<(), Error> {
    let tries = &service.policy().tries;
    let bytes = i64::try_from(bytes).unwrap_or(i64::MAX / 2);
    let mut tx = service.store().housekeep().await?;
    let account = load(&mut tx, id).await?.application.account.to_string();
    let quotas = [
        Quota {
            what: "upload_application",
            of: id.to_string(),
            more: 1,
            window: Span::minutes(1),
            max: i64::from(tries.uploads_per_application_minute_max),
        },
        Quota {
            what: "upload_account",
            of: account.clone(),
            more: 1,
            window: Span::days(1),
            max: i64::from(tries.uploads_per_account_day_max),
        },
        Quota {
            what: "upload_bytes",
            of: account,
            more: bytes,
            window: Span::days(1),
            max: i64::from(tries.upload_mib_per_account_day_max) * MIB,
        },
    ];
    let mut until = None;
    for quota in &quotas {
        until = until.max(over(service, &mut tx, quota).await?);
    }
    if let Some(until) = until {
        // What was refused is not counted: the transaction is dropped.
        let detail = "Too many pictures were sent. Keep the photo and send it again later.";
        return Err(Refused::new(Kind::TooMany, "too_many_uploads", detail).until(Some(until)).into());
    }
    Ok(tx.commit().await?)
}

/// Counts; answers when the window ends if it is full.
async fn over(service: &Service, tx: &mut Tx, quota: &Quota) -> Result<Option<Timestamp>, Error> {
    let Quota { what, of, more, window, max } = quota;
    let bucket = service.bucket(what, of)?;
    let (used, ends) = rate::add(tx, &bucket, *more, *window, service.now()).await?;
    Ok((used > *max).then_some(ends))
}
