use super::*;
use crate::policy::Policy;
use crate::zone::{Change, DAY_US, HOUR_US, Local, MINUTE_US, Zone, day};
use proptest::prelude::*;
use time::{Date, Month};

fn calendar() -> WorkCalendar {
    let policy = Policy::preset("cn_pboc").unwrap();
    let zone = Zone::named(&policy.time.zone).unwrap();
    let holidays = Holidays::named(&policy.calendar.holiday_table).unwrap();
    WorkCalendar::new(&policy.calendar, zone, holidays).unwrap()
}

/// A clock time in Shanghai in 2026.
fn at(month: u8, of_month: u8, hours: i64, minutes: i64) -> i64 {
    let date = Date::from_calendar_date(2026, Month::try_from(month).unwrap(), of_month).unwrap();
    let us = hours * HOUR_US + minutes * MINUTE_US;
    Zone::named("Asia/Shanghai").unwrap().moment(Local { day: day(date), us })
}

fn due(start_us: i64, span: Span) -> i64 {
    calendar().due_at(start_us, span).unwrap()
}

#[test]
fn a_working_day_later_is_the_same_clock_time() {
    // Tuesday to Wednesday.
    assert_eq!(due(at(11, 24, 10, 30), Span::WorkingDays(1)), at(11, 25, 10, 30));
    // Friday to Monday.
    assert_eq!(due(at(11, 27, 10, 30), Span::WorkingDays(1)), at(11, 30, 10, 30));
    assert_eq!(due(at(11, 24, 10, 30), Span::WorkingDays(0)), at(11, 24, 10, 30));
}

#[test]
fn outside_working_hours_the_clock_starts_at_the_next_opening() {
    assert_eq!(due(at(11, 24, 8, 59), Span::WorkingDays(1)), at(11, 25, 9, 0));
    assert_eq!(due(at(11, 24, 17, 59), Span::WorkingDays(1)), at(11, 25, 17, 59));
    assert_eq!(due(at(11, 24, 18, 0), Span::WorkingDays(1)), at(11, 26, 9, 0));
    // Saturday starts on Monday.
    assert_eq!(due(at(11, 28, 12, 0), Span::WorkingDays(3)), at(12, 3, 9, 0));
}

#[test]
fn a_holiday_week_is_skipped_and_a_shifted_weekend_is_worked() {
    // Wednesday 30 September; 1 to 7 October off, Saturday the 10th worked.
    assert_eq!(due(at(9, 30, 15, 0), Span::WorkingDays(1)), at(10, 8, 15, 0));
    assert_eq!(due(at(9, 30, 15, 0), Span::WorkingDays(3)), at(10, 10, 15, 0));
    assert_eq!(due(at(9, 30, 15, 0), Span::WorkingDays(4)), at(10, 12, 15, 0));
    // In the middle of the spring festival; Saturday 28 February is worked.
    assert_eq!(due(at(2, 17, 12, 0), Span::WorkingDays(4)), at(2, 28, 9, 0));
}

#[test]
fn working_hours_run_on_over_night_and_weekend() {
    assert_eq!(due(at(11, 24, 9, 0), Span::WorkingHours(9)), at(11, 24, 18, 0));
    assert_eq!(due(at(11, 24, 16, 30), Span::WorkingHours(4)), at(11, 25, 11, 30));
    assert_eq!(due(at(11, 27, 16, 0), Span::WorkingHours(4)), at(11, 30, 11, 0));
    assert_eq!(due(at(11, 28, 3, 0), Span::WorkingHours(4)), at(11, 30, 13, 0));
    assert_eq!(due(at(9, 30, 17, 0), Span::WorkingHours(4)), at(10, 8, 12, 0));
}

#[test]
fn what_the_law_counts_in_calendar_days_never_waits() {
    let clock = SlaClock::start(at(9, 30, 20, 0), Span::CalendarDays(15));
    let asleep = clock.pause(at(10, 1, 9, 0));
    assert_eq!(asleep, clock);
    assert_eq!(clock.read(&calendar(), at(10, 1, 9, 0)).unwrap().due_us, at(10, 15, 20, 0));
}

#[test]
fn an_hour_that_comes_twice_brings_no_date_before_its_start() {
    let [_, berlin] = calendars();
    let second_pass = 1_792_890_000_000_000 + HOUR_US / 2;
    assert_eq!(berlin.due_at(second_pass, Span::CalendarDays(0)), Ok(second_pass));
    let day_later = second_pass + DAY_US;
    assert_eq!(berlin.due_at(second_pass, Span::CalendarDays(1)), Ok(day_later));
}

