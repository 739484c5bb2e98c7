//! Counters and holds against a simple list of what happened, under any order.

use super::*;
use crate::amount::Amount;
use crate::policy::{Factor, Policy, RefundGivesBack, ReserveAt};
use crate::zone::{DAY_US, HOUR_US, Zone};
use proptest::prelude::*;
use std::collections::BTreeMap;
use time::Date;

/// Two days before New Year in Shanghai, at noon.
const START_US: i64 = 1_798_516_800_000_000;

#[derive(Clone, Debug)]
enum Act {
    /// Asks and counts at once.
    Pay {
        preset: bool,
        level: u8,
        minor: i64,
        kind: usize,
    },
    /// Asks now; the answer is counted later.
    Ask {
        level: u8,
        minor: i64,
        kind: usize,
    },
    CountOldAnswer(usize),
    Capture {
        hold: usize,
        percent: i64,
    },
    Void(usize),
    Expire(usize),
    Refund {
        hold: usize,
        percent: i64,
    },
    Wait(i64),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let minor = prop_oneof![1_i64..300, 1_i64..60_000, 1_i64..6_000_000, Just(100_000), Just(500_000)];
    let wait = prop_oneof![0..HOUR_US, 0..2 * DAY_US];
    let act = prop_oneof![
        4 => (any::<bool>(), 1_u8..4, minor.clone(), 0_usize..5)
            .prop_map(|(preset, level, minor, kind)| Act::Pay { preset, level, minor, kind }),
        2 => (1_u8..4, minor, 0_usize..5).prop_map(|(level, minor, kind)| Act::Ask { level, minor, kind }),
        2 => (0_usize..8).prop_map(Act::CountOldAnswer),
        2 => (0_usize..8, 1_i64..=100).prop_map(|(hold, percent)| Act::Capture { hold, percent }),
        1 => (0_usize..8).prop_map(Act::Void),
        1 => (0_usize..8).prop_map(Act::Expire),
        1 => (0_usize..8, 1_i64..=100).prop_map(|(hold, percent)| Act::Refund { hold, percent }),
        1 => wait.prop_map(Act::Wait),
    ];
    prop::collection::vec(act, 1..80)
}

/// What one hold stands for, kept apart from the code under test.
#[derive(Clone, Debug)]
struct Entry {
    hold: Hold,
    day: Date,
    year: i32,
    strength: Strength,
    own_bank: bool,
    /// What it takes of the windows in which it was counted: of the day, the year, the lifetime.
    takes: [i64; 3],
}

fn ask(kind: usize, level: u8, amount: Amount) -> Ask<'static> {
    const FACTORS: [&[Factor]; 3] =
        [&[], &[Factor::Password, Factor::Totp], &[Factor::Face, Factor::Certificate]];
    let operation = if kind == 4 { Operation::WithdrawOwnBank } else { Operation::PayMerchant };
    Ask {
        operation,
        funding: Funding::Balance,
        amount,
        factors: FACTORS[kind.min(2)],
        static_qr: kind == 3,
        operation_max_minor: None,
        agreed_day_minor: Some(3_000_000),
        level,
        verified: true,
        effect: None,
    }
}

struct Model {
    windows: Windows,
    now_us: i64,
    counters: Counters,
    entries: Vec<Entry>,
    answers: Vec<(Answer, i64, bool)>,
}

impl Model {
    fn count(&mut self, answer: &Answer, asked_us: i64, own_bank: bool) {
        if self.counters.post(&answer.posts).is_err() {
            return;
        }
        let Ok(hold) = Hold::reserve(answer, ReserveAt::Authorisation, self.now_us + 2 * HOUR_US) else {
            return;
        };
        let day = self.windows.day(asked_us);
        let takes = [answer.amount.minor(); 3];
        let strength = answer.strength.unwrap();
        self.entries.push(Entry { hold, day, year: self.windows.year(day), strength, own_bank, takes });
        // No cap that was named is passed by what is counted now.
        for post in &answer.posts {
            if let Some(cap) = post.cap {
                assert!(self.sum(post.key, cap.own_bank_counts) <= cap.max_minor, "over {}", post.key);
            }
        }
    }

    /// The truth: a sum over everything that happened.
    fn sum(&self, key: Key, with_own_bank: bool) -> i64 {
        let counted = self.entries.iter().filter(|e| with_own_bank || !e.own_bank);
        let part = |e: &Entry| match key {
            Key::Lifetime => e.takes[2],
            Key::Year(year) if e.year == year => e.takes[1],
            Key::Day(day) if e.day == day => e.takes[0],
            Key::DayAt(day, strength) if e.day == day && e.strength == strength => e.takes[0],
            _ => 0,
        };
        counted.map(part).sum()
    }

    fn moved(
        &mut self,
        which: usize,
        next: Result<(Hold, Vec<Return>), HoldError>,
        takes: impl Fn(&mut Entry),
    ) {
        let Ok((hold, returns)) = next else { return };
        self.counters.give_back(&returns);
        let entry = &mut self.entries[which];
        entry.hold = hold;
        takes(entry);
    }

