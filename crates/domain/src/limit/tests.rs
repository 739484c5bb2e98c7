use super::*;
use crate::amount::Amount;
use crate::policy::{Factor, Policy, RefundGivesBack, ReserveAt, Rules};
use crate::zone::{DAY_US, HOUR_US, Local, MINUTE_US, Zone, day};
use std::fmt::Write as _;
use time::{Date, Month};

const TWO: &[Factor] = &[Factor::Password, Factor::OtpBoundPhone];
const SIGNED: &[Factor] = &[Factor::Password, Factor::Certificate];
const ONE: &[Factor] = &[Factor::Password];

fn policy(name: &str) -> Policy {
    Policy::preset(name).unwrap()
}

fn windows() -> Windows {
    Windows::new(&policy("cn_pboc").time, Zone::named("Asia/Shanghai").unwrap()).unwrap()
}

/// A clock time in Shanghai.
fn at(year: i32, month: u8, of_month: u8, hours: i64, minutes: i64) -> i64 {
    let date = Date::from_calendar_date(year, Month::try_from(month).unwrap(), of_month).unwrap();
    let us = hours * HOUR_US + minutes * MINUTE_US;
    Zone::named("Asia/Shanghai").unwrap().moment(Local { day: day(date), us })
}

fn noon() -> i64 {
    at(2026, 11, 25, 12, 0)
}

fn fen(minor: i64) -> Amount {
    Amount::new(minor, policy("cn_pboc").money.currency)
}

/// A verified person pays a merchant with two factors.
fn pay(level: u8, minor: i64) -> Ask<'static> {
    Ask {
        operation: Operation::PayMerchant,
        funding: Funding::Balance,
        amount: fen(minor),
        factors: TWO,
        static_qr: false,
        operation_max_minor: None,
        agreed_day_minor: None,
        level,
        verified: true,
        effect: None,
    }
}

fn withdraw(level: u8, minor: i64) -> Ask<'static> {
    Ask { operation: Operation::WithdrawOwnBank, ..pay(level, minor) }
}

fn signed(level: u8, minor: i64) -> Ask<'static> {
    Ask { factors: SIGNED, agreed_day_minor: Some(i64::MAX), ..pay(level, minor) }
}

/// A person with counters.
struct Person {
    rules: Rules,
    counters: Counters,
}

impl Person {
    fn new(preset: &str) -> Self {
        Self { rules: policy(preset).rules().clone(), counters: Counters::default() }
    }

    fn ask(&self, ask: &Ask<'_>, now_us: i64) -> Answer {
        decide(&self.rules, &windows(), &self.counters, ask, now_us).unwrap()
    }

    /// Asks, counts, reserves for an hour.
    fn does(&mut self, ask: &Ask<'_>, now_us: i64) -> Hold {
        let answer = self.ask(ask, now_us);
        assert_eq!(answer.verdict, Verdict::Allowed, "{:?}", answer.binding);
        self.counters.post(&answer.posts).unwrap();
        Hold::reserve(&answer, ReserveAt::Authorisation, now_us + HOUR_US).unwrap()
    }

    fn refusal(&self, ask: &Ask<'_>, now_us: i64) -> String {
        let answer = self.ask(ask, now_us);
        match answer.verdict {
            Verdict::Allowed => match answer.permit {
                Permit::Yes => "allowed".into(),
                stays => format!("allowed {stays:?}"),
            },
            Verdict::StepUp(up) => format!("step up to {}", up.to.as_str()),
            Verdict::Refused(refusal) => refusal.code().into(),
        }
    }

    fn used(&self, key: Key) -> i64 {
        self.counters.get(key).payments_minor
    }
}

/// The verdicts one fen below, at, and one fen above what is left.
fn around(person: &Person, left: i64, now_us: i64, ask: impl Fn(i64) -> Ask<'static>) -> [String; 3] {
    [(left - 1).max(1), left, left + 1].map(|minor| person.refusal(&ask(minor), now_us))
}

