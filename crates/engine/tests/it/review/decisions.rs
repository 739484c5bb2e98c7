//! Decisions: four eyes, taking back, second looks, changes of data.

use super::*;
use shiming_domain::application::StateName;
use shiming_domain::moment::Span;
use shiming_engine::application::{Upload, put_file, submit};
use shiming_engine::review::{self, FieldClass, Permitted, View};
use shiming_testkit::trial::databases;
use shiming_testkit::trial::seen::picture;
use std::collections::BTreeSet;

/// Who decided the case that took effect, and how.
async fn published(trial: &Trial, id: CaseId) -> Vec<(String, usize)> {
    let rows = entries(trial, id).await;
    let took = rows.iter().filter(|row| row["action"] == "case.publish");
    took.map(|row| (row["verdict"].as_str().unwrap().to_owned(), row["by"].as_array().unwrap().len()))
        .collect()
}

#[tokio::test]
async fn two_who_differ_leave_it_to_a_supervisor() {
    for database in databases().await {
        let trial = trial(database).await;
        let real = in_review(&trial, 1).await;
        let id = real.case;
        let first = next(&trial, &reviewer(1)).await.unwrap();
        let sent = Decide { note: Some("a copy, I think".into()), ..decide(&first, reject()) };
        let done = review::decide(&trial.service, &reviewer(1), id, sent).await;
        assert_eq!(done.unwrap().commit().await.unwrap().state.as_str(), "second_review");
        assert_eq!(next(&trial, &reviewer(1)).await, None, "the second person is not the first");

        let second = next(&trial, &reviewer(2)).await.unwrap();
        let seen = review::view(&trial.service, &reviewer(2), id).await.unwrap();
        assert_eq!((seen.opinions, seen.notes), (vec![], vec![]), "the second person looks blind");
        let sent = decide(&second, approve());
        review::decide(&trial.service, &reviewer(2), id, sent).await.unwrap().commit().await.unwrap();

        assert_eq!(next(&trial, &reviewer(3)).await, None);
        let third = next(&trial, &supervisor()).await.unwrap();
        let seen = review::view(&trial.service, &supervisor(), id).await.unwrap();
        assert_eq!((seen.opinions.len(), seen.notes.len()), (2, 1));
        let sent = decide(&third, reject());
        review::decide(&trial.service, &supervisor(), id, sent).await.unwrap().commit().await.unwrap();
        trial.advance(Span::seconds(9)).await;
        assert_eq!(published(&trial, id).await, []);
        trial.advance(Span::seconds(1)).await;
        assert_eq!(published(&trial, id).await, [("reject".to_owned(), 2)], "{}", trial.database.name);
        assert_eq!(status(&trial, &real).await, StateName::Rejected);
    }
}

#[tokio::test]
async fn a_decision_that_is_taken_back_never_leaves_the_house() {
    for database in databases().await {
        let trial = trial(database).await;
        let real = in_review(&trial, 1).await;
        let id = real.case;
        next_decided(&trial, &reviewer(1), approve()).await;
        trial.advance(Span::seconds(5)).await;
        assert_eq!(code(review::undo(&trial.service, &reviewer(2), id).await), "case_not_holder");
        let back = review::undo(&trial.service, &reviewer(1), id).await.unwrap().commit().await.unwrap();
        assert!(back.lease.is_some());
        trial.advance(Span::minutes(1)).await;
        assert_eq!(published(&trial, id).await, []);
        assert_eq!(status(&trial, &real).await, StateName::ManualReview);

        let again = review::decide(&trial.service, &reviewer(1), id, decide(&back, resubmit())).await;
        again.unwrap().commit().await.unwrap();
        trial.advance(Span::seconds(10)).await;
        assert_eq!(published(&trial, id).await, [("resubmit".to_owned(), 1)]);
        assert_eq!(status(&trial, &real).await, StateName::Resubmit);
        assert_eq!(code(review::undo(&trial.service, &reviewer(1), id).await), "case_undo_over");
    }
}

#[tokio::test]
async fn a_step_without_a_reason_for_it_is_not_asked_for() {
    for database in databases().await {
        let trial = trial(database).await;
        let id = open(&trial, 1, CaseType::Initial).await;
        let held = next(&trial, &reviewer(1)).await.unwrap();
        let odd = Decision { steps: vec![Step::Form], ..resubmit() };
        let answer = review::decide(&trial.service, &reviewer(1), id, decide(&held, odd)).await;
        assert_eq!(code(answer), "decision_step_without_reason");
    }
}

