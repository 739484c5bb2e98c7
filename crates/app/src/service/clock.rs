//! The only place where the service's time comes from.

use shiming_domain::moment::Timestamp;
use shiming_engine::service::Clock;
use time::OffsetDateTime;

/// The system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let us = OffsetDateTime::now_utc().unix_timestamp_nanos() / 1000;
        let us = i64::try_from(us).ok();
        us.and_then(|us| Timestamp::from_unix_us(us).ok()).unwrap_or(Timestamp::MAX)
    }
}
