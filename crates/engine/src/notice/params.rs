//! What is filled into a notice: days, minutes, words of a list, a level. Nothing else is kept, so nothing
//! about a person can get in.

use super::texts::{Words, pick};
use shiming_domain::account::Locale;
use shiming_domain::moment::{Calendar, Timestamp};
use std::collections::BTreeMap;

/// Names of values.
#[cfg(test)]
pub(super) const KEYS: &[&str] = &["date", "due", "time", "steps", "action", "level"];

/// Steps named at once.
const STEPS_MAX: usize = 8;

/// The values that have the shape of their name; a minute comes in any of the forms of [`moment`]. The rest
/// is dropped, and the log says which.
pub(super) fn kept(given: BTreeMap<&'static str, String>, words: &Words) -> BTreeMap<String, String> {
    let mut kept = BTreeMap::new();
    for (name, value) in given {
        let fits = match name {
            "date" | "due" | "time" => is_day(&value) || is_minute(&value) || instant(&value).is_some(),
            "steps" => {
                value.split(',').count() <= STEPS_MAX
                    && value.split(',').all(|step| words.steps.contains_key(step))
            }
            "action" => words.action.contains_key(value.as_str()),
            "level" => matches!(value.as_str(), "0" | "1" | "2" | "3"),
            _ => false,
        };
        if fits {
            kept.insert(name.to_owned(), value);
        } else {
            tracing::warn!(name, "a value of a notice was dropped");
        }
    }
    kept
}

/// A value as a person reads it.
pub(super) fn shown(
    name: &str,
    params: &BTreeMap<String, String>,
    words: &Words,
    locale: Locale,
    calendar: &Calendar,
) -> Option<String> {
    let value = params.get(name)?;
    let word =
        |list: &BTreeMap<String, _>, key: &str| list.get(key).map(|text| pick(text, locale).to_owned());
    match name {
        "steps" => {
            let steps: Option<Vec<String>> = value.split(',').map(|step| word(&words.steps, step)).collect();
            Some(steps?.join(if locale == Locale::ZhCn { "、" } else { ", " }))
        }
        "action" => word(&words.action, value),
        _ => Some(instant(value).map_or_else(|| value.clone(), |at| minute(calendar, at, name == "date"))),
    }
}

/// A moment as a value of a notice: `2026-11-25T02:00:00Z`. It is shown in the operator's zone.
pub fn moment(at: Timestamp) -> String {
    at.to_string()
}

/// In the operator's zone, as day or as minute.
fn minute(calendar: &Calendar, at: Timestamp, day_only: bool) -> String {
    let (date, of_day_us) = calendar.local(at);
    if day_only {
        return date.to_string();
    }
    let minutes = of_day_us / 60_000_000;
    format!("{date} {:02}:{:02}", minutes / 60, minutes % 60)
}

fn is_day(text: &str) -> bool {
    has_shape(text, "0000-00-00")
}

fn is_minute(text: &str) -> bool {
    has_shape(text, "0000-00-00 00:00")
}

/// Figures where the shape has zeros, and its own characters elsewhere.
fn has_shape(text: &str, shape: &str) -> bool {
    text.len() == shape.len()
        && text.bytes().zip(shape.bytes()).all(|(c, s)| if s == b'0' { c.is_ascii_digit() } else { c == s })
}

/// Reads RFC 3339 in UTC, to the second.
fn instant(text: &str) -> Option<Timestamp> {
    let (whole, fraction) = text.strip_suffix('Z')?.split_at_checked(19)?;
    let has_fraction = fraction
        .strip_prefix('.')
        .is_some_and(|f| (1..=9).contains(&f.len()) && f.bytes().all(|byte| byte.is_ascii_digit()));
    if !has_shape(whole, "0000-00-00T00:00:00") || !(fraction.is_empty() || has_fraction) {
        return None;
    }
    let number = |from: usize, to: usize| whole.get(from..to)?.parse::<u16>().ok();
    let month = time::Month::try_from(u8::try_from(number(5, 7)?).ok()?).ok()?;
    let day = u8::try_from(number(8, 10)?).ok()?;
    let date = time::Date::from_calendar_date(i32::from(number(0, 4)?), month, day).ok()?;
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let days = i64::from(date.to_julian_day()) - 2_440_588;
    let of_day = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
    Timestamp::from_unix_s(days * 86_400 + of_day).ok()
}

#[cfg(test)]
mod tests {
    use super::super::texts::texts;
    use super::*;
    use shiming_domain::policy::Policy;

    fn kept_one(name: &'static str, value: &str) -> bool {
        !kept(BTreeMap::from([(name, value.to_owned())]), &texts().words).is_empty()
    }

    #[test]
    fn only_values_of_their_shape_are_kept() {
        for (name, value) in [
            ("date", "2026-11-25"),
            ("due", "2026-11-25 18:00"),
            ("due", "2026-11-25T10:00:00Z"),
            ("time", "2026-11-25T10:00:00.000001Z"),
            ("steps", "selfie"),
            ("steps", "portrait_side,emblem_side"),
            ("action", "verify"),
            ("level", "2"),
        ] {
            assert!(kept_one(name, value), "{name} {value}");
        }
        for (name, value) in [
            ("date", "张三"),
            ("date", "2026-11-2x"),
            ("due", "2026-13-25T10:00:00Z"),
            ("due", "2026-11-25T24:00:00Z"),
            ("due", "2026-11-25T10:00:00.Z"),
            ("steps", ""),
            ("steps", "selfie,13800138000"),
            ("action", "pay"),
            ("level", "9"),
            ("name", "张三"),
            ("number", "110101199003070014"),
        ] {
            assert!(!kept_one(name, value), "{name} {value}");
        }
    }

    #[test]
    fn a_moment_is_shown_in_the_operators_zone() {
        let policy = Policy::preset("cn_pboc").unwrap();
        let calendar = Calendar::from_policy(&policy.rules().time).unwrap();
        let show = |name: &str, value: &str, locale| {
            let params = BTreeMap::from([(name.to_owned(), value.to_owned())]);
            shown(name, &params, &texts().words, locale, &calendar).unwrap()
        };
        assert_eq!(show("due", "2026-11-25T20:00:00Z", Locale::En), "2026-11-26 04:00");
        assert_eq!(show("date", "2026-11-25T20:00:00Z", Locale::En), "2026-11-26");
        assert_eq!(show("due", "2026-11-25", Locale::ZhCn), "2026-11-25");
        assert_eq!(show("steps", "selfie,form", Locale::ZhCn), "自拍、姓名和证件号码");
        assert_eq!(show("steps", "selfie,form", Locale::En), "the selfie, your name and ID number");
        assert_eq!(show("action", "renew", Locale::En), "renew your document");
        let at = Timestamp::from_unix_s(1_795_572_000).unwrap();
        assert_eq!(instant(&moment(at)), Some(at));
    }
}
