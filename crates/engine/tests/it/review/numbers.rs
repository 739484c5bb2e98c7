//! A person whose number lawfully changed stays one person.

use super::*;
use shiming_domain::account::Closure;
use shiming_domain::amount::Amount;
use shiming_domain::application::{Purpose, StateName};
use shiming_domain::limit::{Funding, Key, Operation, Used};
use shiming_domain::moment::Span;
use shiming_domain::policy::Factor;
use shiming_domain::verification::StandingName;
use shiming_engine::application::{NewApplication, create, submit};
use shiming_engine::review::{self, FieldClass};
use shiming_engine::wallet::{self, Consume, Owner, Request};
use shiming_store::person;
use shiming_testkit::trial::databases;
use shiming_testkit::trial::seen::specimen;
use std::collections::BTreeSet;

/// Support opens a change, others approve it.
async fn permit(trial: &Trial, somebody: &Somebody, class: FieldClass) {
    let classes = BTreeSet::from([class]);
    let support = staff(1, Role::Support);
    let opened = review::open_info_change(&trial.service, &support, somebody.account, &classes);
    opened.await.unwrap().commit().await.unwrap();
    next_decided(trial, &reviewer(2), approve()).await;
    if class == FieldClass::Identity {
        next_decided(trial, &reviewer(3), approve()).await;
    }
    trial.advance(Span::seconds(10)).await;
}

/// An application with another card, as far as the machine goes.
async fn applied(trial: &Trial, somebody: &Somebody, purpose: Purpose) -> ApplicationId {
    let service = &trial.service;
    let new = NewApplication { account: None, purpose, requested_level: 1 };
    let id = create(service, &somebody.caller, new).await.unwrap().commit().await.unwrap().id;
    stories::fill(trial, somebody, id).await;
    submit(service, &somebody.caller, id).await.unwrap().commit().await.unwrap();
    trial.run_jobs().await;
    id
}

async fn state(trial: &Trial, somebody: &Somebody, id: ApplicationId) -> StateName {
    shiming_engine::application::view(&trial.service, &somebody.caller, id).await.unwrap().status
}

/// Two reviewers approve against the check that failed.
async fn approved_by_two(trial: &Trial) {
    next_decided(trial, &reviewer(4), approve()).await;
    next_decided(trial, &reviewer(5), approve()).await;
    trial.advance(Span::seconds(10)).await;
}

async fn pay(trial: &Trial, somebody: &Somebody, minor: i64, reference: &str) {
    let new = Consume {
        request: Request {
            account: somebody.account,
            operation: Operation::PayMerchant,
            funding: Funding::Balance,
            amount: Amount::new(minor, trial.service.policy().rules().money.currency),
            factors: vec![Factor::Password, Factor::Totp],
            static_qr: false,
            operation_max_minor: None,
        },
        reference: reference.to_owned(),
        hold: None,
    };
    let consumed =
        wallet::consume(&trial.service, &Caller::system(), &new).await.unwrap().commit().await.unwrap();
    assert_eq!(consumed.quote.code, None);
}

async fn person_of(trial: &Trial, somebody: &Somebody) -> shiming_domain::id::PersonId {
    let mut tx = trial.service.store().read().await.unwrap();
    let person = person::of_account(&mut tx, somebody.account).await.unwrap().unwrap();
    let account = accounts::load(&mut tx, somebody.account).await.unwrap().unwrap();
    assert_eq!(account.person, Some(person));
    person
}

async fn used(trial: &Trial, owner: Owner) -> i64 {
    let mut tx = trial.service.store().read().await.unwrap();
    let counters = shiming_store::wallet::recount(&mut tx, owner).await.unwrap();
    let Used { payments_minor, own_bank_minor } = counters.get(Key::Lifetime);
    payments_minor + own_bank_minor
}

/// With another number on the card.
fn renumbered(somebody: &Somebody, n: u32) -> Somebody {
    let mut other = somebody.clone();
    other.printed.number = specimen(n).number;
    other
}

