//! Acts that one person proposes and another confirms, on both databases.

use shiming_domain::case::Role;
use shiming_domain::id::{AccountId, StaffId};
use shiming_domain::moment::Span;
use shiming_domain::policy::ChannelKind;
use shiming_engine::account::key::{self, NewKey};
use shiming_engine::account::staff::{self, Invitation};
use shiming_engine::four_eyes::{self, Act, Acted, Confirmed, Proposal};
use shiming_engine::service::{Caller, Error, Principal, Scope, Strength};
use shiming_engine::source::{self, PortalRecord};
use shiming_store::account as stored;
use shiming_store::audit;
use shiming_testkit::trial::seen::good_evidence;
use shiming_testkit::trial::{Trial, TrialOptions, databases, stories};

pub(crate) fn by(trial: &Trial, staff: StaffId, role: Role) -> Caller {
    Caller {
        principal: Principal::Staff { staff, role, session: format!("s-{staff}") },
        strength: Strength::TwoFactors,
        verified_at: Some(trial.service.now()),
        request_id: None,
        network: None,
    }
}

fn invitation(name: &str, role: Role) -> Invitation {
    Invitation { name: name.to_owned(), email: format!("{name}@example.org"), role }
}

/// The operator of the first start, in no table: nobody else is there, so they act alone.
pub(crate) fn operator(trial: &Trial) -> Caller {
    by(trial, StaffId::from_bits(1), Role::Operator)
}

/// A member who works here, invited by an operator who may still do so alone.
pub(crate) async fn hire(trial: &Trial, operator: &Caller, name: &str, role: Role) -> StaffId {
    let invited = staff::create(&trial.service, operator, invitation(name, role)).await.unwrap();
    let id = invited.commit().await.unwrap().done().expect("nobody else is asked").id;
    let mut tx = trial.service.store().housekeep().await.unwrap();
    stored::activate_staff(&mut tx, id).await.unwrap();
    tx.commit().await.unwrap();
    id
}

fn code<T>(result: Result<T, Error>) -> &'static str {
    result.err().map_or("done", |error| error.code())
}

fn waits<T>(acted: Acted<T>) -> Proposal {
    match acted {
        Acted::Waits(proposal) => proposal,
        Acted::Done(_) => panic!("it was done at once"),
    }
}

/// What was done to an object, with what its rows say of the first person.
async fn rows(trial: &Trial, object: impl ToString) -> Vec<serde_json::Value> {
    while audit::sequence(trial.service.store(), 500).await.unwrap() > 0 {}
    let mut tx = trial.service.store().read().await.unwrap();
    let found = audit::about(&mut tx, &object.to_string(), i64::MAX, 50).await.unwrap();
    found.iter().rev().map(|row| serde_json::from_slice(&row.entry).unwrap()).collect()
}

#[tokio::test]
async fn the_first_operator_acts_alone_and_two_need_each_other() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let service = &trial.service;
        let first = operator(&trial);
        let ann = hire(&trial, &first, "ann", Role::Operator).await;
        let ann = by(&trial, ann, Role::Operator);
        let bob = hire(&trial, &ann, "bob", Role::Operator).await;
        let bob_is = bob;
        let bob = by(&trial, bob, Role::Operator);

        let asked = staff::create(service, &ann, invitation("eve", Role::Reviewer)).await.unwrap();
        let proposal = waits(asked.commit().await.unwrap());
        assert!(!format!("{proposal:?}").contains("eve"), "names stay out of logs");
        let before = staff::list(service, &ann).await.unwrap().len();
        assert_eq!(code(four_eyes::confirm(service, &ann, proposal.id).await), "second_person_needed");
        let seen = four_eyes::waiting(service, &bob).await.unwrap();
        let [Proposal { act: Act::InviteStaff { name, role, .. }, .. }] = seen.as_slice() else {
            panic!("one proposal, not {}", seen.len())
        };
        assert_eq!((name.reveal(), *role), ("eve", Role::Reviewer));
        let reviewer = by(&trial, StaffId::from_bits(9), Role::Reviewer);
        assert_eq!(four_eyes::waiting(service, &reviewer).await.unwrap().len(), 0);
        assert_eq!(code(four_eyes::confirm(service, &reviewer, proposal.id).await), "not_found");
        let tired = Caller { verified_at: None, ..bob.clone() };
        assert_eq!(code(four_eyes::confirm(service, &tired, proposal.id).await), "step_up_required");

        let done = four_eyes::confirm(service, &bob, proposal.id).await.unwrap().commit().await.unwrap();
        let Confirmed::Invited(invited) = done else { panic!("somebody was invited") };
        assert_eq!(staff::list(service, &ann).await.unwrap().len(), before + 1, "{}", trial.database.name);
        assert_eq!(code(four_eyes::confirm(service, &bob, proposal.id).await), "proposal_over");
        // Both rows name both people.
        let made = rows(&trial, invited.id).await;
        let (ann_is, _) = ann.staff().unwrap();
        assert_eq!(made[0]["actor"], bob_is.to_string());
        assert_eq!(made[0]["proposed_by"], ann_is.to_string());
        assert_eq!(made[0]["proposal"], proposal.id.to_string());
        // Who tried and might not is remembered: its author, and whoever showed no factor again.
        let tried = rows(&trial, proposal.id).await;
        let tried: Vec<_> = tried.iter().filter(|row| row["outcome"] == "refused").collect();
        assert_eq!(tried.len(), 2, "{tried:?}");
    }
}

