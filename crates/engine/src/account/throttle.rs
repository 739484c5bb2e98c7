//! How often somebody may try. What is counted is what was typed, known or not, so that a lock says nothing;
//! delays grow, and none lasts longer than an hour, so that nobody can lock another out for good.

use super::device::Device;
use crate::service::{Caller, Error, Kind, Refused, Service};
use shiming_domain::moment::{Span, Timestamp};
use shiming_store::rate;

/// Tries within a span. The first is the promise of the rules; the others are the growing delay.
const TRIES: [(u32, i64); 3] = [(1, 5), (15, 15), (60, 30)];
/// A network may try so often within a minute: a /24 or /56.
const NETWORK_TRIES: i64 = 20;
/// Failures of all together within a minute.
const FAILURES: i64 = 100;
/// Accounts that one network may open within an hour, and one device within a day.
const REGISTRATIONS: i64 = 10;
const DEVICE_REGISTRATIONS: i64 = 3;

const MINUTE: Span = Span::minutes(1);

/// Counts a try with a secret and refuses it if there were too many. `of` is what was typed, in normal form.
pub(super) async fn attempt(service: &Service, caller: &Caller, what: &str, of: &str) -> Result<(), Error> {
    network(service, caller).await?;
    count_try(service, what, of, true).await
}

/// The same on a device where somebody has signed in with what was typed: neither the tries of strangers nor their
/// failures everywhere count, or they could lock its owner out.
pub(super) async fn attempt_on(
    service: &Service,
    caller: &Caller,
    device: &Device,
    what: &str,
    of: &str,
) -> Result<(), Error> {
    network(service, caller).await?;
    count_try(service, what, &on(device, of), false).await
}

fn on(device: &Device, of: &str) -> String {
    format!("{of}\n{}", device.as_str())
}

async fn count_try(service: &Service, what: &str, of: &str, with_all: bool) -> Result<(), Error> {
    let now = service.now();
    let mut tx = service.store().housekeep().await?;
    let mut until: Option<Timestamp> = None;
    for (minutes, tries) in TRIES {
        let bucket = service.bucket(&format!("{what}_{minutes}"), of)?;
        let (used, ends) = rate::hit(&mut tx, &bucket, Span::minutes(minutes), now).await?;
        if used > tries {
            until = until.max(Some(ends));
        }
    }
    let bucket = service.bucket("failures", "all")?;
    if with_all && rate::used(&mut tx, &bucket, MINUTE, now).await? >= FAILURES {
        until = until.max(Some(now + MINUTE));
    }
    tx.commit().await?;
    until.map_or(Ok(()), |until| Err(too_many(until)))
}

/// Counts a try of a network.
pub(super) async fn network(service: &Service, caller: &Caller) -> Result<(), Error> {
    let Some(network) = &caller.network else { return Ok(()) };
    count(service, "network", network, MINUTE, NETWORK_TRIES).await
}

/// It was the wrong secret.
pub(super) async fn failed(service: &Service) -> Result<(), Error> {
    let mut tx = service.store().housekeep().await?;
    let bucket = service.bucket("failures", "all")?;
    rate::hit(&mut tx, &bucket, MINUTE, service.now()).await?;
    Ok(tx.commit().await?)
}

/// It was the right one: what failed before is forgiven.
pub(super) async fn forgive(
    service: &Service,
    tx: &mut shiming_store::Tx,
    what: &str,
    of: &str,
) -> Result<(), Error> {
    for (minutes, _) in TRIES {
        rate::forgive(tx, &service.bucket(&format!("{what}_{minutes}"), of)?).await?;
    }
    Ok(())
}

/// It was the right one, on a known device: of the tries there, too.
pub(super) async fn forgive_on(
    service: &Service,
    tx: &mut shiming_store::Tx,
    device: &Device,
    what: &str,
    of: &str,
) -> Result<(), Error> {
    forgive(service, tx, what, &on(device, of)).await
}

/// Counts a registration of a device and a network.
pub(super) async fn registration(
    service: &Service,
    caller: &Caller,
    device: Option<&Device>,
) -> Result<(), Error> {
    if let Some(device) = device {
        count(service, "device_registration", device.as_str(), Span::days(1), DEVICE_REGISTRATIONS).await?;
    }
    let Some(network) = &caller.network else { return Ok(()) };
    count(service, "registration", network, Span::hours(1), REGISTRATIONS).await
}

/// Counts a code to a contact: so many a day. Answers the bucket, for when it is to be sent again.
pub(super) async fn sending(service: &Service, contact: &str) -> Result<String, Error> {
    let bucket = service.bucket("codes", contact)?;
    sending_again(service, &bucket).await?;
    Ok(bucket)
}

/// Counts another code to the same contact.
pub(super) async fn sending_again(service: &Service, bucket: &str) -> Result<(), Error> {
    let max = i64::from(service.policy().rules().otp.sends_per_day_max);
    count_in(service, bucket, Span::days(1), max).await
}

async fn count(service: &Service, what: &str, of: &str, span: Span, max: i64) -> Result<(), Error> {
    count_in(service, &service.bucket(what, of)?, span, max).await
}

async fn count_in(service: &Service, bucket: &str, span: Span, max: i64) -> Result<(), Error> {
    let mut tx = service.store().housekeep().await?;
    let (used, ends) = rate::hit(&mut tx, bucket, span, service.now()).await?;
    tx.commit().await?;
    if used > max { Err(too_many(ends)) } else { Ok(()) }
}

fn too_many(until: Timestamp) -> Error {
    let detail = "There were too many tries. Wait, then try again.";
    Refused::new(Kind::TooMany, "too_many_tries", detail).until(Some(until)).into()
}
