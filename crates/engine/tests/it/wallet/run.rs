//! Random operations by many at once, and a replay that proves that no cap was passed at any moment.
//!
//! The audit row of a change is written under the lock of the owner. So the order of the rows of one owner is
//! the order in which its counters changed, and adding up what each use held after each row shows every value
//! the counters ever had, whatever the threads did.

use shiming_domain::amount::Amount;
use shiming_domain::id::{AccountId, LimitUseId, PersonId};
use shiming_domain::limit::{Cap, Funding, Key, Operation};
use shiming_domain::moment::Span;
use shiming_domain::policy::Factor;
use shiming_engine::service::{Caller, Error};
use shiming_engine::wallet::{self, Consume, LimitUse, Owner, Request, Share, UseState};
use shiming_store::audit::Stored;
use shiming_testkit::trial::Trial;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Operations between two replays.
const PHASE: usize = 20_000;
/// Who uses limits: two accounts of each person, and two without one.
const PEOPLE: u64 = 4;
const ACCOUNTS: u64 = 2 * PEOPLE + 2;

/// What came of a run.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Operations tried.
    pub(crate) operations: usize,
    /// Carried out.
    pub(crate) done: usize,
    /// Refused, by code.
    pub(crate) refused: BTreeMap<String, usize>,
    /// Neither: failures, by code.
    pub(crate) failed: BTreeMap<String, usize>,
    /// Moments at which a counter was over a cap it was counted under.
    pub(crate) over: usize,
    /// Counters that are not the sum of their uses.
    pub(crate) mismatches: usize,
    /// Rows replayed.
    pub(crate) replayed: usize,
    /// Without the replays.
    pub(crate) elapsed: Duration,
}

/// Chance that repeats (`SplitMix64`).
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }
}

/// What a use held after a change, and the caps it was counted under.
struct After {
    owner: Owner,
    shares: Vec<Share>,
    caps: Vec<(Key, Cap)>,
}

