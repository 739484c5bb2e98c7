//! Times on the wire: RFC 3339 in UTC, to the millisecond.

use serde::{Serialize, Serializer};
use shiming_domain::moment::Timestamp;
use time::OffsetDateTime;

/// A moment as `2026-11-25T02:00:00.000Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, utoipa::ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-11-25T02:00:00.000Z")]
pub(crate) struct When(pub(crate) Timestamp);

impl From<Timestamp> for When {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}

impl std::fmt::Display for When {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let us = self.0.unix_us();
        let t = OffsetDateTime::from_unix_timestamp(us.div_euclid(1_000_000))
            .unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let (date, ms) = (t.date(), us.rem_euclid(1_000_000) / 1000);
        let (year, month, day) = (date.year(), u8::from(date.month()), date.day());
        let (hour, minute, second) = t.time().as_hms();
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{ms:03}Z")
    }
}

impl Serialize for When {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_in_utc_to_the_millisecond() {
        let at = Timestamp::from_unix_us(1_795_572_000_123_999).unwrap();
        assert_eq!(When(at).to_string(), "2026-11-25T02:00:00.123Z");
    }
}
