//! At, one below and one above every cap; holds; what comes back.

use super::*;
use shiming_domain::limit::{Refusal, Strength, Verdict, Window};
use shiming_domain::moment::Span;
use shiming_engine::service::{Principal, Scope, Strength as SignIn};
use shiming_engine::wallet::UseState;

fn machine(key: &str, scopes: Vec<Scope>) -> Caller {
    let principal = Principal::Integrator { key: key.to_owned(), scopes, live: false };
    Caller { principal, strength: SignIn::None, verified_at: None, request_id: None, network: None }
}

#[tokio::test]
async fn a_lifetime_cap_holds_to_the_fen() {
    for trial in trials("cn_pboc", |text| text).await {
        open(&trial, ACCOUNT, Some(PERSON)).await;
        level(&trial, ACCOUNT, 1).await;
        assert_eq!(verdict(&trial, &payment(&trial, 99_999, "one_below")).await, "allowed");
        assert_eq!(verdict(&trial, &payment(&trial, 2, "one_above")).await, "W_LIMIT_LIFETIME");
        let above = consume(&trial, &payment(&trial, 2, "one_above")).await.unwrap();
        let binding = above.quote.binding.unwrap();
        assert!(above.repeated);
        assert_eq!(above.quote.verdict, Verdict::Refused(Refusal::Limit(Window::Lifetime)));
        assert_eq!((binding.left_minor, binding.used_minor), (1, 99_999));
        assert_eq!(above.limit_use.unwrap().state, UseState::Refused);
        assert_eq!(verdict(&trial, &payment(&trial, 1, "at")).await, "allowed");
        assert_eq!(verdict(&trial, &payment(&trial, 1, "beyond")).await, "W_LIMIT_LIFETIME");
        assert_eq!(used(&trial, Owner::Person(PERSON), Key::Lifetime).await, 100_000);
        // A level up ends the rule and not the record.
        level(&trial, ACCOUNT, 2).await;
        assert_eq!(verdict(&trial, &payment(&trial, 1, "higher")).await, "allowed");
        assert_eq!(used(&trial, Owner::Person(PERSON), Key::Lifetime).await, 100_001);
        assert_counted(&trial).await;
    }
}

#[tokio::test]
async fn a_day_cap_of_a_strength_holds_to_the_fen_and_offers_a_step_up() {
    for trial in trials("cn_pboc", |text| text).await {
        open(&trial, ACCOUNT, Some(PERSON)).await;
        level(&trial, ACCOUNT, 2).await;
        let weak = |minor, reference: &str| {
            let mut new = payment(&trial, minor, reference);
            new.request.factors.clear();
            new
        };
        assert_eq!(verdict(&trial, &weak(99_999, "one_below")).await, "allowed");
        let stepped = consume(&trial, &weak(2, "one_above")).await.unwrap();
        assert!(matches!(&stepped.quote.verdict, Verdict::StepUp(up) if up.to == Strength::B));
        assert_eq!(stepped.limit_use, None);
        // The reference is free for the same payment, authenticated better.
        assert_eq!(verdict(&trial, &payment(&trial, 2, "one_above")).await, "allowed");
        assert_eq!(verdict(&trial, &weak(1, "at")).await, "allowed");
        assert_eq!(verdict(&trial, &payment(&trial, 499_998, "strong_at")).await, "allowed");
        assert_eq!(verdict(&trial, &payment(&trial, 1, "strong_above")).await, "W_LIMIT_DAY");
        trial.advance(Span::days(1)).await;
        assert_eq!(verdict(&trial, &payment(&trial, 500_000, "tomorrow")).await, "allowed");
        assert_counted(&trial).await;
    }
}

#[tokio::test]
async fn what_is_held_counts_and_what_is_released_does_not() {
    for trial in trials("cn_pboc", |text| text).await {
        open(&trial, ACCOUNT, Some(PERSON)).await;
        level(&trial, ACCOUNT, 1).await;
        let (service, system) = (&trial.service, Caller::system());
        let owner = Owner::Person(PERSON);
        let held = |minor, reference: &str| Consume {
            hold: Some(Span::hours(1)),
            ..payment(&trial, minor, reference)
        };
        let id = async |new: Consume| consume(&trial, &new).await.unwrap().limit_use.unwrap().id;
        let first = id(held(60_000, "a")).await;
        assert_eq!(verdict(&trial, &held(40_001, "b")).await, "W_LIMIT_LIFETIME");
        let second = id(held(40_000, "c")).await;

        // A part is paid, the rest comes back.
        let part = Some(yuan(&trial, 10_000));
        let paid = wallet::capture(service, &system, first, part).await.unwrap().commit().await.unwrap();
        assert_eq!((paid.state, paid.captured_minor), (UseState::Captured, 10_000));
        assert_eq!(used(&trial, owner, Key::Lifetime).await, 50_000);
        let again = wallet::capture(service, &system, first, None).await.err().unwrap();
        assert_eq!(again.code(), "hold_not_open");

        wallet::void(service, &system, second).await.unwrap().commit().await.unwrap();
        assert_eq!(used(&trial, owner, Key::Lifetime).await, 10_000);

        let third = id(held(20_000, "d")).await;
        let too_much =
            wallet::capture(service, &system, third, Some(yuan(&trial, 20_001))).await.err().unwrap();
        assert_eq!(too_much.code(), "amount_not_of_hold");
        trial.advance(Span::hours(1)).await;
        let over = wallet::limit_use(service, &system, third).await.unwrap();
        assert_eq!(over.state, UseState::Expired);
        assert_eq!(used(&trial, owner, Key::Lifetime).await, 10_000);
        assert_counted(&trial).await;
    }
}