#[test]
fn only_working_time_spent_waiting_for_the_applicant_moves_the_date() {
    let calendar = calendar();
    let clock = SlaClock::start(at(11, 24, 10, 0), Span::WorkingDays(1));
    let waiting = clock.pause(at(11, 24, 12, 0));
    assert_eq!(waiting.pause(at(11, 24, 13, 0)), waiting, "a second pause changes nothing");
    assert_eq!(waiting.read(&calendar, at(11, 24, 15, 0)).unwrap().due_us, at(11, 25, 13, 0));
    // Twelve to eighteen, a night, and an hour: seven working hours.
    let on = waiting.resume(&calendar, at(11, 25, 10, 0)).unwrap();
    assert_eq!(on.paused_us, 7 * HOUR_US);
    let reading = on.read(&calendar, at(11, 25, 10, 0)).unwrap();
    // Two of nine hours are used.
    assert_eq!((reading.due_us, reading.used_percent, reading.paused), (at(11, 25, 17, 0), 22, false));
    assert_eq!(
        waiting.read(&calendar, at(11, 25, 10, 0)).map(|r| (r.used_percent, r.paused)),
        Ok((22, true))
    );
    let at_night = on.pause(at(11, 25, 18, 30)).resume(&calendar, at(11, 26, 8, 30)).unwrap();
    assert_eq!(at_night, on, "a night costs nothing");
}

#[test]
fn the_chip_turns_amber_at_half_and_red_when_due() {
    let calendar = calendar();
    // Ten working hours from ten o'clock: half is used at 15:00, all at 11:00 the next day.
    let clock = SlaClock::start(at(11, 24, 10, 0), Span::WorkingHours(10));
    let shown = |now_us| {
        let reading = clock.read(&calendar, now_us).unwrap();
        (reading.used_percent, reading.light, reading.alarm)
    };
    assert_eq!(shown(at(11, 24, 9, 0)), (0, Light::Green, false));
    assert_eq!(shown(at(11, 24, 14, 59)), (49, Light::Green, false));
    assert_eq!(shown(at(11, 24, 15, 0)), (50, Light::Amber, false));
    assert_eq!(shown(at(11, 24, 17, 59)), (79, Light::Amber, false));
    assert_eq!(shown(at(11, 24, 18, 0)), (80, Light::Amber, true));
    assert_eq!(shown(at(11, 25, 3, 0)), (80, Light::Amber, true));
    assert_eq!(shown(at(11, 25, 10, 59)), (99, Light::Amber, true));
    assert_eq!(shown(at(11, 25, 11, 0)), (100, Light::Red, true));
    assert_eq!(shown(at(11, 25, 13, 30)), (125, Light::Red, true));
    assert_eq!(clock.renewed_due_us(&calendar, at(11, 25, 11, 0)), Ok(at(11, 26, 12, 0)));
    assert_eq!(clock.alarm_us(&calendar), Ok(at(11, 24, 18, 0)));
    let waited = clock.pause(at(11, 24, 12, 0)).resume(&calendar, at(11, 24, 14, 0)).unwrap();
    assert_eq!(waited.alarm_us(&calendar), Ok(at(11, 25, 11, 0)));
    let by_law = SlaClock::start(at(11, 24, 10, 0), Span::CalendarDays(15));
    assert_eq!(by_law.alarm_us(&calendar), Ok(at(12, 6, 10, 0)));
}

#[test]
fn what_is_due_at_an_opening_is_not_overdue_the_evening_before() {
    let clock = SlaClock::start(at(11, 28, 12, 0), Span::WorkingDays(1));
    let evening = clock.read(&calendar(), at(11, 30, 22, 0)).unwrap();
    assert_eq!((evening.due_us, evening.used_percent, evening.light), (at(12, 1, 9, 0), 99, Light::Amber));
    assert_eq!(clock.read(&calendar(), at(12, 1, 9, 0)).unwrap().light, Light::Red);
}

#[test]
fn promises_without_end_and_moments_out_of_range_are_errors() {
    let calendar = calendar();
    let now = at(11, 24, 10, 0);
    for span in [Span::WorkingDays, Span::CalendarDays, Span::WorkingHours] {
        assert_eq!(calendar.due_at(now, span(u32::MAX)), Err(SlaError::TooLong));
        assert_eq!(calendar.due_at(-1, span(1)), Err(SlaError::OutOfRange));
        assert_eq!(calendar.due_at(i64::MAX, span(1)), Err(SlaError::OutOfRange));
        assert!(calendar.due_at(now, span(SPAN_DAYS_MAX)).is_ok());
    }
    assert_eq!(calendar.working_between_us(0, 253_000_000_000_000_000), Err(SlaError::TooLong));
}

