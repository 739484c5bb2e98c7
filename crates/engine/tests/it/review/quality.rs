//! How decisions hold: looks that disagree, verifications taken back, figures.

use super::*;
use shiming_domain::account::Restriction;
use shiming_domain::application::StateName;
use shiming_domain::id::VerificationId;
use shiming_domain::moment::Span;
use shiming_engine::review::appeal::{self, Subject};
use shiming_engine::review::{self, Figures};
use shiming_testkit::trial::databases;

async fn verification(trial: &Trial, id: ApplicationId) -> VerificationId {
    let mut tx = trial.database.store.read().await.unwrap();
    shiming_store::person::of_application(&mut tx, id).await.unwrap().unwrap()
}

async fn held(trial: &Trial, somebody: &Somebody) -> Vec<Restriction> {
    let mut tx = trial.database.store.read().await.unwrap();
    let account = accounts::load(&mut tx, somebody.account).await.unwrap().unwrap();
    account.restrictions.iter().map(|(restriction, _)| restriction).collect()
}

/// A look by reviewer 5 that differs, and a supervisor who agrees with it.
async fn disagreed(trial: &Trial, decision: Decision) {
    let look = next_decided(trial, &reviewer(5), decision).await;
    let held = next(trial, &supervisor()).await.unwrap();
    assert_eq!(held.id, look.id);
    let sent = decide(&held, Decision::plain(Verdict::Disagree));
    review::decide(&trial.service, &supervisor(), held.id, sent).await.unwrap().commit().await.unwrap();
    trial.advance(Span::seconds(10)).await;
}

#[tokio::test]
async fn a_wrong_approval_is_proposed_to_be_revoked_and_another_person_does_it() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let service = &trial.service;
        let real = in_review(&trial, 1).await;
        next_decided(&trial, &reviewer(1), approve()).await;
        trial.advance(Span::seconds(10)).await;
        assert_eq!(review::revocations(service, &supervisor()).await.unwrap(), []);
        disagreed(&trial, resubmit()).await;
        let waiting = review::revocations(service, &staff(7, Role::Compliance)).await.unwrap();
        let [proposal] = waiting.as_slice() else { panic!("one proposal, not {}", waiting.len()) };
        let id = verification(&trial, real.application).await;
        assert_eq!((proposal.verification, proposal.proposed_by), (id, StaffId::from_bits(90)));
        assert_eq!(held(&trial, &real.somebody).await, [], "nothing has happened yet");

        let revoke = |by: Caller, reason: Code| async move { review::revoke(service, &by, id, reason).await };
        assert_eq!(code(revoke(supervisor(), proposal.reason).await), "second_person_needed");
        assert_eq!(code(revoke(reviewer(4), proposal.reason).await), "case_role");
        let compliance = staff(7, Role::Compliance);
        assert_eq!(code(revoke(compliance.clone(), Code::ImgBlur).await), "decision_no_final_reason");
        assert_eq!(code(revoke(compliance.clone(), Code::DocTampered).await), "revocation_other_reason");
        let done = revoke(compliance, proposal.reason).await.unwrap().commit().await.unwrap();
        assert_eq!(done.confirmed_by, Some(StaffId::from_bits(7)));
        trial.run_jobs().await;
        assert_eq!(held(&trial, &real.somebody).await, [Restriction::IdentityRevoked]);
        assert_eq!(review::revocations(service, &supervisor()).await.unwrap(), []);
        // The application stays what it was.
        assert_eq!(status(&trial, &real).await, StateName::Approved, "{}", trial.database.name);

        // It was the machine's doubt that reviewer 1 overruled; the figures say so.
        let report = review::statistics(service, &supervisor(), 30).await.unwrap();
        let figures = report.staff[&StaffId::from_bits(1)];
        assert_eq!((figures.decided, figures.looked_at, figures.disagreed), (1, 1, 1));
        assert_eq!(report.machine, Figures::default());
        assert_eq!((report.all.decided, report.all.in_time), (3, 3));
        assert_eq!(review::statistics(service, &reviewer(1), 30).await.unwrap_err().code(), "case_role");
        assert_eq!(
            review::statistics(service, &supervisor(), 0).await.unwrap_err().code(),
            "statistics_days"
        );
    }
}