#[tokio::test]
async fn a_refund_gives_back_to_windows_that_still_run() {
    for trial in trials("cn_pboc", |text| text).await {
        open(&trial, ACCOUNT, Some(PERSON)).await;
        level(&trial, ACCOUNT, 2).await;
        let (service, system) = (&trial.service, Caller::system());
        let owner = Owner::Person(PERSON);
        let paid = consume(&trial, &payment(&trial, 30_000, "a")).await.unwrap().limit_use.unwrap();
        let day = paid.shares.iter().map(|share| share.key).find(|key| matches!(key, Key::Day(_))).unwrap();
        let refund = async |minor| {
            let pending = wallet::refund(service, &system, paid.id, yuan(&trial, minor)).await?;
            pending.commit().await
        };
        refund(10_000).await.unwrap();
        assert_eq!(used(&trial, owner, day).await, 20_000);
        trial.advance(Span::days(1)).await;
        let after = refund(20_000).await.unwrap();
        assert_eq!(after.refunded_minor, 30_000);
        assert_eq!(used(&trial, owner, day).await, 20_000, "yesterday stays as it was");
        assert_eq!(used(&trial, owner, Key::Lifetime).await, 0);
        assert_eq!(refund(1).await.unwrap_err().code(), "amount_not_of_hold");
        assert_counted(&trial).await;
    }
}