#[test]
fn every_cap_holds_at_the_fen() {
    let allowed = || "allowed".to_owned();
    let fresh = Person::new("cn_pboc");
    let (lifetime, year) = ("W_LIMIT_LIFETIME".to_owned(), "W_LIMIT_YEAR".to_owned());
    // Class I: 1,000.00 ever; Class II and III: 100,000.00 and 200,000.00 a year.
    assert_eq!(around(&fresh, 100_000, noon(), |m| signed(1, m)), [allowed(), allowed(), lifetime]);
    assert_eq!(around(&fresh, 10_000_000, noon(), |m| signed(2, m)), [allowed(), allowed(), year.clone()]);
    assert_eq!(around(&fresh, 20_000_000, noon(), |m| signed(3, m)), [allowed(), allowed(), year]);
    // Two factors: 5,000.00 a day; fewer: 1,000.00; a printed code: 500.00.
    let (to_a, to_b) = ("step up to a".to_owned(), "step up to b".to_owned());
    let agreed = |m| Ask { agreed_day_minor: Some(10_000_000), ..pay(2, m) };
    assert_eq!(around(&fresh, 500_000, noon(), agreed), [allowed(), allowed(), to_a]);
    let one = |m| Ask { factors: ONE, ..pay(2, m) };
    assert_eq!(around(&fresh, 100_000, noon(), one), [allowed(), allowed(), to_b]);
    let printed = |m| Ask { static_qr: true, ..pay(2, m) };
    let of_day = || "W_LIMIT_DAY".to_owned();
    assert_eq!(around(&fresh, 50_000, noon(), printed), [allowed(), allowed(), of_day()]);
    // What was agreed with the person.
    let signed = |m| Ask { factors: SIGNED, agreed_day_minor: Some(700_000), ..pay(2, m) };
    assert_eq!(around(&fresh, 700_000, noon(), signed), [allowed(), allowed(), of_day()]);
    // A card's own cap.
    let card = |m| Ask { operation: Operation::CardAuthorise, operation_max_minor: Some(3_000), ..pay(2, m) };
    let of_operation = "W_LIMIT_OPERATION".to_owned();
    assert_eq!(around(&fresh, 3_000, noon(), card), [allowed(), allowed(), of_operation]);

    let generic = Person::new("generic");
    assert_eq!(around(&generic, 20_000, noon(), |m| pay(0, m)), [allowed(), allowed(), of_day()]);
    assert_eq!(around(&generic, 200_000, noon(), |m| pay(1, m)), [allowed(), allowed(), of_day()]);
    let one = |m| Ask { factors: ONE, ..pay(1, m) };
    assert_eq!(around(&generic, 20_000, noon(), one), [allowed(), allowed(), "step up to b".into()]);
}

#[test]
fn a_used_part_leaves_the_rest_to_the_fen() {
    let mut person = Person::new("cn_pboc");
    person.does(&signed(1, 99_998), noon());
    assert_eq!(person.refusal(&signed(1, 3), noon() + DAY_US), "W_LIMIT_LIFETIME");
    person.does(&signed(1, 2), noon() + DAY_US);
    let answer = person.ask(&signed(1, 1), noon() + DAY_US);
    let binding = answer.binding.unwrap();
    assert_eq!((binding.used_minor, binding.left_minor, binding.resets_us), (100_000, 0, None));
    assert_eq!(answer.posts, []);
}

#[test]
fn a_day_starts_at_midnight_and_a_year_at_new_year_in_shanghai() {
    let mut person = Person::new("cn_pboc");
    let before = at(2027, 1, 1, 0, 0) - 1;
    person.does(&pay(2, 500_000), before);
    assert_eq!(person.refusal(&pay(2, 1), before), "W_LIMIT_DAY", "nothing was agreed for stronger factors");
    // In UTC it is still 31 December for eight hours.
    person.does(&pay(2, 500_000), before + 1);
    assert_eq!(person.used(Key::Year(2026)), 500_000);
    assert_eq!(person.used(Key::Year(2027)), 500_000);
    assert_eq!(person.used(Key::Lifetime), 1_000_000);

    let mut full = Person::new("cn_pboc");
    full.does(&signed(2, 10_000_000), before);
    let refused = full.ask(&signed(2, 1), before);
    assert_eq!(refused.binding.unwrap().resets_us, Some(before + 1));
    assert_eq!(full.refusal(&signed(2, 1), before), "W_LIMIT_YEAR");
    assert_eq!(full.refusal(&signed(2, 10_000_000), before + 1), "allowed");
}