#[tokio::test]
async fn a_key_waits_for_another_operator_and_not_longer_than_a_day() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let service = &trial.service;
        let first = operator(&trial);
        let ann = hire(&trial, &first, "ann", Role::Operator).await;
        let bob = hire(&trial, &by(&trial, ann, Role::Operator), "bob", Role::Operator).await;
        let new = || NewKey { label: "shop".to_owned(), scopes: vec![Scope::LimitsUse], days: Some(30) };
        let ask = async || {
            let asked = key::create(service, &by(&trial, ann, Role::Operator), new()).await.unwrap();
            waits(asked.commit().await.unwrap())
        };
        let late = ask().await;
        trial.clock.advance(Span::hours(24));
        let other = by(&trial, bob, Role::Operator);
        assert_eq!(code(four_eyes::confirm(service, &other, late.id).await), "proposal_over");
        assert_eq!(key::list(service, &other).await.unwrap().len(), 0, "{}", trial.database.name);

        let proposal = ask().await;
        let done = four_eyes::confirm(service, &other, proposal.id).await.unwrap().commit().await.unwrap();
        let Confirmed::Key(made) = done else { panic!("a key was made") };
        assert_eq!((made.view.label.as_str(), made.view.scopes), ("shop", vec![Scope::LimitsUse]));
        assert!(made.secret.starts_with("sk_test_"));
        let asked = key::rotate(service, &other, made.view.id).await.unwrap();
        let proposal = waits(asked.commit().await.unwrap());
        let ann = by(&trial, ann, Role::Operator);
        let done = four_eyes::confirm(service, &ann, proposal.id).await.unwrap().commit().await.unwrap();
        assert!(matches!(done, Confirmed::Key(_)));
        // To take a key back one is enough: what is lost must end at once.
        key::revoke(service, &ann, made.view.id).await.unwrap().commit().await.unwrap();
    }
}

#[tokio::test]
async fn whoever_puts_the_other_out_is_not_alone_for_a_day() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let service = &trial.service;
        let first = operator(&trial);
        let ann = hire(&trial, &first, "ann", Role::Operator).await;
        let bob = hire(&trial, &by(&trial, ann, Role::Operator), "bob", Role::Operator).await;
        let ask = async |name| {
            let operator = by(&trial, ann, Role::Operator);
            staff::create(service, &operator, invitation(name, Role::Support)).await.unwrap()
        };
        staff::disable(service, &by(&trial, ann, Role::Operator), bob).await.unwrap().commit().await.unwrap();
        waits(ask("eve").await.commit().await.unwrap());
        trial.clock.advance(Span::hours(24));
        let alone = ask("eve").await.commit().await.unwrap().done().expect("nobody else is there");
        assert_eq!(rows(&trial, alone.id).await[0]["alone"], true, "{}", trial.database.name);
    }
}