#[tokio::test]
async fn where_the_policy_counts_at_capture_the_question_is_asked_again() {
    let edit = |text: String| text.replace(r#"reserve_at = "authorisation""#, r#"reserve_at = "capture""#);
    for trial in trials("generic", edit).await {
        open(&trial, ACCOUNT, Some(PERSON)).await;
        level(&trial, ACCOUNT, 1).await;
        let (service, system) = (&trial.service, Caller::system());
        let held = Consume { hold: Some(Span::hours(1)), ..payment(&trial, 150_000, "a") };
        let first = consume(&trial, &held).await.unwrap().limit_use.unwrap();
        let held = Consume { reference: "b".into(), ..held };
        let second = consume(&trial, &held).await.unwrap().limit_use.unwrap();
        assert_eq!(used(&trial, Owner::Person(PERSON), Key::Lifetime).await, 0);
        wallet::capture(service, &system, first.id, None).await.unwrap().commit().await.unwrap();
        let used_up = wallet::capture(service, &system, second.id, None).await.err().unwrap();
        assert_eq!(used_up.code(), "limit_used_up");
        let part = Some(yuan(&trial, 50_000));
        wallet::capture(service, &system, second.id, part).await.unwrap().commit().await.unwrap();
        assert_eq!(used(&trial, Owner::Person(PERSON), Key::Lifetime).await, 200_000);
        assert_counted(&trial).await;
    }
}

#[tokio::test]
async fn restrictions_and_lives_are_gates_and_a_check_counts_nothing() {
    for trial in trials("cn_pboc", |text| text).await {
        open(&trial, ACCOUNT, Some(PERSON)).await;
        assert_eq!(verdict(&trial, &payment(&trial, 1, "a")).await, "W_NOT_VERIFIED");
        level(&trial, ACCOUNT, 2).await;
        let key = machine("key_1", vec![Scope::LimitsUse]);
        let quote = wallet::check(&trial.service, &key, &payment(&trial, 500, "b").request).await.unwrap();
        assert!(quote.is_allowed());
        assert_eq!(quote.left.len(), 2, "a year and the day of this strength");
        assert_eq!(counters(&trial, Owner::Person(PERSON)).await.get(Key::Lifetime), Used::default());

        let now = trial.service.now();
        change(&trial, ACCOUNT, |account| account.life = Life::Closing { opened_at: now, since: now }).await;
        assert_eq!(verdict(&trial, &payment(&trial, 1, "c")).await, "account_not_active");
        let nobody = machine("key_2", vec![Scope::PersonsRead]);
        let refused = wallet::check(&trial.service, &nobody, &payment(&trial, 1, "d").request).await;
        assert_eq!(refused.unwrap_err().code(), "scope_missing");
    }
}

#[tokio::test]
async fn a_use_is_seen_by_whoever_made_it_and_a_reference_means_one_request() {
    for trial in trials("generic", |text| text).await {
        open(&trial, ACCOUNT, None).await;
        let service = &trial.service;
        let (one, two) = (machine("key_1", vec![Scope::LimitsUse]), machine("key_2", vec![Scope::LimitsUse]));
        let new = payment(&trial, 500, "same");
        let made = wallet::consume(service, &one, &new).await.unwrap().commit().await.unwrap();
        let id = made.limit_use.unwrap().id;
        assert_eq!(wallet::limit_use(service, &one, id).await.unwrap().id, id);
        assert_eq!(wallet::limit_use(service, &two, id).await.unwrap_err().code(), "not_found");
        assert_eq!(wallet::void(service, &two, id).await.err().unwrap().code(), "not_found");
        // Another machine's reference is another's.
        let other = wallet::consume(service, &two, &new).await.unwrap().commit().await.unwrap();
        assert!(!other.repeated);
        let different = payment(&trial, 501, "same");
        assert_eq!(wallet::consume(service, &one, &different).await.err().unwrap().code(), "reference_used");
        assert_eq!(used(&trial, Owner::Account(ACCOUNT), Key::Lifetime).await, 1_000);
        assert_counted(&trial).await;
    }
}

#[tokio::test]
async fn malformed_questions_are_refused() {
    for trial in trials("generic", |text| text).await {
        open(&trial, ACCOUNT, None).await;
        let edits: [(&str, fn(&mut Consume)); 5] = [
            ("reference_malformed", |new| new.reference = "with space".into()),
            ("reference_malformed", |new| new.reference = String::new()),
            ("hold_out_of_range", |new| new.hold = Some(Span::days(31))),
            ("operation_without_money", |new| new.request.operation = Operation::SignIn),
            ("not_found", |new| new.request.account = OTHER),
        ];
        for (code, edit) in edits {
            let mut new = payment(&trial, 1, "a");
            edit(&mut new);
            assert_eq!(verdict(&trial, &new).await, code);
        }
        assert_eq!(verdict(&trial, &payment(&trial, 0, "a")).await, "amount_not_positive");
        let mut yen = payment(&trial, 1, "a");
        yen.request.amount = Amount::new(1, "JPY".to_owned().try_into().unwrap());
        assert_eq!(verdict(&trial, &yen).await, "currency_not_of_policy");
    }
}

#[tokio::test]
async fn what_an_account_used_joins_its_person_once() {
    for trial in trials("generic", |text| text).await {
        open(&trial, ACCOUNT, None).await;
        open(&trial, OTHER, Some(PERSON)).await;
        level(&trial, OTHER, 1).await;
        let held = Consume { hold: Some(Span::hours(1)), ..payment(&trial, 4_000, "a") };
        let held = consume(&trial, &held).await.unwrap().limit_use.unwrap();
        let mut other = payment(&trial, 700, "b");
        other.request.account = OTHER;
        assert_eq!(verdict(&trial, &other).await, "allowed");

        for _ in 0..2 {
            let mut tx = trial.service.store().change().await.unwrap();
            seed::link(&trial.service, &mut tx, ACCOUNT, PERSON).await;
            wallet::merge(&mut tx, ACCOUNT, PERSON).await.unwrap();
            let audit = Audit::new(&Actor::system(), "test.merge", "account", ACCOUNT);
            tx.audit(&audit, trial.service.now()).await.unwrap();
            tx.commit().await.unwrap();
        }
        assert_eq!(used(&trial, Owner::Person(PERSON), Key::Lifetime).await, 4_700);
        assert_eq!(used(&trial, Owner::Account(ACCOUNT), Key::Lifetime).await, 0);
        // What was held before is released where it stands now.
        wallet::void(&trial.service, &Caller::system(), held.id).await.unwrap().commit().await.unwrap();
        assert_eq!(used(&trial, Owner::Person(PERSON), Key::Lifetime).await, 700);

        // Closing resets nothing: the person is the same in a new account.
        let now = trial.service.now();
        let closure = shiming_domain::account::Closure::Requested;
        change(&trial, OTHER, |account| account.life = Life::Closed { at: now, closure }).await;
        level(&trial, ACCOUNT, 1).await;
        let day = payment(&trial, 200_000 - 700 + 1, "c");
        assert_eq!(verdict(&trial, &day).await, "W_LIMIT_DAY");
        assert_counted(&trial).await;
    }
}

#[tokio::test]
async fn a_counter_that_is_wrong_is_reported_and_left_alone() {
    for trial in trials("generic", |text| text).await {
        open(&trial, ACCOUNT, None).await;
        assert_eq!(verdict(&trial, &payment(&trial, 500, "a")).await, "allowed");
        let owner = Owner::Account(ACCOUNT);
        let mut tx = trial.service.store().housekeep().await.unwrap();
        let share = wallet::Share { key: Key::Lifetime, minor: 100, own_bank: false };
        shiming_store::wallet::give_back(&mut tx, owner, &[share]).await.unwrap();
        tx.commit().await.unwrap();
        for _ in 0..2 {
            let recount = wallet::audit_counters(&trial.service).await.unwrap();
            let [wrong] = recount.mismatches.as_slice() else { panic!("{recount:?}") };
            let seen = (wrong.key, wrong.counter.payments_minor, wrong.uses.payments_minor);
            assert_eq!(seen, (Key::Lifetime, 400, 500));
        }
    }
}