#[test]
fn days_and_years_may_start_elsewhere() {
    let mut time = policy("cn_pboc").time.clone();
    (time.year_starts, time.day_starts) = ("04-01".into(), "04:00".into());
    let windows = Windows::new(&time, Zone::named("Asia/Shanghai").unwrap()).unwrap();
    let keys = |at_us| windows.keys(at_us, Strength::B).map(|k| k.to_string()).join(" ");
    let start = at(2026, 4, 1, 4, 0);
    assert_eq!(keys(start - 1), "lifetime year:2025 day:2026-03-31 day:2026-03-31:b");
    assert_eq!(keys(start), "lifetime year:2026 day:2026-04-01 day:2026-04-01:b");
    assert_eq!(windows.ends_us(Key::Year(2025)), Some(start));
    let runs = |key| [start - 1, start].map(|at_us| windows.is_open(key, at_us));
    assert_eq!(runs(Key::Year(2025)), [true, false]);
    assert_eq!(runs(Key::DayAt(windows.day(start - 1), Strength::B)), [true, false]);
    assert_eq!(runs(Key::Day(windows.day(start))), [true, true]);
    assert_eq!(runs(Key::Lifetime), [true, true]);
    assert_eq!(windows.ends_us(Key::Year(i32::MAX)), None);
    time.day_starts = "24:00".into();
    assert_eq!(Windows::new(&time, Zone::UTC), Err(WindowsError));
}

#[test]
fn strengths_are_counted_apart_and_share_the_year() {
    let mut person = Person::new("cn_pboc");
    person.does(&Ask { factors: ONE, ..pay(2, 100_000) }, noon());
    person.does(&pay(2, 500_000), noon());
    person.does(&Ask { static_qr: true, ..pay(2, 50_000) }, noon());
    assert_eq!(person.refusal(&Ask { factors: ONE, ..pay(2, 1) }, noon()), "W_LIMIT_DAY");
    assert_eq!(person.used(Key::Year(2026)), 650_000);
    let up = Ask { agreed_day_minor: Some(1), factors: ONE, ..pay(2, 1) };
    assert_eq!(person.refusal(&up, noon()), "step up to a");
    assert_eq!(person.refusal(&Ask { amount: fen(2), ..up }, noon()), "W_LIMIT_DAY");
}

#[test]
fn withdrawals_to_ones_own_bank_count_for_class_one_only() {
    let mut person = Person::new("cn_pboc");
    person.does(&withdraw(1, 40_000), noon());
    person.does(&pay(1, 60_000), noon());
    assert_eq!(person.refusal(&withdraw(1, 1), noon()), "W_LIMIT_LIFETIME");
    let day = Key::DayAt(windows().day(noon()), Strength::B);
    assert_eq!(person.counters.get(day), Used { payments_minor: 60_000, own_bank_minor: 40_000 });
    // At level 2 the year sees the payments alone, and withdrawals have no cap.
    person.does(&withdraw(2, 900_000_000), noon());
    assert_eq!(person.refusal(&signed(2, 10_000_000 - 60_000), noon()), "allowed");
    assert_eq!(person.refusal(&signed(2, 10_000_000 - 60_000 + 1), noon()), "W_LIMIT_YEAR");
}

#[test]
fn a_change_of_level_keeps_the_years_use_and_the_record() {
    let mut person = Person::new("cn_pboc");
    person.does(&pay(1, 100_000), noon());
    assert_eq!(person.refusal(&signed(2, 9_900_001), noon()), "W_LIMIT_YEAR");
    person.does(&signed(2, 9_900_000), noon());
    assert_eq!(person.refusal(&signed(3, 10_000_001), noon()), "W_LIMIT_YEAR");
    person.does(&signed(3, 10_000_000), noon());
    // And down again: what is over stays over, and nothing is below zero.
    let down = person.ask(&signed(2, 1), noon());
    assert_eq!(down.binding.map(|b| (b.used_minor, b.left_minor)), Some((20_000_000, 0)));
    assert_eq!(person.refusal(&pay(1, 1), noon()), "W_LIMIT_LIFETIME");
}

#[test]
fn a_refund_gives_back_only_to_windows_that_run() {
    let (windows, now_us) = (windows(), at(2026, 12, 30, 12, 0));
    let day = windows.day(now_us);
    let after = |days: i64, minor: i64, rule| {
        let mut person = Person::new("cn_pboc");
        let hold = person.does(&pay(2, 1_000), now_us);
        let (paid, back) = hold.capture(fen(1_000), now_us).unwrap();
        assert_eq!(back, []);
        let (_, back) = paid.refund(fen(minor), rule, &windows, now_us + days * DAY_US).unwrap();
        person.counters.give_back(&back);
        [Key::DayAt(day, Strength::B), Key::Day(day), Key::Year(2026), Key::Lifetime].map(|k| person.used(k))
    };
    let same = RefundGivesBack::SameOpenWindow;
    assert_eq!(after(0, 300, same), [700, 700, 700, 700]);
    assert_eq!(after(1, 300, same), [1_000, 1_000, 700, 700]);
    assert_eq!(after(2, 1_000, same), [1_000, 1_000, 1_000, 0]);
    assert_eq!(after(0, 300, RefundGivesBack::Never), [1_000; 4]);
}