    fn act(&mut self, policies: &[Policy; 2], act: &Act) {
        let currency = policies[0].money.currency;
        match *act {
            Act::Wait(us) => self.now_us += us,
            Act::Pay { preset, level, minor, kind } => {
                let ask = ask(kind, level, Amount::new(minor, currency));
                let policy = &policies[usize::from(preset)];
                let answer = decide(policy, &self.windows, &self.counters, &ask, self.now_us).unwrap();
                let fits = answer.left.iter().all(|l| minor <= l.left_minor);
                assert_eq!(answer.verdict == Verdict::Allowed, fits, "{answer:?}");
                let (now_us, own_bank) = (self.now_us, kind == 4);
                self.count(&answer, now_us, own_bank);
            }
            Act::Ask { level, minor, kind } => {
                let ask = ask(kind, level, Amount::new(minor, currency));
                let answer = decide(&policies[0], &self.windows, &self.counters, &ask, self.now_us).unwrap();
                self.answers.push((answer, self.now_us, kind == 4));
            }
            Act::CountOldAnswer(which) if which < self.answers.len() => {
                let (answer, asked_us, own_bank) = self.answers.remove(which);
                self.count(&answer, asked_us, own_bank);
            }
            Act::Capture { hold: which, percent } if which < self.entries.len() => {
                let hold = self.entries[which].hold.clone();
                let minor = (hold.amount.minor() * percent / 100).max(1);
                let next = hold.capture(Amount::new(minor, currency), self.now_us);
                self.moved(which, next, |e| e.takes = [minor; 3]);
            }
            Act::Void(which) if which < self.entries.len() => {
                let next = self.entries[which].hold.void();
                self.moved(which, next, |e| e.takes = [0; 3]);
            }
            Act::Expire(which) if which < self.entries.len() => {
                let next = self.entries[which].hold.expire(self.now_us);
                self.moved(which, next, |e| e.takes = [0; 3]);
            }
            Act::Refund { hold: which, percent } if which < self.entries.len() => {
                let Entry { hold, day, year, .. } = self.entries[which].clone();
                let minor = (hold.amount.minor() * percent / 100).max(1);
                let amount = Amount::new(minor, currency);
                let next = hold.refund(amount, RefundGivesBack::SameOpenWindow, &self.windows, self.now_us);
                let today = self.windows.day(self.now_us);
                let open = [day == today, year == self.windows.year(today), true];
                self.moved(which, next, |e| {
                    for (taken, open) in e.takes.iter_mut().zip(open) {
                        *taken -= if open { minor } else { 0 };
                    }
                });
            }
            _ => {}
        }
    }
}

proptest! {
    #[test]
    fn counters_are_the_sum_of_what_happened_and_no_cap_is_ever_passed(acts in acts()) {
        let policies = [Policy::preset("cn_pboc").unwrap(), Policy::preset("generic").unwrap()];
        let windows = Windows::new(&policies[0].time, Zone::named("Asia/Shanghai").unwrap()).unwrap();
        let mut model = Model {
            windows,
            now_us: START_US,
            counters: Counters::default(),
            entries: Vec::new(),
            answers: Vec::new(),
        };
        for act in &acts {
            model.act(&policies, act);
            let all: BTreeMap<Key, Used> = model.counters.iter().collect();
            for (key, used) in all {
                prop_assert!(used.payments_minor >= 0 && used.own_bank_minor >= 0);
                prop_assert_eq!(used.payments_minor, model.sum(key, false), "{}", key);
                prop_assert_eq!(used.payments_minor + used.own_bank_minor, model.sum(key, true), "{}", key);
            }
        }
    }

    #[test]
    fn no_amount_counter_or_moment_panics(
        minor in any::<i64>(), used in any::<(i64, i64)>(), now_us in any::<i64>(), own in any::<Option<i64>>(),
        agreed in any::<Option<i64>>(), level in 0_u8..5, kind in 0_usize..5,
    ) {
        for preset in ["cn_pboc", "generic"] {
            let policy = Policy::preset(preset).unwrap();
            let windows = Windows::new(&policy.time, Zone::UTC).unwrap();
            let mut counters = Counters::default();
            let (payments_minor, own_bank_minor) = used;
            for key in windows.keys(now_us, Strength::B) {
                counters.set(key, Used { payments_minor, own_bank_minor });
            }
            let amount = Amount::new(minor, policy.money.currency);
            let ask = Ask { operation_max_minor: own, agreed_day_minor: agreed, ..ask(kind, level, amount) };
            let _ = left(&policy, &windows, &counters, level, agreed, now_us);
            let Ok(answer) = decide(&policy, &windows, &counters, &ask, now_us) else { continue };
            let _ = counters.post(&answer.posts);
            if let Ok(hold) = Hold::reserve(&answer, ReserveAt::Authorisation, now_us) {
                let (_, back) = hold.void().unwrap();
                counters.give_back(&back);
            }
            let _ = counters.clone().merged(&counters);
        }
    }
}
