//! Who gets a case, keeps it, and loses it.

use super::*;
use shiming_domain::moment::Span;
use shiming_engine::review;
use shiming_testkit::trial::databases;
use std::collections::BTreeMap;

#[tokio::test]
async fn two_reviewers_who_work_at_once_share_thirty_cases_without_one_twice() {
    for database in databases().await {
        let trial = trial(database).await;
        for n in 1..=30 {
            open(&trial, n, CaseType::InfoChange).await;
        }
        let work = |n| {
            let service = trial.service.clone();
            async move {
                let (caller, mut done) = (reviewer(n), Vec::new());
                while let Some(taken) = review::next(&service, &caller).await.unwrap() {
                    let line = taken.commit().await.unwrap();
                    let sent = decide(&line, Decision::plain(Verdict::Refuse));
                    review::decide(&service, &caller, line.id, sent).await.unwrap().commit().await.unwrap();
                    done.push(line.id);
                }
                done
            }
        };
        let (one, two) = tokio::join!(tokio::spawn(work(1)), tokio::spawn(work(2)));
        let mut seen = BTreeMap::new();
        for id in one.unwrap().into_iter().chain(two.unwrap()) {
            *seen.entry(id).or_insert(0) += 1;
        }
        let expected: BTreeMap<_, _> = (1..=30).map(|n| (CaseId::from_bits(n), 1)).collect();
        assert_eq!(seen, expected, "{}", trial.database.name);
    }
}

/// More than the eight of a group that are looked up first; a case that somebody is just taking is nobody else's.
#[tokio::test]
async fn twelve_who_ask_at_the_same_moment_get_twelve_cases() {
    // SQLite has one writer, so nobody is just taking anything.
    for database in databases().await.into_iter().filter(|database| database.name == "postgres") {
        let trial = trial(database).await;
        for n in 1..=12 {
            open(&trial, n, CaseType::Initial).await;
        }
        // One connection for each who asks, and one more.
        let options = shiming_store::Options::url(trial.database.url()).connections_max(13);
        let store = shiming_store::Store::open(&options).await.unwrap();
        let (mut taken, mut seen) = (Vec::new(), Vec::new());
        for n in 1..=12 {
            let mut tx = store.change().await.unwrap();
            let staff = StaffId::from_bits(n);
            let case = shiming_store::case::next(&mut tx, staff, Role::Reviewer, trial.service.now()).await;
            seen.push(case.unwrap().map(|case| case.id));
            taken.push(tx);
        }
        assert_eq!(seen, (1..=12).map(|n| Some(CaseId::from_bits(n))).collect::<Vec<_>>());
        // Who comes now finds all of them taken, and waits for nobody.
        let mut tx = store.change().await.unwrap();
        let next =
            shiming_store::case::next(&mut tx, StaffId::from_bits(13), Role::Reviewer, trial.service.now());
        assert!(next.await.unwrap().is_none());
    }
}

#[tokio::test]
async fn one_person_who_asks_many_times_at_once_holds_three() {
    for database in databases().await {
        let trial = trial(database).await;
        for n in 1..=8 {
            open(&trial, n, CaseType::Initial).await;
        }
        let asks: Vec<_> = (0..8)
            .map(|_| {
                let service = trial.service.clone();
                tokio::spawn(async move {
                    match review::next(&service, &reviewer(1)).await {
                        Ok(Some(pending)) => pending.commit().await.map_or_else(|e| e.code(), |_| "taken"),
                        Ok(None) => "nothing",
                        Err(error) => error.code(),
                    }
                })
            })
            .collect();
        let mut answers = Vec::new();
        for ask in asks {
            answers.push(ask.await.unwrap());
        }
        answers.sort_unstable();
        let expected = [["case_too_many"; 5].as_slice(), ["taken"; 3].as_slice()].concat();
        assert_eq!(answers, expected, "{}", trial.database.name);
    }
}

#[tokio::test]
async fn whoever_saw_an_older_case_decides_nothing() {
    for database in databases().await {
        let trial = trial(database).await;
        let id = open(&trial, 1, CaseType::Initial).await;
        let line = next(&trial, &reviewer(1)).await.unwrap();
        let sent =
            Decide { version: line.version - 1, note: Some("seen".into()), ..decide(&line, resubmit()) };
        let before = history(&trial, id).await;
        assert_eq!(code(review::decide(&trial.service, &reviewer(1), id, sent).await), "case_stale");
        assert_eq!(history(&trial, id).await, before);
        let seen = review::view(&trial.service, &reviewer(1), id).await.unwrap();
        assert_eq!((seen.line, seen.notes), (line, vec![]));
    }
}