#[tokio::test]
async fn a_further_paper_is_named_in_the_remark() {
    for database in databases().await {
        let trial = trial(database).await;
        let id = in_review(&trial, 1).await.case;
        let held = next(&trial, &reviewer(1)).await.unwrap();
        let paper =
            || Decision { reasons: vec![Code::AccMoreEvidence], steps: vec![Step::Evidence], ..resubmit() };
        for remark in [None, Some(" \n".to_owned())] {
            let sent = Decide { remark, ..decide(&held, paper()) };
            let answer = review::decide(&trial.service, &reviewer(1), id, sent).await;
            assert_eq!(code(answer), "decision_without_remark");
        }
        let remark = Some("The household register: it shows your former name.".to_owned());
        let sent = Decide { remark, ..decide(&held, paper()) };
        review::decide(&trial.service, &reviewer(1), id, sent).await.unwrap().commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_hit_is_released_by_two_people_of_compliance() {
    for database in databases().await {
        let trial = trial(database).await;
        let id = open(&trial, 1, CaseType::Screening).await;
        let release = || Decision::plain(Verdict::Release);
        let one = next_decided(&trial, &staff(1, Role::Compliance), release()).await;
        assert_eq!(one.state.as_str(), "second_review");
        next_decided(&trial, &staff(2, Role::Compliance), release()).await;
        trial.advance(Span::seconds(10)).await;
        assert_eq!(published(&trial, id).await, [("release".to_owned(), 2)]);
    }
}

#[tokio::test]
async fn a_new_reviewer_is_looked_at_again_by_somebody_who_does_not_know() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let first = in_review(&trial, 1).await.case;
        next_decided(&trial, &reviewer(1), approve()).await;
        trial.advance(Span::seconds(10)).await;
        assert_eq!(next(&trial, &reviewer(1)).await, None, "not by the same person");
        let again = next(&trial, &reviewer(2)).await.unwrap();
        assert_eq!((again.kind, again.id == first), (CaseType::Initial, false));
        let sent = decide(&again, resubmit());
        review::decide(&trial.service, &reviewer(2), again.id, sent).await.unwrap().commit().await.unwrap();
        trial.advance(Span::seconds(10)).await;
        // One opinion against another: a supervisor says which holds.
        assert_eq!(published(&trial, again.id).await, []);
        assert_eq!(next(&trial, &reviewer(3)).await, None);
        let look = next(&trial, &supervisor()).await.unwrap();
        assert_eq!((look.id, look.kind), (again.id, CaseType::Qa));
        let seen = review::view(&trial.service, &supervisor(), again.id).await.unwrap();
        assert_eq!(seen.opinions.len(), 1);
        let sent = decide(&look, Decision::plain(Verdict::Disagree));
        review::decide(&trial.service, &supervisor(), again.id, sent).await.unwrap().commit().await.unwrap();
        trial.advance(Span::seconds(10)).await;
        assert_eq!(published(&trial, again.id).await, [("disagree".to_owned(), 2)]);
        // The supervisor sees what it was; nobody looks at a second look again.
        let page = review::queue(&trial.service, &supervisor(), View::Closed, None, 10).await.unwrap();
        let mut kinds: Vec<_> = page.cases.iter().map(|line| line.kind).collect();
        kinds.sort_unstable();
        assert_eq!(kinds, [CaseType::Initial, CaseType::Qa]);
        assert_eq!(next(&trial, &reviewer(3)).await, None);
    }
}

#[tokio::test]
async fn identity_data_change_with_four_eyes_and_not_by_whoever_asked() {
    for database in databases().await {
        let trial = trial(database).await;
        let support = staff(1, Role::Support);
        let identity = BTreeSet::from([FieldClass::Identity]);
        let open = |caller: Caller, changes: BTreeSet<FieldClass>| {
            let service = trial.service.clone();
            async move { review::open_info_change(&service, &caller, account(7), &changes).await }
        };
        assert_eq!(code(open(reviewer(4), identity.clone()).await), "case_role");
        assert_eq!(code(open(support.clone(), BTreeSet::new()).await), "info_change_empty");
        let case = open(support.clone(), identity.clone()).await.unwrap().commit().await.unwrap();
        assert_eq!(code(open(support.clone(), identity).await), "info_change_open");
        assert_eq!(next(&trial, &support).await, None);
        let one = next_decided(&trial, &staff(2, Role::Support), approve()).await;
        assert_eq!((one.id, one.state.as_str()), (case.id, "second_review"));
        next_decided(&trial, &reviewer(3), approve()).await;
        trial.advance(Span::seconds(10)).await;
        assert_eq!(published(&trial, case.id).await, [("approve".to_owned(), 2)]);
        // It permits one application for the new data, within two weeks.
        let allowed = || async {
            let mut tx = trial.database.store.read().await.unwrap();
            review::info_change_allowed(&trial.service, &mut tx, account(7)).await.unwrap()
        };
        assert_eq!(allowed().await, Some(case.id));
        trial.advance(Span::days(14)).await;
        assert_eq!(allowed().await, None);
    }
}

