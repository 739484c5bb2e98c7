//! The transitions: one match over state and event, nothing outside.

use super::decision::{Decision, Opinion, Verdict};
use super::four_eyes::{Circumstances, second_needed};
use super::kind::CaseType;
use super::lease::{LEASES_PER_PERSON_MAX, Lease};
use super::staff::Staff;
use super::state::{Case, Effect, End, Event, HoldReason, Queue, REASON_CHARS_MAX, Refused, State, Step};
use crate::id::StaffId;
use crate::policy::Review;
use crate::zone::{MINUTE_US, SECOND_US};

impl Case {
    /// What follows from an event, or why it cannot happen.
    pub fn apply(&self, event: &Event, rules: &Review, now_us: i64) -> Result<Step, Refused> {
        let at = Now { rules, now_us };
        match (&self.state, event) {
            (State::Open | State::Claimed { .. } | State::SecondReview { .. }, Event::Claim { by, held }) => {
                self.claim(by, *held, &at)
            }
            (State::Claimed { .. } | State::SecondReview { lease: Some(_) }, Event::Renew { by, token }) => {
                self.renew(*by, *token, &at)
            }
            (
                State::Claimed { .. } | State::SecondReview { lease: Some(_) },
                Event::Release { by, token },
            ) => {
                self.held_by(*by, *token, now_us)?;
                Ok(self.step(self.without_lease(), vec![]))
            }
            (State::Claimed { lease } | State::SecondReview { lease: Some(lease) }, Event::Expire) => {
                if lease.is_live(now_us) {
                    return Err(Refused::LeaseLive);
                }
                Ok(self.step(self.without_lease(), vec![]))
            }
            (
                State::Claimed { lease } | State::SecondReview { lease: Some(lease) },
                Event::TakeOver { by, held, reason },
            ) => self.take_over(lease, by, *held, reason, &at),
            (
                State::Claimed { .. } | State::SecondReview { lease: Some(_) },
                Event::Decide { by, token, version, decision, facts },
            ) => {
                self.held_by(by.id, *token, now_us)?;
                self.seen(*version)?;
                self.decide(by, decision, *facts, &at)
            }
            (
                State::Claimed { .. } | State::SecondReview { lease: Some(_) },
                Event::Escalate { by, token, version, reason },
            ) => {
                self.held_by(*by, *token, now_us)?;
                self.seen(*version)?;
                written(reason)?;
                if self.queue == Queue::Arbiter {
                    return Err(Refused::NotPossible);
                }
                let mut step = self.step(State::Open, vec![Effect::ToArbiter]);
                step.next.queue = Queue::Arbiter;
                Ok(step)
            }
            (State::Claimed { .. }, Event::Hold { by, token, version, reason }) => {
                self.held_by(*by, *token, now_us)?;
                self.seen(*version)?;
                let waits = *reason == HoldReason::WaitingForApplicant;
                let state = State::OnHold { by: *by, reason: *reason, since_us: now_us };
                Ok(self.step(state, if waits { vec![Effect::PauseClock] } else { vec![] }))
            }
            (State::OnHold { reason, .. }, Event::Resume { by, held }) => {
                self.may(by)?;
                few(*held)?;
                let mut step = self.step(State::Open, clock_goes_on(*reason));
                let lease = step.next.grant(by.id, &at);
                step.next.state = State::Claimed { lease };
                Ok(step)
            }
            (State::OnHold { reason: reason @ HoldReason::WaitingForApplicant, .. }, Event::Answered) => {
                Ok(self.step(State::Open, clock_goes_on(*reason)))
            }
            (State::Closed { end: End::Decided { .. }, undo_until_us, .. }, Event::Undo { by, held }) => {
                self.undo(*undo_until_us, by, *held, &at)
            }
            (State::Closed { .. }, Event::Cancel) => Err(Refused::NotPossible),
            (_, Event::Cancel) => {
                let end = State::Closed { end: End::Cancelled, at_us: now_us, undo_until_us: now_us };
                Ok(self.step(end, vec![]))
            }
            _ => Err(Refused::NotPossible),
        }
    }

    fn claim(&self, by: &Staff, held: u32, at: &Now<'_>) -> Result<Step, Refused> {
        if self.live_lease(at.now_us).is_some() {
            return Err(Refused::Leased);
        }
        self.may(by)?;
        few(held)?;
        let mut step = self.step(self.without_lease(), vec![]);
        let lease = step.next.grant(by.id, at);
        step.next.put(lease);
        Ok(step)
    }

    /// Does not count as a change of the case: what the holder sees is still what there is.
    fn renew(&self, by: StaffId, token: u64, at: &Now<'_>) -> Result<Step, Refused> {
        let lease = self.held_by(by, token, at.now_us)?;
        // Activity never shortens a lease, even if clocks of two machines differ a little.
        let until_us = at.lease_until().max(lease.until_us);
        let mut next = self.clone();
        next.put(Lease { until_us, ..*lease });
        Ok(Step { next, effects: vec![] })
    }

    fn take_over(
        &self,
        lease: &Lease,
        by: &Staff,
        held: u32,
        reason: &str,
        at: &Now<'_>,
    ) -> Result<Step, Refused> {
        if lease.holder == by.id && lease.is_live(at.now_us) {
            return Err(Refused::NotPossible);
        }
        self.may(by)?;
        few(held)?;
        written(reason)?;
        let mut step = self.step(self.state.clone(), vec![Effect::TakenFrom(lease.holder)]);
        let lease = step.next.grant(by.id, at);
        step.next.put(lease);
        Ok(step)
    }