#[tokio::test]
async fn what_staff_looked_up_by_hand_counts_once_another_person_confirmed_it() {
    for database in databases().await {
        let edit: fn(String) -> String = |text| text;
        let options = TrialOptions { preset: "cn_pboc", edit_policy: edit, ..TrialOptions::default() };
        let trial = Trial::with(database, options).await;
        let service = &trial.service;
        let who = stories::registered(&trial, 1).await;
        let record = |account: AccountId, organisation: &str| PortalRecord {
            account,
            organisation: organisation.to_owned(),
            reference: "Q-2026-1".to_owned(),
        };
        let ann = by(&trial, hire(&trial, &operator(&trial), "ann", Role::Support).await, Role::Support);
        let too_soon = source::record_portal(service, &ann, &record(who.account, "Tax office")).await;
        assert_eq!(code(too_soon), "not_verified");
        trial.eyes.set_evidence(good_evidence(&who.printed.name, &who.printed.number));
        stories::submitted(&trial, &who, 1).await;
        trial.run_jobs().await;

        let vague = source::record_portal(service, &ann, &record(who.account, " ")).await;
        assert_eq!(code(vague), "record_malformed");
        let compliance = by(&trial, StaffId::from_bits(3), Role::Compliance);
        let other = source::record_portal(service, &compliance, &record(who.account, "Tax office")).await;
        assert_eq!(code(other), "act_role");
        let tried = rows(&trial, who.account).await;
        let tried = tried.iter().filter(|row| row["outcome"] == "refused").count();
        assert_eq!(tried, 1, "whoever may not is remembered");
        let before = source::channels(service, &who.caller).await.unwrap().len();
        let asked = source::record_portal(service, &ann, &record(who.account, "Tax office")).await.unwrap();
        let proposal = waits(asked.commit().await.unwrap());
        assert_eq!(source::channels(service, &who.caller).await.unwrap().len(), before);
        assert_eq!(code(four_eyes::confirm(service, &ann, proposal.id).await), "second_person_needed");
        let bob = by(&trial, StaffId::from_bits(2), Role::Reviewer);
        four_eyes::confirm(service, &bob, proposal.id).await.unwrap().commit().await.unwrap();
        let channels = source::channels(service, &who.caller).await.unwrap();
        // Both were confirmed at one moment of this clock, so their order says nothing.
        let is_it = |c: &source::ChannelView| {
            (c.kind, c.organisation.as_str()) == (ChannelKind::ManualPortal, "Tax office")
        };
        assert!(channels.iter().any(is_it));
        assert_eq!(channels.len(), before + 1, "{}", trial.database.name);
    }
}

#[tokio::test]
async fn what_somebody_proposed_who_was_put_out_is_over() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let service = &trial.service;
        let ann = hire(&trial, &operator(&trial), "ann", Role::Operator).await;
        let bob = hire(&trial, &by(&trial, ann, Role::Operator), "bob", Role::Operator).await;
        let (ann_is, ann) = (ann, by(&trial, ann, Role::Operator));
        let bob = by(&trial, bob, Role::Operator);
        let asked = staff::create(service, &ann, invitation("eve", Role::Operator)).await.unwrap();
        let proposal = waits(asked.commit().await.unwrap());
        staff::disable(service, &bob, ann_is).await.unwrap().commit().await.unwrap();
        assert_eq!(four_eyes::waiting(service, &bob).await.unwrap().len(), 0, "{}", trial.database.name);
        assert_eq!(code(four_eyes::confirm(service, &bob, proposal.id).await), "proposal_over");
    }
}

#[tokio::test]
async fn nobody_fills_the_list_and_what_is_over_is_forgotten() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let service = &trial.service;
        let ann = hire(&trial, &operator(&trial), "ann", Role::Operator).await;
        let bob = hire(&trial, &by(&trial, ann, Role::Operator), "bob", Role::Operator).await;
        let ask = async |days| {
            let new = NewKey { label: "shop".to_owned(), scopes: vec![Scope::LimitsUse], days: Some(days) };
            match key::create(service, &by(&trial, ann, Role::Operator), new).await {
                Ok(asked) => asked.commit().await.map(|_| "waits").unwrap(),
                Err(error) => error.code(),
            }
        };
        for days in 1..=20 {
            assert_eq!(ask(days).await, "waits");
        }
        assert_eq!(ask(21).await, "proposals_open", "{}", trial.database.name);
        let other = by(&trial, bob, Role::Operator);
        let seen = four_eyes::waiting(service, &other).await.unwrap();
        assert_eq!(seen.len(), 20);
        four_eyes::confirm(service, &other, seen[0].id).await.unwrap().commit().await.unwrap();
        assert_eq!(ask(21).await, "waits");

        // A week after its end nothing is left of what was proposed.
        trial.clock.advance(Span::days(8) + Span::seconds(1));
        let other = by(&trial, bob, Role::Operator);
        assert_eq!(code(four_eyes::confirm(service, &other, seen[1].id).await), "proposal_over");
        shiming_engine::sweep::plan(service).await.unwrap();
        trial.run_jobs().await;
        assert_eq!(code(four_eyes::confirm(service, &other, seen[1].id).await), "not_found");
    }
}
