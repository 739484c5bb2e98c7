use super::*;
use crate::personal::Personal;
use crate::policy::Policy;
use crate::reason::Code;
use crate::steps::Side;
use crate::zone::Zone;
use proptest::prelude::*;
use std::sync::LazyLock;

fn start() -> Timestamp {
    Timestamp::from_unix_s(1_764_057_600).unwrap() // 2025-11-25T16:00:00 in Shanghai
}

fn calendar() -> Calendar {
    Calendar::new(Zone::named("Asia/Shanghai").unwrap())
}

static POLICY: LazyLock<Policy> = LazyLock::new(|| Policy::preset("cn_pboc").unwrap());

fn rule(counter: Counter) -> Rule {
    Rule::of(counter, POLICY.rules())
}

fn counted(rule: Rule, times: u32) -> Option<Tally> {
    (0..times).fold(None, |tally, _| Some(rule.count(tally, &calendar(), start()).unwrap()))
}

#[test]
fn the_table_of_counters() {
    let rows: Vec<String> = Counter::ALL
        .iter()
        .map(|counter| {
            let Rule { limit, window, when_full } = rule(*counter);
            let window = match window {
                Window::For(span) => format!("{} h from the first", span.us() / 3_600_000_000),
                Window::InRow(Some(pause)) => format!("in a row, pause {} min", pause.us() / 60_000_000),
                Window::InRow(None) => "in a row".to_owned(),
                Window::Day => "day".to_owned(),
                Window::Sliding(span) => format!("last {} d", span.us() / 86_400_000_000),
                Window::Always => "ever".to_owned(),
            };
            let scope = format!("{:?}", counter.scope());
            format!("{:<20} {scope:<12} {limit:>2}  {window:<24} {when_full:?}", counter.as_str())
        })
        .collect();
    insta::assert_snapshot!(rows.join("\n"));
}

/// One below the limit there is room for one, at the limit there is none, and nothing gets above it.
#[test]
fn every_counter_at_one_below_and_one_above_its_limit() {
    for counter in Counter::ALL {
        let rule = rule(*counter);
        let below = counted(rule, rule.limit - 1);
        assert_eq!(rule.standing(below, &calendar(), start()), Standing::Free { left: 1 }, "{counter:?}");
        let at = counted(rule, rule.limit);
        assert!(rule.standing(at, &calendar(), start()).is_full(), "{counter:?}");
        let above = rule.count(at, &calendar(), start());
        if rule.when_full.refuses() {
            assert_eq!(above.map_err(|full| full.then), Err(rule.when_full), "{counter:?}");
            assert!(!rule.standing(at, &calendar(), start()).is_open());
        } else {
            assert_eq!(above.map(|tally| tally.count), Ok(rule.limit), "{counter:?}");
            assert!(rule.standing(at, &calendar(), start()).is_open());
        }
    }
}

/// Each lock holds to its last microsecond and not longer.
#[test]
fn a_lock_ends_when_its_window_does() {
    let ends = [
        (Counter::PortraitSideTries, Some("2025-11-25T14:00:00Z")),
        (Counter::EmblemSideTries, Some("2025-11-25T14:00:00Z")),
        (Counter::PortraitSideSoft, None),
        (Counter::EmblemSideSoft, None),
        (Counter::SelfieTries, Some("2025-11-25T08:10:00Z")),
        (Counter::SelfieTriesPerId, Some("2025-11-25T16:00:00Z")),
        (Counter::FormTries, Some("2025-11-25T16:00:00Z")),
        (Counter::FormTriesPerId, Some("2025-11-25T16:00:00Z")),
        (Counter::Submits, None),
        (Counter::SourceCalls, Some("2025-11-25T16:00:00Z")),
    ];
    for (counter, expected) in ends {
        let rule = rule(counter);
        let full = counted(rule, rule.limit);
        let Standing::Full { until, .. } = rule.standing(full, &calendar(), start()) else { panic!() };
        assert_eq!(until.map(|at| at.to_string()).as_deref(), expected, "{counter:?}");
        let Some(until) = until else {
            assert!(rule.standing(full, &calendar(), Timestamp::MAX).is_full(), "{counter:?}");
            continue;
        };
        let last = Timestamp::from_unix_us(until.unix_us() - 1).unwrap();
        assert!(rule.standing(full, &calendar(), last).is_full(), "{counter:?}");
        assert_eq!(rule.standing(full, &calendar(), until), Standing::Free { left: rule.limit });
        assert_eq!(rule.count(full, &calendar(), until).unwrap().count, 1, "{counter:?}");
    }
}

#[test]
fn a_short_row_waits_for_a_success() {
    let selfie = rule(Counter::SelfieTries);
    let two = counted(selfie, 2);
    assert_eq!(selfie.standing(two, &calendar(), start() + Span::days(1)), Standing::Free { left: 1 });
    assert_eq!(selfie.after_success(two), None);
    let submits = rule(Counter::Submits);
    assert_eq!(submits.after_success(counted(submits, 2)), counted(submits, 2));
}

#[test]
fn the_window_of_a_side_starts_with_its_first_refusal() {
    let side = rule(Counter::PortraitSideTries);
    let first = side.count(None, &calendar(), start()).unwrap();
    let second = side.count(Some(first), &calendar(), start() + Span::hours(5)).unwrap();
    assert_eq!((second.count, second.first_at), (2, start()));
    let later = side.count(Some(second), &calendar(), start() + Span::hours(6)).unwrap();
    assert_eq!((later.count, later.first_at), (1, start() + Span::hours(6)));
}