#[test]
fn a_hold_is_captured_voided_or_expires_once() {
    let mut person = Person::new("cn_pboc");
    let hold = person.does(&pay(2, 1_000), noon());
    let over = noon() + HOUR_US;
    assert_eq!(hold.capture(fen(1_001), noon()), Err(HoldError::Amount));
    assert_eq!(hold.capture(fen(0), noon()), Err(HoldError::Amount));
    assert_eq!(hold.capture(fen(1_000), over), Err(HoldError::Over));
    assert_eq!(hold.expire(over - 1), Err(HoldError::NotOver));
    assert_eq!(
        hold.refund(fen(1), RefundGivesBack::SameOpenWindow, &windows(), noon()),
        Err(HoldError::NotCaptured)
    );
    let (part, rest) = hold.capture(fen(400), noon()).unwrap();
    assert_eq!(rest.iter().map(|r| r.minor).collect::<Vec<_>>(), [600; 4]);
    assert_eq!(part.capture(fen(1), noon()), Err(HoldError::NotReserved));
    assert_eq!(part.void(), Err(HoldError::NotReserved));
    let refund =
        |hold: &Hold, minor| hold.refund(fen(minor), RefundGivesBack::SameOpenWindow, &windows(), noon());
    assert_eq!(refund(&part, 401), Err(HoldError::Amount));
    let (less, _) = refund(&part, 400).unwrap();
    assert_eq!(refund(&less, 1), Err(HoldError::Amount));
    for (ended, back) in [hold.void().unwrap(), hold.expire(over).unwrap()] {
        let mut counters = person.counters.clone();
        counters.give_back(&back);
        assert!(counters.iter().all(|(_, used)| used == Used::default()));
        assert_eq!(ended.void(), Err(HoldError::NotReserved));
        assert_eq!(ended.expire(over), Err(HoldError::NotReserved));
    }
    let text = serde_json::to_string(&hold).unwrap();
    assert_eq!(serde_json::from_str::<Hold>(&text).unwrap(), hold);
}

#[test]
fn a_share_of_a_cap_is_rounded_down_and_of_equal_caps_the_longest_binds() {
    let mut person = Person::new("generic");
    person.rules.levels[1].caps.day_out_max = Some("0.19".to_owned().try_into().unwrap());
    let one = |m| Ask { factors: ONE, ..pay(1, m) };
    assert_eq!(around(&person, 1, noon(), one)[1..], ["allowed", "step up to b"]);
    person.rules.levels[1].caps.year_out_max = person.rules.levels[1].caps.day_out_max.clone();
    assert_eq!(person.refusal(&pay(1, 20), noon()), "W_LIMIT_YEAR");
}

#[test]
fn what_is_refused_cannot_be_reserved() {
    let refused = Person::new("cn_pboc").ask(&pay(1, 100_001), noon());
    for at in [ReserveAt::Authorisation, ReserveAt::Capture] {
        assert_eq!(Hold::reserve(&refused, at, noon()), Err(HoldError::NotAllowed));
    }
}

#[test]
fn what_is_reserved_at_capture_is_counted_then_and_gives_nothing_back_before() {
    let mut person = Person::new("cn_pboc");
    let answer = person.ask(&pay(2, 1_000), noon());
    let hold = Hold::reserve(&answer, ReserveAt::Capture, noon() + DAY_US).unwrap();
    assert_eq!(hold.void().unwrap().1, []);
    let (tomorrow, part) = (noon() + DAY_US - 1, person.ask(&pay(2, 600), noon() + DAY_US - 1));
    assert_eq!(hold.counted(&answer).unwrap().counted(&answer), Err(HoldError::NotReserved));
    assert_eq!(hold.counted(&person.ask(&pay(2, 1_001), tomorrow)), Err(HoldError::Amount));
    person.counters.post(&part.posts).unwrap();
    let (paid, back) = hold.counted(&part).unwrap().capture(fen(600), tomorrow).unwrap();
    assert_eq!(back, []);
    assert_eq!(person.used(Key::Day(windows().day(tomorrow))), 600);
    assert_eq!(paid.state, HoldState::Captured { captured_minor: 600, refunded_minor: 0 });
}

