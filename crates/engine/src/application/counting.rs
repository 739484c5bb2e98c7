//! Counters of one application: read before a step, written with the event that counts.
//!
//! What an event counts is written in its own transaction and not as a job: the next try must see it.

use crate::service::{Error, Service};
use shiming_domain::application::Application;
use shiming_domain::counters::{
    Counter, IdIndex, LOOK_BACK, Rule, Scope, Standing, Tally, WhenFull, ids_standing, recent_standing,
};
use shiming_domain::effect::Effect;
use shiming_domain::id::AccountId;
use shiming_domain::moment::Timestamp;
use shiming_domain::reason::Step;
use shiming_store::{Tx, application as stored};
use std::collections::BTreeMap;

/// How counters stand.
pub(super) type Standings = BTreeMap<Counter, Standing>;

/// Values by name and scope.
type Tallies = BTreeMap<(String, String), Tally>;

/// Whose counters are meant.
pub(super) struct Counters<'a> {
    pub(super) service: &'a Service,
    pub(super) application: &'a Application,
    /// The ID number, once there is one.
    pub(super) number: Option<IdIndex>,
}

impl Counters<'_> {
    fn scope(&self, counter: Counter) -> Option<String> {
        match counter.scope() {
            Scope::Application => Some(self.application.id.to_string()),
            Scope::Account => Some(self.application.account.to_string()),
            Scope::IdNumber => self.number.map(|index| hex(&index.0)),
        }
    }

    /// What is counted so far for the application, its account and its number, read at once.
    async fn tallies(&self, tx: &mut Tx) -> Result<Tallies, Error> {
        let (application, account) = (self.application.id.to_string(), self.application.account.to_string());
        let number = self.number.map(|index| hex(&index.0)).unwrap_or_default();
        Ok(stored::tallies(tx, [&application, &account, &number]).await?)
    }

    /// How a counter stands. One of an ID number nobody has named has room.
    fn standing(&self, tallies: &Tallies, counter: Counter) -> Standing {
        let scope = self.scope(counter);
        let tally = scope.and_then(|scope| tallies.get(&(counter.as_str().to_owned(), scope)));
        let rule = Rule::of(counter, self.service.policy());
        rule.standing(tally.copied(), self.service.calendar(), self.service.now())
    }

    /// How the counters of some steps stand.
    pub(super) async fn of_steps(&self, tx: &mut Tx, steps: &[Step]) -> Result<Vec<Standings>, Error> {
        let tallies = self.tallies(tx).await?;
        let of = |step: &Step| {
            let counters = Counter::of_step(*step).iter();
            counters.map(|counter| (*counter, self.standing(&tallies, *counter))).collect()
        };
        Ok(steps.iter().map(of).collect())
    }

    /// How the counters of a step stand.
    pub(super) async fn of_step(&self, tx: &mut Tx, step: Step) -> Result<Standings, Error> {
        Ok(self.of_steps(tx, &[step]).await?.pop().unwrap_or_default())
    }

    /// Since when a step is locked: when a counter of it that refuses was last counted.
    pub(super) async fn full_since(&self, tx: &mut Tx, step: Step) -> Result<Option<Timestamp>, Error> {
        let tallies = self.tallies(tx).await?;
        let locked = Counter::of_step(step).iter().filter(|c| !self.standing(&tallies, **c).is_open());
        let last = locked.filter_map(|counter| {
            tallies.get(&(counter.as_str().to_owned(), self.scope(*counter)?)).map(|tally| tally.last_at)
        });
        Ok(last.max())
    }

    /// All counters of a step begin anew. Answers how many had counted.
    pub(super) async fn reset(&self, tx: &mut Tx, step: Step) -> Result<u64, Error> {
        let mut reset = 0;
        for &counter in Counter::of_step(step) {
            if let Some(scope) = self.scope(counter) {
                reset += stored::end_row(tx, counter, &scope).await?;
            }
        }
        Ok(reset)
    }

    /// How the counter of attempts stands.
    pub(super) async fn submits(&self, tx: &mut Tx) -> Result<Standing, Error> {
        Ok(self.standing(&self.tallies(tx).await?, Counter::Submits))
    }

    /// Writes what the effects of an event count; answers the other effects, and until when a step is locked by
    /// what was counted.
    pub(super) async fn count(
        &self,
        tx: &mut Tx,
        effects: Vec<Effect>,
    ) -> Result<(Vec<Effect>, Option<Timestamp>), Error> {
        let (mut others, mut locked) = (Vec::new(), None);
        for effect in effects {
            match effect {
                Effect::Count(counter) => locked = locked.max(self.one_more(tx, counter).await?),
                Effect::EndRow(counter) => {
                    if let Some(scope) = self.scope(counter) {
                        stored::end_row(tx, counter, &scope).await?;
                    }
                }
                other => others.push(other),
            }
        }
        Ok((others, locked))
    }

    /// Counts. If that was the last try, answers until when the step is locked.
    async fn one_more(&self, tx: &mut Tx, counter: Counter) -> Result<Option<Timestamp>, Error> {
        // Ended applications are counted by their own rows.
        let Some(scope) = self.scope(counter).filter(|_| counter != Counter::Applications) else {
            return Ok(None);
        };
        let before = stored::lock_tally(tx, counter, &scope).await?;
        let rule = Rule::of(counter, self.service.policy());
        // A full counter keeps its value; whoever counts on it was let through by its guard, or offered a person.
        let (calendar, now) = (self.service.calendar(), self.service.now());
        let Ok(tally) = rule.count(before, calendar, now) else { return Ok(None) };
        stored::keep_tally(tx, counter, &scope, &tally).await?;
        Ok(match rule.standing(Some(tally), calendar, now) {
            Standing::Full { then: WhenFull::Locked, until } => until,
            _ => None,
        })
    }
}

/// How the counter of applications that ended badly stands.
pub(super) async fn ended(service: &Service, tx: &mut Tx, account: AccountId) -> Result<Standing, Error> {
    let now = service.now();
    let happened = stored::ended_badly(tx, account, now - LOOK_BACK).await?;
    Ok(recent_standing(Rule::of(Counter::Applications, service.policy()), &happened, now))
}

/// Whether the account used more ID numbers lately than it may.
pub(super) async fn many_ids(service: &Service, tx: &mut Tx, account: AccountId) -> Result<bool, Error> {
    let seen = stored::ids_seen(tx, account).await?;
    let rule = Rule::of(Counter::IdsPerAccount, service.policy());
    Ok(ids_standing(rule, &seen, service.now()).is_full())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(64), |text, byte| text + &format!("{byte:02x}"))
}
