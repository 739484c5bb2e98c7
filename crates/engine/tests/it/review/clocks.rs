//! Promises in working time.

use super::*;
use shiming_domain::case::HoldReason;
use shiming_domain::moment::{Span, Timestamp};
use shiming_domain::sla::Light;
use shiming_engine::review::{self, View};
use shiming_testkit::trial::databases;

/// A clock time in Shanghai in 2026.
fn at(month: u8, day: u8, hour: u8, minute: u8) -> Timestamp {
    let date = time::Date::from_calendar_date(2026, month.try_into().unwrap(), day).unwrap();
    let local =
        date.with_hms(hour, minute, 0).unwrap().assume_offset(time::UtcOffset::from_hms(8, 0, 0).unwrap());
    Timestamp::from_unix_s(local.unix_timestamp()).unwrap()
}

async fn chinese(database: Database) -> Trial {
    let options = TrialOptions { preset: "cn_pboc", edit_policy: no_samples, ..TrialOptions::default() };
    Trial::with(database, options).await
}

async fn shown(trial: &Trial, id: CaseId) -> Line {
    review::view(&trial.service, &supervisor(), id).await.unwrap().line
}

#[tokio::test]
async fn a_promise_skips_the_weekend_and_the_national_day() {
    for database in databases().await {
        let trial = chinese(database).await;
        // Friday afternoon: three working days end on Wednesday.
        trial.clock.set(at(11, 27, 15, 0));
        let weekend = open(&trial, 1, CaseType::Initial).await;
        assert_eq!(shown(&trial, weekend).await.due_at, at(12, 2, 15, 0));
        assert_eq!(shown(&trial, weekend).await.target_at, at(11, 30, 15, 0));
        // Wednesday before the holidays: 8 and 9 October, and Saturday the 10th, which is worked.
        trial.clock.set(at(9, 30, 15, 0));
        let holiday = open(&trial, 2, CaseType::Initial).await;
        assert_eq!(shown(&trial, holiday).await.due_at, at(10, 10, 15, 0));
    }
}

#[tokio::test]
async fn the_operators_own_holidays_move_what_is_due() {
    for database in databases().await {
        let own = "schema = 1\n[[year]]\nyear = 2026\noff = [[\"2026-11-30\", \"2026-12-01\"]]\non = [\"2026-11-28\"]\n";
        let options = TrialOptions {
            preset: "cn_pboc",
            edit_policy: no_samples,
            holidays: Some(shiming_domain::sla::Holidays::from_toml(own).unwrap()),
            ..TrialOptions::default()
        };
        let trial = Trial::with(database, options).await;
        // Friday afternoon: the Saturday is worked, Monday and Tuesday are off; then Wednesday and Thursday.
        trial.clock.set(at(11, 27, 15, 0));
        let id = open(&trial, 1, CaseType::Initial).await;
        assert_eq!(shown(&trial, id).await.due_at, at(12, 3, 15, 0), "{}", trial.database.name);
        assert_eq!(shown(&trial, id).await.target_at, at(11, 28, 15, 0));
    }
}

#[tokio::test]
async fn waiting_for_the_applicant_stops_the_clock_and_nothing_else_does() {
    for database in databases().await {
        let trial = chinese(database).await;
        trial.clock.set(at(11, 24, 10, 0));
        let id = open(&trial, 1, CaseType::Initial).await;
        for (reason, later) in [(HoldReason::WaitingForColleague, 0), (HoldReason::WaitingForApplicant, 2)] {
            let held = review::claim(&trial.service, &supervisor(), id).await;
            let held = match held {
                Ok(pending) => pending.commit().await.unwrap(),
                Err(_) => shown(&trial, id).await,
            };
            let place = (held.lease.unwrap().token, held.version);
            let put = review::hold(&trial.service, &supervisor(), id, place, reason).await;
            let paused = put.unwrap().commit().await.unwrap().paused;
            assert_eq!(paused, reason == HoldReason::WaitingForApplicant);
            trial.advance(Span::hours(2)).await;
            let on = review::resume(&trial.service, &supervisor(), id).await.unwrap();
            assert_eq!(on.commit().await.unwrap().due_at, at(11, 27, 10 + later, 0), "{reason:?}");
        }
    }
}

#[tokio::test]
async fn supervisors_see_it_before_it_is_late_and_the_person_gets_a_new_date() {
    for database in databases().await {
        let trial = chinese(database).await;
        trial.clock.set(at(11, 24, 9, 0));
        let id = open(&trial, 1, CaseType::Initial).await;
        let alarmed = || async {
            review::queue(&trial.service, &supervisor(), View::Alarmed, None, 10).await.unwrap().cases.len()
        };
        // Twenty-seven working hours; four fifths are over on Thursday at 12:36.
        trial.clock.set(at(11, 26, 12, 35));
        trial.run_jobs().await;
        assert_eq!((alarmed().await, shown(&trial, id).await.light), (0, Light::Amber));
        trial.clock.set(at(11, 26, 12, 36));
        trial.run_jobs().await;
        assert_eq!(alarmed().await, 1);
        trial.clock.set(at(11, 27, 9, 0));
        trial.run_jobs().await;
        assert_eq!(shown(&trial, id).await.light, Light::Red);
        let told = |rows: Vec<serde_json::Value>| {
            rows.iter().filter_map(|row| row["new_due_us"].as_i64()).collect::<Vec<_>>()
        };
        assert_eq!(told(entries(&trial, id).await), [at(12, 2, 9, 0).unix_us()]);
        // The next date that cannot be kept is told again, once.
        trial.clock.set(at(12, 2, 9, 0));
        trial.run_jobs().await;
        assert_eq!(
            told(entries(&trial, id).await),
            [at(12, 2, 9, 0), at(12, 7, 9, 0)].map(Timestamp::unix_us)
        );
    }
}
