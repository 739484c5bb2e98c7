//! Restrictions, holds of the staff, and the verification date as effects.

use super::*;
use shiming_domain::account::{Deadline, Life, LiftedBy, PauseReason, Restriction, RestrictionEffect, SetBy};
use shiming_domain::case::Role;
use shiming_domain::effect::DeadlineChange;
use shiming_domain::id::{ApplicationId, StaffId};
use shiming_domain::moment::Span;
use shiming_domain::personal::Personal;
use shiming_engine::service::Principal;

pub(super) async fn restrict(trial: &Trial, restriction: Restriction, by: SetBy) -> Result<(), Error> {
    let mut tx = trial.service.store().change().await.unwrap();
    wallet::restrict(&trial.service, &mut tx, ACCOUNT, restriction, by).await?;
    tx.commit().await.unwrap();
    Ok(())
}

pub(super) async fn lift(trial: &Trial, restriction: Restriction, by: LiftedBy) -> Result<(), Error> {
    let mut tx = trial.service.store().change().await.unwrap();
    wallet::lift(&trial.service, &mut tx, ACCOUNT, restriction, by).await?;
    tx.commit().await.unwrap();
    Ok(())
}

async fn stored(trial: &Trial) -> StoredAccount {
    let mut tx = trial.service.store().read().await.unwrap();
    account::load(&mut tx, ACCOUNT).await.unwrap().unwrap()
}

#[tokio::test]
async fn each_restriction_is_lifted_on_its_own_and_the_last_one_restores_the_account() {
    for trial in trials("cn_pboc", |text| text).await {
        open(&trial, ACCOUNT, Some(PERSON)).await;
        level(&trial, ACCOUNT, 2).await;
        restrict(&trial, Restriction::DocumentExpired, SetBy::System).await.unwrap();
        restrict(&trial, Restriction::DocumentExpired, SetBy::System).await.unwrap();
        assert_eq!(verdict(&trial, &payment(&trial, 1, "a")).await, "W_RESTRICTED");
        restrict(&trial, Restriction::CompromiseReported, SetBy::Person).await.unwrap();
        assert_eq!(verdict(&trial, &payment(&trial, 1, "b")).await, "W_FROZEN");

        let wrong = lift(&trial, Restriction::CompromiseReported, LiftedBy::Approval).await;
        assert_eq!(wrong.unwrap_err().code(), "restriction_not_lifted_so");
        lift(&trial, Restriction::DocumentExpired, LiftedBy::Approval).await.unwrap();
        // A job that runs twice.
        lift(&trial, Restriction::DocumentExpired, LiftedBy::Approval).await.unwrap();
        assert_eq!(verdict(&trial, &payment(&trial, 1, "c")).await, "W_FROZEN");
        lift(&trial, Restriction::CompromiseReported, LiftedBy::StrongSignInAndSelfie).await.unwrap();
        assert_eq!(verdict(&trial, &payment(&trial, 1, "d")).await, "allowed");
        let mut told = notices(&trial).await;
        // All in one moment, and so in no order.
        told.sort_unstable();
        assert_eq!(told, ["account_paused", "account_paused", "account_restored"]);
        let wrong = restrict(&trial, Restriction::StaffHold, SetBy::System).await;
        assert_eq!(wrong.unwrap_err().code(), "restriction_not_yours");
    }
}

#[tokio::test]
async fn a_hit_keeps_even_what_comes_in_and_only_two_people_release_it() {
    for trial in trials("cn_pboc", |text| text).await {
        open(&trial, ACCOUNT, Some(PERSON)).await;
        level(&trial, ACCOUNT, 2).await;
        restrict(&trial, Restriction::ScreeningHit, SetBy::System).await.unwrap();
        let mut incoming = payment(&trial, 1, "a");
        incoming.request.operation = Operation::ReceiveTransfer;
        assert_eq!(verdict(&trial, &incoming).await, "W_PAYEE_CANNOT_RECEIVE");
        let one = StaffId::from_bits(1);
        let alone = LiftedBy::Compliance { first: one, second: one };
        let refused = lift(&trial, Restriction::ScreeningHit, alone).await;
        assert_eq!(refused.unwrap_err().code(), "second_person_needed");
        let two = LiftedBy::Compliance { first: one, second: StaffId::from_bits(2) };
        lift(&trial, Restriction::ScreeningHit, two).await.unwrap();
        let mut told = notices(&trial).await;
        told.sort_unstable();
        assert_eq!(told, ["account_paused", "account_restored"]);
    }
}

#[tokio::test]
async fn the_date_stands_still_for_each_reason_and_leaves_some_days() {
    for trial in trials("cn_pboc", |text| text).await {
        open(&trial, ACCOUNT, None).await;
        let at = trial.service.now() + Span::days(3);
        change(&trial, ACCOUNT, |account| account.deadline = Some(Deadline::Running { at })).await;
        let move_it = async |change, application: Option<u128>| {
            let mut tx = trial.service.store().change().await.unwrap();
            let application = application.map(ApplicationId::from_bits);
            wallet::deadline(&trial.service, &mut tx, ACCOUNT, change, application).await.unwrap();
            tx.commit().await.unwrap();
            stored(&trial).await.deadline.unwrap()
        };
        move_it(DeadlineChange::Pause, Some(1)).await;
        let paused = move_it(DeadlineChange::Pause, None).await;
        let reasons = [PauseReason::Application, PauseReason::Appeal].into();
        assert_eq!(paused, Deadline::Paused { left: Span::days(3), reasons });
        trial.advance(Span::days(60)).await;
        assert_eq!(stored(&trial).await.restrictions.strongest(), None);
        move_it(DeadlineChange::Resume, Some(1)).await;
        let runs = move_it(DeadlineChange::Resume, None).await;
        assert_eq!(runs, Deadline::Running { at: trial.service.now() + Span::days(7) });
        assert_eq!(move_it(DeadlineChange::Meet, Some(1)).await, Deadline::Met);
        assert_eq!(move_it(DeadlineChange::Resume, Some(1)).await, Deadline::Met);
    }
}