#[tokio::test]
async fn a_twentieth_of_what_the_machine_approves_is_looked_at() {
    for database in databases().await {
        let trial = trial(database).await;
        let mut tx = trial.database.store.change().await.unwrap();
        for n in 0..400 {
            let (whose, app) = (account(n), ApplicationId::from_bits(n));
            let attempt = shiming_domain::id::AttemptId::from_bits(n);
            review::sample_automatic(&trial.service, &mut tx, whose, app, attempt).await.unwrap();
        }
        tx.commit().await.unwrap();
        let page = review::queue(&trial.service, &supervisor(), View::Waiting, None, 100).await.unwrap();
        assert!(page.cases.iter().all(|line| line.kind == CaseType::Qa));
        // Twenty of them, give or take; the draw is a hash of the id, so always the same.
        assert_eq!(page.cases.len(), 25, "{}", trial.database.name);
    }
}

#[tokio::test]
async fn an_approval_reaches_the_application_and_one_that_could_not_is_refused_at_once() {
    for database in databases().await {
        let trial = trial(database).await;
        let real = in_review(&trial, 1).await;
        next_decided(&trial, &reviewer(1), approve()).await;
        assert_eq!(status(&trial, &real).await, StateName::ManualReview);
        trial.advance(Span::seconds(10)).await;
        assert_eq!(status(&trial, &real).await, StateName::Approved);
        let closed = ["case.open", "case.claim", "case.decide", "case.publish"];
        assert_eq!(history(&trial, real.case).await, closed, "{}", trial.database.name);

        // A case of an application that is not there: nothing could come of an approval.
        let id = open(&trial, 2, CaseType::Initial).await;
        let held = next(&trial, &reviewer(1)).await.unwrap();
        let answer = review::decide(&trial.service, &reviewer(1), id, decide(&held, approve())).await;
        assert_eq!(code(answer), "not_found");
        assert!(next(&trial, &reviewer(2)).await.is_none(), "the case is still held");
    }
}

#[tokio::test]
async fn a_withdrawal_in_the_last_seconds_leaves_the_decision_without_effect() {
    for database in databases().await {
        let trial = trial(database).await;
        let real = in_review(&trial, 1).await;
        next_decided(&trial, &reviewer(1), approve()).await;
        let InReview { somebody, application, case } = &real;
        let gone =
            shiming_engine::application::withdraw(&trial.service, &somebody.caller, *application).await;
        gone.unwrap().commit().await.unwrap();
        trial.advance(Span::seconds(10)).await;
        assert_eq!(status(&trial, &real).await, StateName::Withdrawn);
        let last = history(&trial, *case).await.pop().unwrap();
        assert!(last.starts_with("case.publish refused: "), "{last}");
    }
}

#[tokio::test]
async fn a_permission_is_used_up_by_one_change() {
    use shiming_domain::application::Purpose;
    use shiming_engine::application::{NewApplication, create, withdraw};
    for database in databases().await {
        let trial = trial(database).await;
        let (somebody, _) = stories::approved(&trial, 1).await;
        let classes = BTreeSet::from([FieldClass::Declared]);
        let begin = || {
            let new = NewApplication { account: None, purpose: Purpose::InfoChange, requested_level: 1 };
            create(&trial.service, &somebody.caller, new)
        };
        assert_eq!(code(begin().await), "info_change_support_only");
        let support = staff(1, Role::Support);
        let opened = review::open_info_change(&trial.service, &support, somebody.account, &classes).await;
        let case = opened.unwrap().commit().await.unwrap().id;
        next_decided(&trial, &reviewer(2), approve()).await;
        let permitted = || review::permitted_changes(&trial.service, &somebody.caller);
        assert_eq!(permitted().await.unwrap(), Permitted::default());
        trial.advance(Span::seconds(10)).await;
        let until = permitted().await.unwrap().application_until.unwrap();
        assert!(until > trial.service.now() + Span::days(13), "two weeks from the decision");
        let first = begin().await.unwrap().commit().await.unwrap();
        assert_eq!(permitted().await.unwrap(), Permitted::default());
        withdraw(&trial.service, &somebody.caller, first.id).await.unwrap().commit().await.unwrap();
        assert_eq!(code(begin().await), "info_change_support_only", "{}", trial.database.name);
        assert_eq!(history(&trial, case).await.pop().as_deref(), Some("info_change.use"));
    }
}