#[tokio::test]
async fn a_number_that_support_let_change_belongs_to_the_same_person() {
    for database in databases().await {
        let trial = trial(database).await;
        let (somebody, _) = stories::approved(&trial, 1).await;
        let before = person_of(&trial, &somebody).await;
        pay(&trial, &somebody, 700, "before").await;

        permit(&trial, &somebody, FieldClass::Identity).await;
        let changed = renumbered(&somebody, 2);
        let id = applied(&trial, &changed, Purpose::InfoChange).await;
        assert_eq!(state(&trial, &changed, id).await, StateName::ManualReview, "no machine decides it");
        approved_by_two(&trial).await;
        assert_eq!(state(&trial, &changed, id).await, StateName::Approved);

        assert_eq!(person_of(&trial, &changed).await, before, "{}", trial.database.name);
        pay(&trial, &changed, 300, "after").await;
        assert_eq!(used(&trial, Owner::Person(before)).await, 1000);
        assert_eq!(wallet::audit_counters(&trial.service).await.unwrap().mismatches, []);
        let mut tx = trial.service.store().read().await.unwrap();
        let all = person::verifications(&mut tx, before).await.unwrap();
        let standings: Vec<_> = all.iter().map(|v| v.verification.standing_name()).collect();
        assert_eq!(standings, [StandingName::Valid, StandingName::Superseded]);
        let former = shiming_engine::person::former(&trial.service, &mut tx, before).await.unwrap();
        assert_eq!(former.len(), 1);
        assert_eq!(former[0].number.reveal(), somebody.printed.number);
        drop(tx);
        let rows = entries(&trial, before).await;
        assert!(rows.iter().any(|row| row["action"] == "person.link"));
        let mut tx = trial.service.store().read().await.unwrap();
        let now = trial.service.now();
        let told = shiming_store::notice::list(&mut tx, somebody.account, None, 100, now).await.unwrap();
        assert!(told.iter().any(|notice| notice.kind.as_str() == "info_change_done"));
        drop(tx);

        // Either number is taken now.
        for (n, number) in [(11, 1), (12, 2)] {
            let other = stories::registered(&trial, n).await;
            let other = renumbered(&other, number);
            let id = stories::submitted(&trial, &other, 1).await;
            trial.run_jobs().await;
            let view = shiming_engine::application::view(&trial.service, &other.caller, id).await.unwrap();
            let codes: Vec<_> = view.latest_decision.unwrap().reasons.iter().map(|r| r.code).collect();
            assert_eq!((view.status, codes), (StateName::ManualReview, vec![Code::DupIdno]));
        }
        // And the old card is no longer what this person is known by.
        let id = applied(&trial, &somebody, Purpose::Renewal).await;
        assert_eq!(state(&trial, &somebody, id).await, StateName::ManualReview);
    }
}

#[tokio::test]
async fn without_that_permission_nobody_gives_a_person_another_number() {
    for database in databases().await {
        let trial = trial(database).await;
        let (somebody, _) = stories::approved(&trial, 1).await;
        let changed = renumbered(&somebody, 2);
        let id = applied(&trial, &changed, Purpose::Renewal).await;
        let held = next(&trial, &reviewer(4)).await.unwrap();
        let answer = review::decide(&trial.service, &reviewer(4), held.id, decide(&held, approve())).await;
        assert_eq!(code(answer), "info_change_needed", "{}", trial.database.name);
        let sent = decide(&held, resubmit());
        review::decide(&trial.service, &reviewer(4), held.id, sent).await.unwrap().commit().await.unwrap();
        trial.advance(Span::seconds(10)).await;
        shiming_engine::application::withdraw(&trial.service, &changed.caller, id)
            .await
            .unwrap()
            .commit()
            .await
            .unwrap();

        // Neither does a permission for other data.
        permit(&trial, &somebody, FieldClass::Declared).await;
        applied(&trial, &changed, Purpose::InfoChange).await;
        let held = next(&trial, &reviewer(4)).await.unwrap();
        let answer = review::decide(&trial.service, &reviewer(4), held.id, decide(&held, approve())).await;
        assert_eq!(code(answer), "info_change_needed");
    }
}

#[tokio::test]
async fn what_was_used_under_both_numbers_is_added_up() {
    for database in databases().await {
        let trial = trial(database).await;
        let (first, _) = stories::approved(&trial, 1).await;
        let (second, _) = stories::approved(&trial, 2).await;
        let (own, other) = (person_of(&trial, &first).await, person_of(&trial, &second).await);
        pay(&trial, &first, 700, "first").await;
        pay(&trial, &second, 500, "second").await;
        permit(&trial, &first, FieldClass::Identity).await;
        applied(&trial, &renumbered(&first, 2), Purpose::InfoChange).await;
        approved_by_two(&trial).await;
        assert_eq!(person_of(&trial, &second).await, own, "{}", trial.database.name);
        assert_eq!(
            (used(&trial, Owner::Person(own)).await, used(&trial, Owner::Person(other)).await),
            (1200, 0)
        );
        assert_eq!(wallet::audit_counters(&trial.service).await.unwrap().mismatches, []);
        let mut tx = trial.service.store().read().await.unwrap();
        let all = person::verifications(&mut tx, own).await.unwrap();
        let valid = all.iter().filter(|v| v.verification.standing_name() == StandingName::Valid);
        assert_eq!((all.len(), valid.count()), (3, 1), "one verification counts");
    }
}