#[tokio::test]
async fn a_supervisor_holds_with_a_date_and_it_goes_up_by_itself() {
    for trial in trials("cn_pboc", |text| text).await {
        open(&trial, ACCOUNT, Some(PERSON)).await;
        let service = &trial.service;
        let by = |role, staff| {
            let staff = StaffId::from_bits(staff);
            let principal = Principal::Staff { staff, role, session: "s".to_owned() };
            Caller { principal, ..Caller::system() }
        };
        let supervisor = by(Role::Supervisor, 1);
        let hold = wallet::Hold {
            effect: RestrictionEffect::Frozen,
            review_at: service.now() + Span::days(7),
            reason: Personal::new("Odd pattern of payments"),
        };
        let support = wallet::hold(service, &by(Role::Support, 3), ACCOUNT, &hold).await.err().unwrap();
        assert_eq!(support.code(), "role_missing");
        let longer = wallet::Hold { review_at: service.now() + Span::days(8), ..hold.clone() };
        let longer = wallet::hold(service, &supervisor, ACCOUNT, &longer).await.err().unwrap();
        assert_eq!(longer.code(), "second_person_needed");
        wallet::hold(service, &supervisor, ACCOUNT, &hold).await.unwrap().commit().await.unwrap();
        trial.advance(Span::days(6)).await;
        assert_eq!(rows(&trial, ACCOUNT, "hold.overdue").await.len(), 0);
        trial.advance(Span::days(1)).await;
        trial.advance(Span::days(5)).await;
        assert_eq!(rows(&trial, ACCOUNT, "hold.overdue").await.len(), 1);

        let line = |holds: wallet::Holds| {
            assert_eq!((holds.lines.len(), holds.partial), (1, false));
            holds.lines.into_iter().next().unwrap()
        };
        let seen = line(wallet::holds(service, &supervisor).await.unwrap());
        assert_eq!(
            (seen.overdue, seen.set_before_by, seen.reason.reveal()),
            (true, None, "Odd pattern of payments")
        );
        let go_on = wallet::Hold { review_at: service.now() + Span::days(3), ..hold.clone() };
        let alone = wallet::hold(service, &supervisor, ACCOUNT, &go_on).await.err().unwrap();
        assert_eq!(alone.code(), "second_person_needed", "holding again is holding for longer");
        let other = by(Role::Supervisor, 2);
        wallet::hold(service, &other, ACCOUNT, &go_on).await.unwrap().commit().await.unwrap();
        let seen = line(wallet::holds(service, &supervisor).await.unwrap());
        assert_eq!((seen.overdue, seen.set_before_by), (false, Some(StaffId::from_bits(1))));
        trial.advance(Span::days(3)).await;
        assert_eq!(rows(&trial, ACCOUNT, "hold.overdue").await.len(), 2, "it goes up again");

        for wrong in [
            wallet::Hold { reason: Personal::new("  "), ..go_on.clone() },
            wallet::Hold { reason: Personal::new("x".repeat(501)), ..go_on.clone() },
            wallet::Hold { review_at: service.now(), ..go_on.clone() },
            wallet::Hold { review_at: service.now() + Span::days(91), ..go_on.clone() },
        ] {
            let refused = wallet::hold(service, &supervisor, ACCOUNT, &wrong).await.err().unwrap();
            assert_eq!(refused.code(), "hold_malformed");
        }
        wallet::release(service, &supervisor, ACCOUNT).await.unwrap().commit().await.unwrap();
        assert_eq!(stored(&trial).await.restrictions.strongest(), None);
        assert!(wallet::holds(service, &supervisor).await.unwrap().lines.is_empty());
        let again = wallet::release(service, &supervisor, ACCOUNT).await.err().unwrap();
        assert_eq!(again.code(), "restriction_not_held");

        let short = || wallet::Hold { review_at: service.now() + Span::days(1), ..hold.clone() };
        let anew = wallet::hold(service, &other, ACCOUNT, &short()).await.err().unwrap();
        assert_eq!(anew.code(), "second_person_needed", "lifting and holding again is no way around it");
        wallet::hold(service, &supervisor, ACCOUNT, &short()).await.unwrap().commit().await.unwrap();
        wallet::release(service, &other, ACCOUNT).await.unwrap().commit().await.unwrap();
        trial.advance(Span::days(7)).await;
        wallet::hold(service, &supervisor, ACCOUNT, &short()).await.unwrap().commit().await.unwrap();

        let at = service.now();
        super::change(&trial, ACCOUNT, |account| account.life = Life::PendingContact { since: at }).await;
        let unused = wallet::hold(service, &other, ACCOUNT, &short()).await.err().unwrap();
        assert_eq!(unused.code(), "account_not_active");
        // An account that goes takes its hold along, and the list is still read.
        let mut tx = service.store().change().await.unwrap();
        account::remove(&mut tx, ACCOUNT).await.unwrap();
        tx.audit(&Audit::new(&Actor::system(), "test.remove", "account", ACCOUNT), at).await.unwrap();
        tx.commit().await.unwrap();
        assert!(wallet::holds(service, &supervisor).await.unwrap().lines.is_empty());
    }
}