#[tokio::test]
async fn support_permits_one_change_of_the_contact_and_nothing_else_does() {
    use shiming_engine::account::{change_contact, confirm_contact};
    for database in databases().await {
        let options = TrialOptions { preset: "cn_pboc", ..TrialOptions::default() };
        let trial = Trial::with(database, options).await;
        let service = &trial.service;
        let somebody = stories::registered(&trial, 1).await;
        let me = Caller {
            strength: Strength::TwoFactors,
            verified_at: Some(service.now()),
            ..somebody.caller.clone()
        };
        // A code from before the person was verified changes nothing afterwards.
        let asked = change_contact(service, &me, "early@example.org").await.unwrap().commit().await.unwrap();
        trial.run_jobs().await;
        let early = trial.outbox.last_code().unwrap();
        let mut tx = service.store().housekeep().await.unwrap();
        let mut verified = accounts::load(&mut tx, somebody.account).await.unwrap().unwrap();
        verified.person = Some(service.id(shiming_domain::id::PersonId::at));
        accounts::save(&mut tx, &verified).await.unwrap();
        tx.commit().await.unwrap();
        let late = confirm_contact(service, &me, asked.request, &early).await;
        assert_eq!(code(late), "contact_change_support_only");

        for (class, permits) in [(FieldClass::Declared, false), (FieldClass::Contact, true)] {
            let (support, classes) = (staff(1, Role::Support), [class].into());
            let opened = review::open_info_change(service, &support, somebody.account, &classes);
            opened.await.unwrap().commit().await.unwrap();
            next_decided(&trial, &reviewer(2), approve()).await;
            trial.advance(Span::seconds(10)).await;
            let me = Caller { verified_at: Some(service.now()), ..me.clone() };
            let asked = change_contact(service, &me, "new@example.org").await;
            if !permits {
                assert_eq!(code(asked), "contact_change_support_only");
                continue;
            }
            let asked = asked.unwrap().commit().await.unwrap();
            assert!(review::permitted_changes(service, &me).await.unwrap().contact_until.is_some());
            trial.run_jobs().await;
            let typed = trial.outbox.last_code().unwrap();
            confirm_contact(service, &me, asked.request, &typed).await.unwrap().commit().await.unwrap();
            assert_eq!(review::permitted_changes(service, &me).await.unwrap().contact_until, None);
            let again = change_contact(service, &me, "newer@example.org").await;
            assert_eq!(code(again), "contact_change_support_only", "{}", trial.database.name);
        }
    }
}

#[tokio::test]
async fn the_picture_that_a_person_sent_back_is_not_sent_again() {
    for database in databases().await {
        let trial = trial(database).await;
        let real = in_review(&trial, 1).await;
        let again =
            Decision { verdict: Verdict::Resubmit, reasons: vec![Code::FacePose], steps: vec![Step::Selfie] };
        next_decided(&trial, &reviewer(1), again).await;
        trial.advance(Span::seconds(10)).await;
        assert_eq!(status(&trial, &real).await, application::StateName::Resubmit);
        let (me, id) = (&real.somebody.caller, real.application);
        let send = async |salt: u32| {
            let bytes = picture(Step::Selfie, "good", &real.somebody.printed, salt);
            let upload = Upload { step: Step::Selfie, bytes, live: true };
            put_file(&trial.service, me, id, upload).await.unwrap().commit().await.unwrap()
        };
        let before = u32::try_from(real.somebody.account.bits() & 0xffff_ffff).unwrap();
        let same = send(before).await;
        let codes: Vec<_> = same.reasons.iter().map(|reason| reason.code).collect();
        assert_eq!((same.file, codes), (None, vec![Code::ImgAlreadyRejected]), "{}", trial.database.name);
        assert!(send(before ^ 1).await.file.is_some());
        // What was submitted stays for whoever compares; now the newest counts, and the same again changes nothing.
        assert!(send(before ^ 1).await.file.is_some());
        assert_eq!(trial.database.column("file", "id").await.len(), 4);
        submit(&trial.service, me, id).await.unwrap().commit().await.unwrap();
    }
}