#[test]
fn an_answer_that_got_old_is_stopped_by_the_guard() {
    let mut person = Person::new("cn_pboc");
    let (first, second) = (person.ask(&signed(1, 60_000), noon()), person.ask(&signed(1, 60_000), noon()));
    person.counters.post(&first.posts).unwrap();
    let before = person.counters.clone();
    let over = person.counters.post(&second.posts).unwrap_err();
    assert_eq!((over.key, over.left_minor), (Key::Lifetime, 40_000));
    assert_eq!(person.counters, before, "nothing is counted by half");
}

#[test]
fn an_accounts_use_joins_its_persons() {
    let (mut account, mut person) = (Person::new("generic"), Person::new("generic"));
    account.does(&pay(0, 20_000), noon());
    person.does(&pay(1, 150_000), noon());
    person.counters = person.counters.clone().merged(&account.counters);
    assert_eq!(person.refusal(&pay(1, 30_001), noon()), "W_LIMIT_DAY");
    assert_eq!(person.refusal(&pay(1, 30_000), noon()), "allowed");
}

#[test]
fn factors_of_one_class_are_one_factor() {
    let rules = policy("cn_pboc");
    let of = |factors: &[Factor]| strength(&rules, factors, false);
    assert_eq!(of(&[]), Some(Strength::C));
    assert_eq!(of(&[Factor::Password, Factor::Pin]), Some(Strength::C));
    assert_eq!(of(&[Factor::Certificate]), Some(Strength::C));
    assert_eq!(of(&[Factor::Totp, Factor::Certificate]), Some(Strength::C));
    assert_eq!(of(&[Factor::Password, Factor::Totp]), Some(Strength::B));
    assert_eq!(of(&[Factor::Face, Factor::Certificate]), Some(Strength::A));
    assert_eq!(strength(&rules, SIGNED, true), Some(Strength::StaticQr));
    let mut strict = rules.rules().clone();
    strict.auth_tiers.c.factors_min = Some(1);
    assert_eq!(strength(&strict, &[], false), None);
    let ask = Ask { factors: &[], ..pay(2, 1) };
    let answer = decide(&strict, &windows(), &Counters::default(), &ask, noon()).unwrap();
    let c = StepUp { to: Strength::C, factors_min: 1, needs_any: vec![] };
    assert_eq!(answer.verdict, Verdict::StepUp(c));
}