type Log = Mutex<HashMap<(LimitUseId, &'static str), After>>;

/// What the replay knows.
#[derive(Default)]
struct Replay {
    next: i64,
    uses: HashMap<LimitUseId, (Owner, Vec<Share>)>,
    sums: HashMap<(Owner, Key), [i64; 2]>,
}

/// Runs so many operations by so many workers.
pub(crate) async fn run(trial: &Trial, operations: usize, workers: usize, seed: u64) -> Outcome {
    people(trial).await;
    let mut outcome = Outcome::default();
    let mut replay = Replay::default();
    let mut phase = 0;
    while outcome.operations < operations {
        let now = PHASE.min(operations - outcome.operations);
        let log = Log::default();
        let begun = Instant::now();
        let each = (0..workers).map(|worker| {
            let share = now / workers + usize::from(worker < now % workers);
            let chance = Chance(seed ^ ((phase * 1000 + worker as u64) << 20));
            work(trial, &log, worker, phase, share, chance)
        });
        for part in futures_util::future::join_all(each).await {
            outcome.operations += part.operations;
            outcome.done += part.done;
            for (into, from) in [(&mut outcome.refused, part.refused), (&mut outcome.failed, part.failed)] {
                for (code, n) in from {
                    *into.entry(code).or_default() += n;
                }
            }
        }
        outcome.elapsed += begun.elapsed();
        // Holds that are over expire, and the audit rows get their order.
        trial.run_jobs().await;
        let log = log.into_inner().unwrap_or_else(PoisonError::into_inner);
        outcome.over += replay.go(trial, log, &mut outcome.replayed).await;
        phase += 1;
    }
    outcome.mismatches = wallet::audit_counters(&trial.service).await.expect("a recount").mismatches.len();
    outcome
}

fn person_of(account: u64) -> Option<PersonId> {
    (account < 2 * PEOPLE).then(|| PersonId::from_bits(u128::from(100 + account / 2)))
}

/// Half of the people may spend 1,000 in a lifetime, half 100,000 a year.
async fn people(trial: &Trial) {
    for n in 0..ACCOUNTS {
        let id = AccountId::from_bits(u128::from(n));
        super::seed::account(&trial.service, id, person_of(n)).await;
        let mut tx = trial.service.store().change().await.expect("a transaction");
        wallet::recompute_level(&trial.service, &mut tx, id).await.expect("a level");
        let kept = shiming_store::wallet::load_level(&mut tx, id).await.expect("a level").expect("kept");
        let level = Some(if n % 4 < 2 { 1 } else { 2 });
        let kept = shiming_store::wallet::StoredLevel { level, verified: true, ..kept };
        shiming_store::wallet::save_level(&mut tx, &kept).await.expect("a level");
        tx.commit().await.expect("a commit");
    }
}

async fn work(
    trial: &Trial,
    log: &Log,
    worker: usize,
    phase: u64,
    operations: usize,
    mut chance: Chance,
) -> Outcome {
    let mut outcome = Outcome { operations, ..Outcome::default() };
    let mut mine: Vec<LimitUse> = Vec::new();
    let mut last = None;
    for n in 0..operations {
        if worker == 0 && n % 50 == 0 {
            trial.clock.advance(Span::minutes(30));
        }
        let reference = format!("{phase}-{worker}-{n}");
        let dice = chance.below(100);
        let result = match dice {
            0..30 if !mine.is_empty() => {
                let known = mine.swap_remove(usize::try_from(chance.below(mine.len() as u64)).unwrap_or(0));
                follow(trial, log, known, &mut chance).await.map(|kept| {
                    mine.extend(kept);
                    None
                })
            }
            30..35 if last.is_some() => again(trial, last.as_ref()).await,
            _ => {
                let new = some(trial, &mut chance, reference);
                let result = begin(trial, log, &new, &mut mine).await;
                // What needs better authentication leaves no use behind; asked again, it is asked anew.
                last = Some(new).filter(|_| !matches!(&result, Ok(Some(code)) if code == "W_STEP_UP"));
                result
            }
        };
        match result {
            Ok(None) => outcome.done += 1,
            Ok(Some(code)) => *outcome.refused.entry(code).or_default() += 1,
            Err(Error::Refused(refused)) => {
                *outcome.refused.entry(refused.code.to_owned()).or_default() += 1;
            }
            Err(error) => *outcome.failed.entry(error.code().to_owned()).or_default() += 1,
        }
    }
    outcome
}

fn some(trial: &Trial, chance: &mut Chance, reference: String) -> Consume {
    let account = AccountId::from_bits(u128::from(chance.below(ACCOUNTS)));
    let most = [300, 30_000, 300_000][usize::try_from(chance.below(3)).unwrap_or(0)];
    let minor = 1 + i64::try_from(chance.below(most)).unwrap_or(0);
    let operation = [Operation::PayMerchant, Operation::TransferFriend, Operation::WithdrawOwnBank]
        [usize::try_from(chance.below(3)).unwrap_or(0)];
    let factors = if chance.below(2) == 0 { vec![] } else { vec![Factor::Password, Factor::Totp] };
    Consume {
        request: Request {
            account,
            operation,
            funding: Funding::Balance,
            amount: Amount::new(minor, trial.service.policy().rules().money.currency),
            factors,
            static_qr: chance.below(10) == 0,
            operation_max_minor: None,
        },
        reference,
        hold: (chance.below(3) == 0).then(|| Span::hours(12)),
    }
}

/// `None` if it was counted, or the code of the refusal.
async fn begin(
    trial: &Trial,
    log: &Log,
    new: &Consume,
    mine: &mut Vec<LimitUse>,
) -> Result<Option<String>, Error> {
    let done = wallet::consume(&trial.service, &Caller::system(), new).await?.commit().await?;
    if let Some(made) = done.limit_use.filter(|_| done.quote.is_allowed() && !done.repeated) {
        let caps = done.quote.left.iter().filter_map(|left| Some((left.key?, left.rule.cap)));
        note(log, &made, "limit.consume", caps.collect());
        mine.push(made);
    }
    Ok(done.quote.code)
}

async fn again(trial: &Trial, last: Option<&Consume>) -> Result<Option<String>, Error> {
    let Some(new) = last else { return Ok(None) };
    let done = wallet::consume(&trial.service, &Caller::system(), new).await?.commit().await?;
    assert!(done.repeated, "a repetition counted");
    Ok(done.quote.code)
}

/// Captures, voids or gives back; keeps what can still be given back.
async fn follow(
    trial: &Trial,
    log: &Log,
    known: LimitUse,
    chance: &mut Chance,
) -> Result<Option<LimitUse>, Error> {
    let (service, system) = (&trial.service, Caller::system());
    let part = |of: i64, chance: &mut Chance| {
        let minor = 1 + i64::try_from(chance.below(of.unsigned_abs().max(1))).unwrap_or(0);
        Amount::new(minor, known.amount.currency())
    };
    let (action, pending) = match known.state {
        UseState::Held if chance.below(3) == 0 => {
            ("limit.void", wallet::void(service, &system, known.id).await?)
        }
        UseState::Held => {
            let amount = (chance.below(2) == 0).then(|| part(known.amount.minor(), chance));
            ("limit.capture", wallet::capture(service, &system, known.id, amount).await?)
        }
        _ => {
            let amount = part(known.captured_minor, chance);
            ("limit.refund", wallet::refund(service, &system, known.id, amount).await?)
        }
    };
    let after = pending.commit().await?;
    note(log, &after, action, Vec::new());
    Ok(Some(after).filter(|_| action == "limit.capture"))
}

fn note(log: &Log, made: &LimitUse, action: &'static str, caps: Vec<(Key, Cap)>) {
    let after = After { owner: made.owner, shares: made.shares.clone(), caps };
    log.lock().unwrap_or_else(PoisonError::into_inner).insert((made.id, action), after);
}

impl Replay {
    /// Replays the rows that are new; answers at how many a counter was over its cap.
    async fn go(
        &mut self,
        trial: &Trial,
        mut log: HashMap<(LimitUseId, &'static str), After>,
        replayed: &mut usize,
    ) -> usize {
        let mut over = 0;
        loop {
            let mut tx = trial.service.store().read().await.expect("a transaction");
            let rows = shiming_store::audit::entries(&mut tx, self.next, 1000).await.expect("rows");
            let Some(last) = rows.last() else { break };
            self.next = last.idx + 1;
            for row in &rows {
                over += usize::from(self.row(row, &mut log));
                *replayed += 1;
            }
        }
        let left: Vec<_> = log.keys().collect();
        assert!(left.is_empty(), "changes without an audit row: {left:?}");
        over
    }

    /// Whether a counter is over its cap after this row.
    fn row(&mut self, row: &Stored, log: &mut HashMap<(LimitUseId, &'static str), After>) -> bool {
        let row: serde_json::Value = serde_json::from_slice(&row.entry).expect("JSON");
        let text = |name: &str| row[name].as_str().unwrap_or_default();
        if text("object_kind") != "limit_use" || text("outcome") != "done" || text("action") == "limit.repeat"
        {
            return false;
        }
        let id: LimitUseId = text("object_id").parse().expect("an id");
        let actions = ["limit.consume", "limit.capture", "limit.void", "limit.refund", "limit.expire"];
        let action = actions.into_iter().find(|a| *a == text("action")).expect("a known action");
        let (owner, before) = self.uses.remove(&id).map_or((None, Vec::new()), |(o, s)| (Some(o), s));
        let after = log.remove(&(id, action));
        let caps = after.as_ref().map(|after| after.caps.clone()).unwrap_or_default();
        // Only what expired is not in the log: all of it came back.
        let (owner, shares) = match (after, owner) {
            (Some(after), _) => (after.owner, after.shares),
            (None, owner) => (owner.expect("a use that somebody made"), Vec::new()),
        };
        for (share, sign) in before.iter().map(|s| (s, -1)).chain(shares.iter().map(|s| (s, 1))) {
            let sum = self.sums.entry((owner, share.key)).or_default();
            sum[usize::from(share.own_bank)] += sign * share.minor;
        }
        let over = caps.iter().any(|(key, cap)| {
            let [payments, own_bank] = self.sums.get(&(owner, *key)).copied().unwrap_or_default();
            payments + if cap.own_bank_counts { own_bank } else { 0 } > cap.max_minor
        });
        self.uses.insert(id, (owner, shares));
        over
    }
}
