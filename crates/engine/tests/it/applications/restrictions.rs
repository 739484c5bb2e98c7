//! Restrictions that people set.

use super::*;
use shiming_domain::account::{Restriction, RestrictionEffect};
use shiming_domain::case::Role;
use shiming_domain::id::StaffId;
use shiming_engine::account::{clear_compromise, report_compromise};
use shiming_engine::service::{Caller, Principal, Strength};
use shiming_engine::{ticket, wallet};
use shiming_testkit::trial::stories;

fn staff(role: Role) -> Caller {
    Caller {
        principal: Principal::Staff { staff: StaffId::from_bits(1), role, session: "s".to_owned() },
        strength: Strength::TwoFactors,
        verified_at: None,
        request_id: None,
        network: None,
    }
}

async fn held(trial: &Trial, somebody: &Somebody) -> Vec<(Restriction, RestrictionEffect)> {
    let mut tx = trial.service.store().read().await.unwrap();
    let account = shiming_store::account::load(&mut tx, somebody.account).await.unwrap().unwrap();
    account.restrictions.iter().map(|(restriction, held)| (restriction, held.effect)).collect()
}

/// How often something was tried with an account by whoever may not.
async fn refused(trial: &Trial, account: shiming_domain::id::AccountId, action: &str) -> usize {
    while shiming_store::audit::sequence(trial.service.store(), 500).await.unwrap() > 0 {}
    let mut tx = trial.service.store().read().await.unwrap();
    let rows = shiming_store::audit::about(&mut tx, &account.to_string(), i64::MAX, 100).await.unwrap();
    let rows = rows.iter().map(|row| serde_json::from_slice::<serde_json::Value>(&row.entry).unwrap());
    rows.filter(|row| row["action"] == action && row["outcome"] == "refused").count()
}

#[tokio::test]
async fn whoever_reports_a_theft_freezes_the_account_and_opens_it_with_two_factors_and_a_face() {
    for trial in trials().await {
        let (somebody, _) = stories::approved(&trial, 1).await;
        let service = &trial.service;
        let strong = Caller {
            strength: Strength::TwoFactors,
            verified_at: Some(service.now()),
            ..somebody.caller.clone()
        };
        assert_eq!(code(clear_compromise(service, &strong).await), "restriction_not_held");
        for _ in 0..2 {
            report_compromise(service, &somebody.caller).await.unwrap().commit().await.unwrap();
        }
        let frozen = [(Restriction::CompromiseReported, RestrictionEffect::Frozen)];
        assert_eq!(held(&trial, &somebody).await, frozen, "{}", trial.database.name);
        assert_eq!(code(clear_compromise(service, &somebody.caller).await), "step_up_required");
        // What was approved before shows nothing.
        assert_eq!(code(clear_compromise(service, &strong).await), "reverify_first");
        stories::submitted(&trial, &somebody, 1).await;
        trial.run_jobs().await;
        assert_eq!(held(&trial, &somebody).await, frozen, "an approval alone does not lift it");
        trial.clock.advance(shiming_domain::moment::Span::seconds(1));
        clear_compromise(service, &strong).await.unwrap().commit().await.unwrap();
        assert_eq!(held(&trial, &somebody).await, []);
    }
}

#[tokio::test]
async fn support_restricts_and_lifts_what_was_explained_to_it() {
    for trial in trials().await {
        let somebody = stories::registered(&trial, 1).await;
        let (service, account) = (&trial.service, somebody.account);
        let set = |caller: Caller, restriction| async move {
            let done = wallet::restrict_by_staff(service, &caller, account, restriction).await;
            match done {
                Ok(pending) => pending.commit().await.map(|()| "done").unwrap(),
                Err(error) => error.code(),
            }
        };
        assert_eq!(set(staff(Role::Reviewer), Restriction::PhoneConflict).await, "role_missing");
        assert_eq!(set(staff(Role::Support), Restriction::StaffHold).await, "restriction_not_yours");
        assert_eq!(set(staff(Role::Support), Restriction::ScreeningHit).await, "restriction_not_yours");
        let ask = async |text: &str| {
            let text = text.to_owned();
            let new = ticket::NewTicket { application: None, reasons: vec![], urgent: false, text };
            let opened = ticket::open(service, &somebody.caller, new).await.unwrap();
            opened.commit().await.unwrap().id
        };
        let resolve = async |id| {
            ticket::resolve(service, &staff(Role::Support), id).await.unwrap().commit().await.unwrap();
        };
        let old = ask("something else").await;
        resolve(old).await;
        trial.clock.advance(shiming_domain::moment::Span::seconds(1));
        for restriction in [Restriction::PhoneConflict, Restriction::CompromiseReported] {
            assert_eq!(set(staff(Role::Support), restriction).await, "done", "{}", trial.database.name);
        }
        assert_eq!(refused(&trial, account, "restriction.set_by_staff").await, 3);
        let lift = |restriction, ticket| async move {
            let support = staff(Role::Support);
            let done = wallet::lift_by_staff(service, &support, account, restriction, ticket).await;
            match done {
                Ok(pending) => pending.commit().await.map(|()| "done").unwrap(),
                Err(error) => error.code(),
            }
        };
        assert_eq!(lift(Restriction::CompromiseReported, None).await, "done");
        assert_eq!(lift(Restriction::PhoneConflict, None).await, "ticket_not_resolved");
        // A ticket from before has explained something else.
        assert_eq!(lift(Restriction::PhoneConflict, Some(old)).await, "ticket_not_resolved");
        let opened = ask("mine").await;
        assert_eq!(lift(Restriction::PhoneConflict, Some(opened)).await, "ticket_not_resolved");
        resolve(opened).await;
        assert_eq!(lift(Restriction::PhoneConflict, Some(opened)).await, "done");
        assert_eq!(held(&trial, &somebody).await, []);
    }
}