#[test]
fn what_each_level_and_restriction_leaves_of_each_operation() {
    let mut table = String::new();
    for preset in ["cn_pboc", "generic"] {
        let person = Person::new(preset);
        for operation in Operation::ALL.iter().copied().filter(|o| !o.is_of_account()) {
            let of = |level, verified, effect| {
                person.refusal(&Ask { operation, verified, effect, ..pay(level, 1) }, noon())
            };
            let levels = [0, 1, 2, 3].map(|level| of(level, level > 0, None));
            let effects =
                [RestrictionEffect::Restricted, RestrictionEffect::Frozen, RestrictionEffect::FrozenFull]
                    .map(|e| of(3, true, Some(e)));
            let _ = writeln!(
                table,
                "{preset} {operation:?}: {} | restricted {}, frozen {}, fully {}",
                levels.join(", "),
                effects[0],
                effects[1],
                effects[2]
            );
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn what_passes_through_a_bank_card_does_not_count() {
    let person = Person::new("cn_pboc");
    let ask = Ask { funding: Funding::BankCard, factors: &[], ..pay(1, 900_000_000) };
    let answer = person.ask(&ask, noon());
    assert_eq!((answer.verdict, answer.posts.len()), (Verdict::Allowed, 0));
}

#[test]
fn a_day_has_so_many_transfers_and_starts_anew() {
    let mut person = Person::new("cn_pboc");
    person.rules.wallet.transfers_per_day_max = 2;
    let transfer = Ask { operation: Operation::TransferFriend, ..pay(2, 1_000) };
    let before = at(2027, 1, 1, 0, 0) - 1;
    let first = person.does(&transfer, before);
    let (_, back) = person.does(&transfer, before).capture(fen(400), before).unwrap();
    assert!(back.iter().all(|b| !b.key.is_count()), "what was paid in part was a transfer");
    person.counters.give_back(&back);
    let refused = person.ask(&transfer, before);
    assert_eq!(refused.verdict, Verdict::Refused(Refusal::TransfersOfDay));
    assert_eq!((person.refusal(&transfer, before), refused.posts), ("W_LIMIT_DAY".into(), vec![]));
    let day = refused.transfers.unwrap();
    assert_eq!((day.used, day.left, day.resets_us), (2, 0, Some(before + 1)));
    // Merchants are paid on, from the same day's money.
    assert_eq!(person.refusal(&pay(2, 1), before), "allowed");
    assert_eq!(person.ask(&pay(2, 1), before).transfers, None);
    assert_eq!(person.refusal(&transfer, before + 1), "allowed");
    // One that is taken back leaves its place; all counters of it are as if it had not been.
    let (_, back) = first.void().unwrap();
    person.counters.give_back(&back);
    assert_eq!((person.used(day.key), person.used(Key::Year(2026))), (1, 400));
    assert_eq!(person.refusal(&transfer, before), "allowed");
}

#[test]
fn a_refund_of_a_transfer_gives_back_money_and_no_transfer() {
    let mut person = Person::new("cn_pboc");
    let transfer = Ask { operation: Operation::TransferFriend, ..pay(2, 1_000) };
    let (paid, _) = person.does(&transfer, noon()).capture(fen(1_000), noon()).unwrap();
    let same = RefundGivesBack::SameOpenWindow;
    let (_, back) = paid.refund(fen(1_000), same, &windows(), noon()).unwrap();
    person.counters.give_back(&back);
    assert_eq!(transfers(&person.rules, &windows(), &person.counters, noon()).used, 1);
    assert_eq!(person.used(Key::Lifetime), 0);
}

#[test]
fn a_transfer_from_a_bank_card_is_a_transfer_and_the_last_one_is_guarded() {
    let mut person = Person::new("cn_pboc");
    person.rules.wallet.transfers_per_day_max = 1;
    let by_card =
        Ask { operation: Operation::TransferFriend, funding: Funding::BankCard, ..pay(2, 900_000_000) };
    let (answer, late) = (person.ask(&by_card, noon()), person.ask(&by_card, noon()));
    assert_eq!(answer.posts.iter().map(|p| (p.key.is_count(), p.minor)).collect::<Vec<_>>(), [(true, 1)]);
    person.counters.post(&answer.posts).unwrap();
    let over = person.counters.post(&late.posts).unwrap_err();
    assert_eq!((over.key, over.left_minor), (Key::Transfers(windows().day(noon())), 0));
}

#[test]
fn the_whole_shape_of_an_answer() {
    let mut person = Person::new("cn_pboc");
    person.does(&pay(2, 123_456), noon());
    let answer = person.ask(&Ask { agreed_day_minor: Some(5_000_000), ..pay(2, 400_000) }, noon());
    insta::assert_json_snapshot!((
        answer.verdict,
        answer.binding,
        answer.left,
        person.ask(&pay(2, 1), noon()).posts
    ));
}

#[test]
fn questions_without_an_answer_are_errors() {
    let person = Person::new("cn_pboc");
    let ask = |ask: &Ask<'_>| decide(&person.rules, &windows(), &person.counters, ask, noon()).map(|_| ());
    assert_eq!(ask(&pay(2, 0)), Err(LimitError::NotPositive));
    assert_eq!(ask(&pay(2, -1)), Err(LimitError::NotPositive));
    assert_eq!(ask(&pay(4, 1)), Err(LimitError::Level(4)));
    let yen = Amount::new(1, "JPY".to_owned().try_into().unwrap());
    let mixed = LimitError::Currency { policy: "CNY", amount: "JPY" };
    assert_eq!(ask(&Ask { amount: yen, ..pay(2, 1) }), Err(mixed));
}

#[test]
fn a_key_has_one_text() {
    let date = Date::from_calendar_date(2026, Month::November, 25).unwrap();
    let of_day = [Key::Day(date), Key::DayAt(date, Strength::StaticQr), Key::Transfers(date)];
    for key in [Key::Lifetime, Key::Year(2026)].into_iter().chain(of_day) {
        assert_eq!(key.to_string().parse(), Ok(key));
    }
    for text in [
        "",
        "Lifetime",
        "year:26",
        "year:+2026",
        "day:2026-11-25:d",
        "day:2026-1-25",
        "day:2026-02-29",
        "day:2026-11-25:a:b",
        "transfers:2026-11-25:b",
        "transfers",
    ] {
        assert_eq!(text.parse::<Key>(), Err(KeyError), "{text}");
    }
}