#[test]
fn what_counts_and_what_does_not() {
    use Happening as H;
    let (blur, wrong, mixed) =
        ([Code::ImgBlur], [Code::DocWrongSide], [Code::ImgBlur, Code::ImgCornerMissing]);
    let rows = [
        ("portrait side refused, blur", H::SideRefused(Side::Portrait, &blur)),
        ("portrait side refused, wrong side", H::SideRefused(Side::Portrait, &wrong)),
        ("emblem side refused, blur", H::SideRefused(Side::Emblem, &blur)),
        ("emblem side refused, blur and corner", H::SideRefused(Side::Emblem, &mixed)),
        ("portrait side accepted", H::SideAccepted(Side::Portrait)),
        ("selfie failed, pose", H::SelfieFailed(&[Code::FacePose])),
        ("challenge failed", H::SelfieFailed(&[Code::LiveIncomplete])),
        ("selfie passed", H::SelfiePassed),
        ("nobody's fault", H::NobodysFault),
        ("typing caught in the field", H::TypingCaught),
        ("source says no", H::FormWrong(&[Code::SrcMismatch])),
        ("number invalid after submit", H::FormWrong(&[Code::IdnoInvalid])),
        ("resubmit for a blurry photo", H::FormWrong(&blur)),
        ("submitted", H::Submitted),
        ("checks ran again", H::RanAgain),
        ("application rejected or expired", H::EndedBadly),
        ("application withdrawn or reopened", H::EndedOtherwise),
        ("source asked", H::SourceAsked),
        ("answer reused", H::AnswerReused),
    ];
    let names = |counters: Vec<Counter>| {
        let names: Vec<_> = counters.into_iter().map(Counter::as_str).collect();
        if names.is_empty() { "–".to_owned() } else { names.join(", ") }
    };
    let lines: Vec<String> = rows
        .into_iter()
        .map(|(what, happening)| {
            format!(
                "{what:<38} counts {:<40} ends {}",
                names(happening.counts()),
                names(happening.ends_rows())
            )
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn ended_applications_leave_one_by_one() {
    let rule = rule(Counter::Applications);
    let day = |n| start() + Span::days(n);
    let ended = [day(5), day(0), day(9)];
    assert_eq!(recent_standing(rule, &ended[..2], day(9)), Standing::Free { left: 1 });
    let full = Standing::Full { then: WhenFull::Locked, until: Some(day(30)) };
    assert_eq!(recent_standing(rule, &ended, day(9)), full);
    assert_eq!(recent_standing(rule, &ended, day(30)), Standing::Free { left: 1 });
    let four = [day(5), day(0), day(9), day(9)];
    let full = Standing::Full { then: WhenFull::Locked, until: Some(day(35)) };
    assert_eq!(recent_standing(rule, &four, day(9)), full);
}

#[test]
fn a_third_number_is_a_pattern_and_a_correction_is_none() {
    let rule = rule(Counter::IdsPerAccount);
    let seen = |n: u8, correction| IdSeen { index: IdIndex([n; 32]), at: start(), correction };
    let now = start() + Span::days(1);
    let standing = |seen: &[IdSeen]| ids_standing(rule, seen, now);
    assert_eq!(standing(&[seen(1, false)]), Standing::Free { left: 1 });
    assert_eq!(standing(&[seen(1, false), seen(1, false), seen(2, false)]), Standing::Free { left: 0 });
    assert_eq!(standing(&[seen(1, false), seen(2, false), seen(3, true)]), Standing::Free { left: 0 });
    let third = standing(&[seen(1, false), seen(2, false), seen(3, false)]);
    assert!(third.is_full() && third.is_open(), "marked, not refused");
    let later = ids_standing(rule, &[seen(1, false), seen(2, false), seen(3, false)], now + LOOK_BACK);
    assert_eq!(later, Standing::Free { left: 2 });
}

#[test]
fn two_characters_make_a_correction() {
    let is = |a: &str, b: &str| is_correction(&Personal::new(a), &Personal::new(b));
    assert!(is("110101199003070014", "110101199003070041"));
    assert!(is("11010119900307001X", "11010119900307001x"));
    assert!(!is("110101199003070014", "110101199003071140"));
    assert!(!is("110101199003070014", "1101011990030700"));
}

proptest! {
    /// Whatever happens when, no tally ever exceeds its limit, and a counter is touched by itself alone.
    #[test]
    fn counters_never_exceed(steps in proptest::collection::vec((0..Counter::ALL.len(), 0_u32..400), 0..120)) {
        let mut now = start();
        let mut tallies: Vec<Option<Tally>> = vec![None; Counter::ALL.len()];
        for (index, minutes) in steps {
            now = now + Span::minutes(minutes);
            let rule = rule(Counter::ALL[index]);
            let before = tallies.clone();
            if let Ok(tally) = rule.count(tallies[index], &calendar(), now) {
                tallies[index] = Some(tally);
                prop_assert!((1..=rule.limit).contains(&tally.count));
            } else {
                prop_assert!(!rule.standing(tallies[index], &calendar(), now).is_open());
            }
            for (other, tally) in tallies.iter().enumerate().filter(|(other, _)| *other != index) {
                prop_assert_eq!(tally, &before[other]);
            }
        }
    }
}