#[tokio::test]
async fn the_number_that_somebody_gave_up_may_be_anothers() {
    for database in databases().await {
        let trial = trial(database).await;
        let (somebody, _) = stories::approved(&trial, 1).await;
        permit(&trial, &somebody, FieldClass::Identity).await;
        let changed = renumbered(&somebody, 2);
        applied(&trial, &changed, Purpose::InfoChange).await;
        approved_by_two(&trial).await;
        let before = person_of(&trial, &changed).await;

        // Two had one number; whoever keeps it comes later.
        let other = renumbered(&stories::registered(&trial, 11).await, 1);
        let id = stories::submitted(&trial, &other, 1).await;
        trial.run_jobs().await;
        assert_eq!(state(&trial, &other, id).await, StateName::ManualReview, "no machine decides it");
        next_decided(&trial, &reviewer(6), approve()).await;
        next_decided(&trial, &reviewer(7), approve()).await;
        trial.advance(Span::seconds(10)).await;
        assert_eq!(state(&trial, &other, id).await, StateName::Approved, "{}", trial.database.name);
        let theirs = person_of(&trial, &other).await;
        assert_ne!(theirs, before);
        assert_eq!(person_of(&trial, &changed).await, before);
        let mut tx = trial.service.store().read().await.unwrap();
        let valid = |all: Vec<person::StoredVerification>| {
            all.iter().filter(|v| v.verification.standing_name() == StandingName::Valid).count()
        };
        assert_eq!(valid(person::verifications(&mut tx, before).await.unwrap()), 1);
        assert_eq!(valid(person::verifications(&mut tx, theirs).await.unwrap()), 1);
    }
}

#[tokio::test]
async fn no_one_person_gives_it_away_where_nothing_else_asks_for_two() {
    for database in databases().await {
        let trial = trial(database).await;
        let (somebody, _) = stories::approved(&trial, 1).await;
        permit(&trial, &somebody, FieldClass::Identity).await;
        applied(&trial, &renumbered(&somebody, 2), Purpose::InfoChange).await;
        approved_by_two(&trial).await;
        // Gone, so the number is no duplicate.
        let mut tx = trial.service.store().housekeep().await.unwrap();
        let mut account = accounts::load(&mut tx, somebody.account).await.unwrap().unwrap();
        account.life = Life::Closed { at: trial.service.now(), closure: Closure::Requested };
        accounts::save(&mut tx, &account).await.unwrap();
        tx.commit().await.unwrap();

        let other = renumbered(&stories::registered(&trial, 11).await, 1);
        let id = stories::submitted(&trial, &other, 1).await;
        trial.run_jobs().await;
        assert_eq!(state(&trial, &other, id).await, StateName::ManualReview, "no machine decides it");
        next_decided(&trial, &reviewer(6), approve()).await;
        trial.advance(Span::seconds(10)).await;
        assert_eq!(state(&trial, &other, id).await, StateName::ManualReview, "one is not enough");
        next_decided(&trial, &reviewer(7), approve()).await;
        trial.advance(Span::seconds(10)).await;
        assert_eq!(state(&trial, &other, id).await, StateName::Approved, "{}", trial.database.name);
    }
}

#[tokio::test]
async fn neither_does_a_name_change_with_a_renewal() {
    for database in databases().await {
        let trial = trial(database).await;
        let (somebody, _) = stories::approved(&trial, 1).await;
        let mut renamed = somebody.clone();
        renamed.printed.name = specimen(2).name;
        applied(&trial, &renamed, Purpose::Renewal).await;
        let held = next(&trial, &reviewer(4)).await.unwrap();
        let answer = review::decide(&trial.service, &reviewer(4), held.id, decide(&held, approve())).await;
        assert_eq!(code(answer), "info_change_needed", "{}", trial.database.name);
    }
}
