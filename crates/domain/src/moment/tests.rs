use super::*;
use crate::policy::Policy;
use crate::zone::{Change, Zone};
use proptest::prelude::*;
use time::{Date, Month};

fn at(s: i64) -> Timestamp {
    Timestamp::from_unix_s(s).unwrap()
}

fn china() -> Calendar {
    Calendar::new(Zone::named("Asia/Shanghai").unwrap())
}

fn day(year: i32, month: u8, day: u8) -> Day {
    Day::new(Date::from_calendar_date(year, Month::try_from(month).unwrap(), day).unwrap())
}

#[test]
fn a_time_is_shown_in_utc() {
    assert_eq!(at(0).to_string(), "1970-01-01T00:00:00Z");
    assert_eq!(at(1_764_098_100).to_string(), "2025-11-25T19:15:00Z");
    assert_eq!(Timestamp::from_unix_us(-1).unwrap().to_string(), "1969-12-31T23:59:59.999999Z");
    assert_eq!(Timestamp::MIN.to_string(), "0001-01-01T00:00:00Z");
    assert_eq!(Timestamp::MAX.to_string(), "9999-12-30T23:59:59.999999Z");
}

#[test]
fn time_ends_instead_of_overflowing() {
    assert_eq!(Timestamp::MAX + Span::days(u32::MAX), Timestamp::MAX);
    assert_eq!(Timestamp::MIN - Span::days(u32::MAX), Timestamp::MIN);
    assert_eq!(Timestamp::from_unix_us(i64::MAX), Err(OutOfRange));
    assert_eq!(Timestamp::from_unix_s(i64::MIN), Err(OutOfRange));
    assert_eq!(at(5).since(at(9)), Span::ZERO);
    assert!(serde_json::from_str::<Timestamp>(&i64::MAX.to_string()).is_err());
    assert!(serde_json::from_str::<Span>("-1").is_err());
}

#[test]
fn a_day_in_shanghai_starts_eight_hours_before_utc() {
    let calendar = china();
    let midnight = at(1_767_196_800); // 2025-12-31T16:00:00Z
    assert_eq!(calendar.day(midnight), day(2026, 1, 1));
    assert_eq!(calendar.year(midnight), Year(2026));
    let before = Timestamp::from_unix_us(midnight.unix_us() - 1).unwrap();
    assert_eq!(calendar.day(before), day(2025, 12, 31));
    assert_eq!(calendar.year(before), Year(2025));
    assert_eq!(calendar.next_day(before), midnight);
    assert_eq!(calendar.start_of(day(2026, 1, 1)), midnight);
}

#[test]
fn the_policy_says_when_days_and_years_start() {
    let mut time = Policy::preset("cn_pboc").unwrap().time.clone();
    assert_eq!(Calendar::from_policy(&time), Ok(china()));
    time.day_starts = "04:00".to_owned();
    time.year_starts = "04-01".to_owned();
    let calendar = Calendar::from_policy(&time).unwrap();
    let early = at(1_774_983_600); // 2026-04-01T03:00 in Shanghai
    assert_eq!(calendar.day(early), day(2026, 3, 31));
    assert_eq!(calendar.year(early), Year(2025));
    assert_eq!(calendar.year(early + Span::hours(1)), Year(2026));
    for (day_starts, year_starts) in [("24:00", "01-01"), ("0:00", "01-01"), ("00:00", "02-29"), ("", "")] {
        time.day_starts = day_starts.to_owned();
        time.year_starts = year_starts.to_owned();
        assert_eq!(Calendar::from_policy(&time), Err(CalendarError::Start), "{day_starts} {year_starts}");
    }
    time.zone = "Mars/Olympus".to_owned();
    assert_eq!(Calendar::from_policy(&time), Err(CalendarError::Zone));
}

#[test]
fn both_presets_have_a_calendar() {
    for name in crate::policy::PRESETS {
        assert!(Calendar::from_policy(&Policy::preset(name).unwrap().time).is_ok(), "{name}");
    }
}

#[test]
fn a_zone_may_change_its_offset() {
    let changes = vec![
        Change { from_us: at(1_774_746_000).unix_us(), offset_s: 7200 }, // 2026-03-29T01:00:00Z
        Change { from_us: at(1_792_890_000).unix_us(), offset_s: 3600 }, // 2026-10-25T01:00:00Z
    ];
    let calendar = Calendar::new(Zone::new(3600, changes).unwrap());
    let starts = |m, d| calendar.start_of(day(2026, m, d)).to_string();
    assert_eq!(starts(3, 29), "2026-03-28T23:00:00Z");
    assert_eq!(starts(3, 30), "2026-03-29T22:00:00Z");
    assert_eq!(starts(10, 25), "2026-10-24T22:00:00Z");
    assert_eq!(starts(10, 26), "2026-10-25T23:00:00Z");
}

#[test]
fn zones_are_known_by_name_or_offset() {
    assert_eq!(Zone::named("+08:00"), Zone::named("Asia/Shanghai"));
    assert_eq!(Zone::named("-00:00"), Zone::named("UTC"));
    for text in ["", "+", "08:00", "+8:00", "+19:00", "+08:60", "时区", "Asia/shanghai"] {
        assert_eq!(Zone::named(text), None, "{text}");
    }
}

#[test]
fn months_end_with_their_last_day() {
    assert_eq!(day(2026, 8, 31).plus_months(6), day(2027, 2, 28));
    assert_eq!(day(2027, 8, 31).plus_months(6), day(2028, 2, 29));
    assert_eq!(day(2026, 12, 15).plus_months(12), day(2027, 12, 15));
    assert_eq!(day(2026, 1, 1).plus_months(u32::MAX), Day::new(Date::MAX));
    assert_eq!(day(2026, 1, 1).plus(u32::MAX), Day::new(Date::MAX));
    assert_eq!(day(2026, 1, 1).minus(1), day(2025, 12, 31));
}

proptest! {
    #[test]
    fn every_moment_lies_in_its_day(us in Timestamp::MIN.0 + DAY..Timestamp::MAX.0 - 2 * DAY, s in -64_800..=64_800_i32) {
        let calendar = Calendar::new(Zone::new(s, Vec::new()).unwrap());
        let at = Timestamp::from_unix_us(us).unwrap();
        let day = calendar.day(at);
        prop_assert!(calendar.start_of(day) <= at);
        prop_assert!(at < calendar.next_day(at));
        prop_assert_eq!(calendar.day(calendar.start_of(day)), day);
    }

    #[test]
    fn no_moment_breaks_the_calendar(us: i64, days: u32) {
        let at = Timestamp::clamped(us);
        let calendar = china();
        let _ = (calendar.year(at), calendar.next_day(at), at.to_string());
        let _ = calendar.start_of(calendar.day(at).plus(days));
        let _ = calendar.start_of(calendar.day(at).minus(days));
        let _ = calendar.start_of(calendar.day(at).plus_months(days));
    }
}