#[test]
fn a_calendar_needs_hours_and_a_weekday() {
    let mut section = Policy::preset("cn_pboc").unwrap().calendar.clone();
    section.closes = "09:00".into();
    let made = |section: &_| WorkCalendar::new(section, Zone::UTC, Holidays::default()).map(|_| ());
    assert_eq!(made(&section), Err(CalendarError::Hours));
    section.closes = "18:00".into();
    section.weekdays.clear();
    assert_eq!(made(&section), Err(CalendarError::NoWeekday));
}

fn calendars() -> [WorkCalendar; 2] {
    // Berlin 2026, with both changes of clock.
    let changes = vec![
        Change { from_us: 1_774_746_000_000_000, offset_s: 7200 },
        Change { from_us: 1_792_890_000_000_000, offset_s: 3600 },
    ];
    let section = Policy::preset("generic").unwrap().calendar.clone();
    let berlin = Zone::new(3600, changes).unwrap();
    [calendar(), WorkCalendar::new(&section, berlin, Holidays::default()).unwrap()]
}

fn span() -> impl Strategy<Value = fn(u32) -> Span> {
    prop_oneof![
        Just(Span::WorkingDays as fn(u32) -> Span),
        Just(Span::WorkingHours as fn(u32) -> Span),
        Just(Span::CalendarDays as fn(u32) -> Span),
    ]
}

/// Around the year 2026.
fn moment() -> impl Strategy<Value = i64> {
    (0..400 * DAY_US).prop_map(|us| 1_767_000_000_000_000 + us)
}

proptest! {
    #[test]
    fn who_starts_later_or_is_promised_more_is_never_due_earlier(
        start in moment(), later in 0..20 * DAY_US, n in 0_u32..40, more in 0_u32..10, span in span(),
    ) {
        // Where the clock shows an hour twice, "the same clock time" of its second pass is that of the first.
        let steady = if matches!(span(0), Span::CalendarDays(_)) { 1 } else { 2 };
        for calendar in calendars().iter().take(steady) {
            let due = calendar.due_at(start, span(n)).unwrap();
            prop_assert!(due >= start);
            prop_assert!(calendar.due_at(start + later, span(n)).unwrap() >= due);
            prop_assert!(calendar.due_at(start, span(n + more)).unwrap() >= due);
        }
    }

    #[test]
    fn so_many_working_hours_later_so_much_working_time_has_passed(start in moment(), n in 0_u32..60) {
        for calendar in calendars() {
            let due = calendar.due_at(start, Span::WorkingHours(n)).unwrap();
            prop_assert_eq!(calendar.working_between_us(start, due), Ok(i64::from(n) * HOUR_US));
        }
    }

    #[test]
    fn a_pause_never_brings_a_date_forward_and_time_never_turns_a_light_back(
        start in moment(), n in 0_u32..10, before in 0..9 * DAY_US, pause in 0..9 * DAY_US,
        first in 0..30 * DAY_US, then in 0..9 * DAY_US, span in span(),
    ) {
        let calendar = calendar();
        let clock = SlaClock::start(start, span(n));
        let on = clock.pause(start + before).resume(&calendar, start + before + pause).unwrap();
        let (plain, moved) = (clock.read(&calendar, start).unwrap(), on.read(&calendar, start).unwrap());
        prop_assert!(moved.due_us >= plain.due_us);
        let early = on.read(&calendar, start + before + pause + first).unwrap();
        let late = on.read(&calendar, start + before + pause + first + then).unwrap();
        prop_assert!(late.light >= early.light && late.used_percent >= early.used_percent);
        prop_assert_eq!(early.due_us, late.due_us);
    }

    #[test]
    fn no_moment_and_no_length_panics(
        a in any::<i64>(), b in any::<i64>(), n in any::<u32>(), paused in any::<i64>(), since in any::<Option<i64>>(), span in span(),
    ) {
        let calendar = calendar();
        let _ = calendar.due_at(a, span(n));
        let _ = calendar.after_working(a, b);
        let clock = SlaClock { started_us: a, span: span(n), paused_us: paused, paused_since_us: since };
        let _ = clock.read(&calendar, b);
        let _ = clock.pause(b).resume(&calendar, b);
    }
}