#[tokio::test]
async fn a_lease_ends_by_the_clock_and_its_token_with_it() {
    for database in databases().await {
        let trial = trial(database).await;
        let (service, id) = (&trial.service, open(&trial, 1, CaseType::InfoChange).await);
        let old = next(&trial, &reviewer(1)).await.unwrap();
        let token = old.lease.unwrap().token;
        trial.advance(Span::minutes(14)).await;
        // Being active keeps it.
        review::renew(service, &reviewer(1), id, token).await.unwrap().commit().await.unwrap();
        trial.advance(Span::minutes(14)).await;
        assert_eq!(next(&trial, &reviewer(2)).await, None);
        trial.advance(Span::minutes(1)).await;
        assert_eq!(history(&trial, id).await, ["case.open", "case.claim", "case.lease_over"]);
        let new = next(&trial, &reviewer(2)).await.unwrap();
        assert!(new.lease.unwrap().token > token);
        let late = review::decide(service, &reviewer(1), id, decide(&old, approve())).await;
        assert_eq!(code(late), "case_not_holder");
        assert_eq!(code(review::renew(service, &reviewer(1), id, token).await), "case_not_holder");
        assert_eq!(code(review::decide(service, &reviewer(2), id, decide(&new, approve())).await), "done");
    }
}

#[tokio::test]
async fn roles_see_their_own_work_and_refusals_are_remembered() {
    for database in databases().await {
        let trial = trial(database).await;
        let service = &trial.service;
        let hit = open(&trial, 1, CaseType::Screening).await;
        let first = open(&trial, 2, CaseType::Initial).await;
        for role in [Role::Support, Role::Operator] {
            let found = review::next(service, &staff(5, role)).await.map(|found| found.is_some());
            let expected = if role == Role::Operator { Err("case_role") } else { Ok(false) };
            assert_eq!(found.map_err(|error| error.code()), expected, "{role:?}");
        }
        let weak = Caller { strength: Strength::OneFactor, ..reviewer(1) };
        assert_eq!(review::next(service, &weak).await.err().unwrap().code(), "second_factor_needed");
        assert_eq!(review::next(service, &owner(1)).await.err().unwrap().code(), "not_found");
        // Nobody but compliance learns that there is a hit.
        assert_eq!(code(review::claim(service, &supervisor(), hit).await), "not_found");
        assert_eq!(code(review::claim(service, &reviewer(1), first).await), "case_choice");
        assert_eq!(history(&trial, first).await, ["case.open", "case.claim refused: case_choice"]);
        assert_eq!(next(&trial, &staff(6, Role::Compliance)).await.unwrap().id, hit);
        assert_eq!(code(review::claim(service, &supervisor(), first).await), "done");
    }
}

#[tokio::test]
async fn a_supervisor_takes_over_with_a_reason_that_stands_in_a_note() {
    for database in databases().await {
        let trial = trial(database).await;
        let (service, id) = (&trial.service, open(&trial, 1, CaseType::Initial).await);
        let held = next(&trial, &reviewer(1)).await.unwrap();
        let take = |caller: Caller, reason: &str| {
            let reason = reason.to_owned();
            async move { review::take_over(service, &caller, id, reason).await }
        };
        assert_eq!(code(take(reviewer(2), "she left").await), "case_choice");
        assert_eq!(code(take(supervisor(), " ").await), "case_reason_missing");
        take(supervisor(), "she left").await.unwrap().commit().await.unwrap();
        let seen = review::view(service, &supervisor(), id).await.unwrap();
        assert_eq!(seen.notes.iter().map(|note| note.text.as_str()).collect::<Vec<_>>(), ["she left"]);
        let late = review::decide(service, &reviewer(1), id, decide(&held, approve())).await;
        assert_eq!(code(late), "case_not_holder");
        // Passed back into the queue, it is everybody's.
        let token = seen.line.lease.unwrap().token;
        review::release(service, &supervisor(), id, token).await.unwrap().commit().await.unwrap();
        assert_eq!(next(&trial, &reviewer(2)).await.unwrap().id, id);
    }
}

#[tokio::test]
async fn what_is_passed_up_waits_for_a_supervisor() {
    for database in databases().await {
        let trial = trial(database).await;
        let (service, id) = (&trial.service, open(&trial, 1, CaseType::Initial).await);
        let held = next(&trial, &reviewer(1)).await.unwrap();
        let at = (held.lease.unwrap().token, held.version);
        let up = review::escalate(service, &reviewer(1), id, at, "two people?".to_owned()).await;
        up.unwrap().commit().await.unwrap();
        assert_eq!(next(&trial, &reviewer(2)).await, None);
        assert_eq!(next(&trial, &supervisor()).await.unwrap().id, id);
    }
}

#[tokio::test]
async fn a_case_that_has_become_pointless_is_gone() {
    for database in databases().await {
        let trial = trial(database).await;
        let id = open(&trial, 1, CaseType::Initial).await;
        effects(&trial, 1, Effect::CancelCase(id)).await;
        // Once more, as a job may run twice.
        effects(&trial, 1, Effect::CancelCase(id)).await;
        open(&trial, 1, CaseType::Initial).await;
        assert_eq!(history(&trial, id).await, ["case.open", "case.cancel"]);
        assert_eq!(next(&trial, &reviewer(1)).await, None);
    }
}