    fn decide(
        &self,
        by: &Staff,
        decision: &Decision,
        facts: Circumstances,
        at: &Now<'_>,
    ) -> Result<Step, Refused> {
        // Who was barred after taking the case must not decide it either.
        self.may(by)?;
        decision.check(self.kind)?;
        let because = second_needed(at.rules, self.kind, decision, facts);
        let second = !because.is_empty() || facts.blind_sample;
        let same = |o: &&Opinion| o.decision.verdict == decision.verdict;
        let agrees = self.opinions.iter().any(|o| same(&o));
        let closes = match self.opinions.len() {
            // What a second look finds wrong is found so by a supervisor, or it is not; where it agrees, it is over.
            _ if self.kind == CaseType::Qa => {
                decision.verdict == Verdict::Agree || by.role == self.kind.arbiter()
            }
            0 => !second,
            1 => agrees,
            // The arbiter of a disagreement decides alone what one person may decide alone.
            _ => agrees || !second,
        };

        let opinion = Opinion { by: by.id, decision: decision.clone(), at_us: at.now_us };
        if closes {
            let mut agreed: Vec<StaffId> = self.opinions.iter().filter(same).map(|o| o.by).collect();
            agreed.push(by.id);
            let end = End::Decided { decision: decision.clone(), by: agreed };
            let undo_until_us = at.undo_until();
            let publish = Effect::Publish { decision: decision.clone(), not_before_us: undo_until_us };
            let mut step = self.step(State::Closed { end, at_us: at.now_us, undo_until_us }, vec![publish]);
            step.next.opinions.push(opinion);
            return Ok(step);
        }
        let first = self.opinions.is_empty() && self.kind != CaseType::Qa;
        let mut step = if first {
            self.step(State::SecondReview { lease: None }, vec![Effect::SecondAsked(because)])
        } else {
            self.step(State::Open, vec![Effect::ToArbiter])
        };
        // A supervisor who decides first is checked by any colleague the case is for.
        step.next.queue = if first { Queue::Ordinary } else { Queue::Arbiter };
        step.next.opinions.push(opinion);
        Ok(step)
    }

    fn undo(&self, undo_until_us: i64, by: &Staff, held: u32, at: &Now<'_>) -> Result<Step, Refused> {
        if self.opinions.last().is_none_or(|o| o.by != by.id) {
            return Err(Refused::NotHolder);
        }
        if at.now_us >= undo_until_us {
            return Err(Refused::UndoOver);
        }
        let mut step = self.step(State::Open, vec![Effect::Unpublish]);
        step.next.opinions.pop();
        if step.next.opinions.len() == 1 && step.next.queue == Queue::Ordinary {
            step.next.state = State::SecondReview { lease: None };
        }
        // Who took other cases meanwhile still may take the decision back, only not the case.
        if few(held).is_ok() && step.next.may(by).is_ok() {
            let lease = step.next.grant(by.id, at);
            step.next.put(lease);
        }
        Ok(step)
    }

    /// The lease, if it is this one, this person's, and not over.
    fn held_by(&self, by: StaffId, token: u64, now_us: i64) -> Result<&Lease, Refused> {
        let lease = self.lease().ok_or(Refused::NotHolder)?;
        if lease.holder != by || lease.token != token {
            return Err(Refused::NotHolder);
        }
        if lease.is_live(now_us) { Ok(lease) } else { Err(Refused::LeaseOver) }
    }

    fn seen(&self, version: u64) -> Result<(), Refused> {
        if version == self.version {
            Ok(())
        } else {
            Err(Refused::Stale { current: self.version, given: version })
        }
    }

    fn step(&self, state: State, effects: Vec<Effect>) -> Step {
        let next = Self { state, version: self.version.saturating_add(1), ..self.clone() };
        Step { next, effects }
    }

    fn without_lease(&self) -> State {
        match &self.state {
            State::Claimed { .. } => State::Open,
            State::SecondReview { .. } => State::SecondReview { lease: None },
            other => other.clone(),
        }
    }

    fn grant(&mut self, to: StaffId, at: &Now<'_>) -> Lease {
        self.last_token = self.last_token.saturating_add(1);
        Lease { holder: to, token: self.last_token, until_us: at.lease_until() }
    }

    fn put(&mut self, lease: Lease) {
        self.state = match self.state {
            State::SecondReview { .. } => State::SecondReview { lease: Some(lease) },
            _ => State::Claimed { lease },
        };
    }
}

/// The policy and the moment.
struct Now<'a> {
    rules: &'a Review,
    now_us: i64,
}

impl Now<'_> {
    fn lease_until(&self) -> i64 {
        self.now_us.saturating_add(i64::from(self.rules.lease_min).saturating_mul(MINUTE_US))
    }

    fn undo_until(&self) -> i64 {
        self.now_us.saturating_add(i64::from(self.rules.undo_s).saturating_mul(SECOND_US))
    }
}

fn few(held: u32) -> Result<(), Refused> {
    if held < LEASES_PER_PERSON_MAX { Ok(()) } else { Err(Refused::TooMany) }
}

fn written(reason: &str) -> Result<(), Refused> {
    let chars = reason.trim().chars().take(REASON_CHARS_MAX + 1).count();
    if (1..=REASON_CHARS_MAX).contains(&chars) { Ok(()) } else { Err(Refused::ReasonMissing) }
}

fn clock_goes_on(reason: HoldReason) -> Vec<Effect> {
    if reason == HoldReason::WaitingForApplicant { vec![Effect::ResumeClock] } else { vec![] }
}