#[tokio::test]
async fn nobody_revokes_alone_and_a_proposal_ends_after_a_day() {
    for database in databases().await {
        let trial = trial(database).await;
        let service = &trial.service;
        let (somebody, application) = stories::approved(&trial, 1).await;
        let id = verification(&trial, application).await;
        let revoke = |by: Caller| async move { review::revoke(service, &by, id, Code::DocTampered).await };
        let proposed = revoke(staff(1, Role::Compliance)).await.unwrap().commit().await.unwrap();
        assert_eq!(proposed.confirmed_by, None);
        trial.advance(Span::hours(24)).await;
        // Too late: this is a new proposal of the second person.
        let anew = revoke(staff(2, Role::Compliance)).await.unwrap().commit().await.unwrap();
        assert_eq!((anew.proposed_by, anew.confirmed_by), (StaffId::from_bits(2), None));
        assert_eq!(held(&trial, &somebody).await, []);
        revoke(staff(1, Role::Compliance)).await.unwrap().commit().await.unwrap();
        trial.run_jobs().await;
        assert_eq!(held(&trial, &somebody).await, [Restriction::IdentityRevoked], "{}", trial.database.name);
        assert_eq!(code(revoke(staff(1, Role::Compliance)).await), "transition_not_listed");
    }
}

#[tokio::test]
async fn an_appeal_gives_a_verification_back_by_two_who_did_not_take_it() {
    for database in databases().await {
        let trial = trial(database).await;
        let service = &trial.service;
        let (somebody, application) = stories::approved(&trial, 1).await;
        let id = verification(&trial, application).await;
        for n in [1, 2] {
            let by = staff(n, Role::Supervisor);
            review::revoke(service, &by, id, Code::DocTampered).await.unwrap().commit().await.unwrap();
        }
        trial.run_jobs().await;
        let subject = Subject::parse("restriction", "identity_revoked").unwrap();
        let opened = appeal::open(service, &somebody.caller, subject, "It is my card.").await.unwrap();
        opened.commit().await.unwrap();
        assert_eq!(next(&trial, &staff(1, Role::Supervisor)).await, None, "whoever took it back");
        let uphold = || Decision::plain(Verdict::Uphold);
        let first = next_decided(&trial, &reviewer(3), uphold()).await;
        assert_eq!(first.state.as_str(), "second_review");
        next_decided(&trial, &reviewer(4), uphold()).await;
        trial.advance(Span::seconds(10)).await;
        assert_eq!(held(&trial, &somebody).await, [], "{}", trial.database.name);
        let mut tx = trial.database.store.read().await.unwrap();
        let found = shiming_store::person::verification(&mut tx, id).await.unwrap().unwrap();
        assert!(found.verification.counts());
    }
}

#[tokio::test]
async fn a_wrong_rejection_is_opened_again_without_the_person_asking() {
    for database in databases().await {
        // Two people rejected, and what two decided is not drawn: a supervisor wants it looked at.
        let trial = trial(database).await;
        let real = in_review(&trial, 1).await;
        next_decided(&trial, &reviewer(1), reject()).await;
        next_decided(&trial, &reviewer(2), reject()).await;
        trial.advance(Span::seconds(10)).await;
        assert_eq!(status(&trial, &real).await, StateName::Rejected);
        assert_eq!(code(review::look_again(&trial.service, &reviewer(5), real.case).await), "case_role");
        review::look_again(&trial.service, &supervisor(), real.case).await.unwrap().commit().await.unwrap();
        assert_eq!(next(&trial, &reviewer(1)).await, None, "not by whoever decided");
        disagreed(&trial, approve()).await;
        assert_eq!(status(&trial, &real).await, StateName::ManualReview, "{}", trial.database.name);
        let report = review::statistics(&trial.service, &supervisor(), 1).await.unwrap();
        for n in [1, 2] {
            assert_eq!(report.staff[&StaffId::from_bits(n)].disagreed, 1);
        }
    }
}
