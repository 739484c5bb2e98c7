//! Signing in, sessions, second factors and recovery.

use super::*;

#[tokio::test]
async fn a_lock_says_nothing_about_who_has_an_account() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        open_account(&trial, MAIL).await;
        let mut answers = [Vec::new(), Vec::new()];
        for (contact, answers) in [MAIL, "nobody@example.org"].into_iter().zip(&mut answers) {
            for _ in 0..6 {
                answers.push(seen(sign_in(&trial, contact, "wrong horse battery staple").await));
            }
            // The right password is no way around it, and gives nothing away.
            answers.push(seen(sign_in(&trial, contact, PASSWORD).await));
        }
        let [known, unknown] = answers;
        assert_eq!(known, unknown, "{}", trial.database.name);
        assert_eq!(known[4].1, "sign_in_failed");
        assert_eq!((known[5].0, known[5].1), (Kind::TooMany, "too_many_tries"));
        // It does not last.
        trial.advance(Span::minutes(1)).await;
        assert!(sign_in(&trial, MAIL, PASSWORD).await.is_ok());
    }
}

#[tokio::test]
async fn a_network_cannot_try_everybody() {
    let trial = Trial::sqlite().await;
    let from = Caller::anyone(None, Some("a network".to_owned()));
    for n in 0..21 {
        let asked = account::recover(&trial.service, &from, &format!("person{n}@example.org")).await;
        assert_eq!(asked.err().map(|e| e.code()), (n == 20).then_some("too_many_tries"), "{n}");
    }
}

#[tokio::test]
async fn a_session_that_is_ended_is_worth_nothing_at_once() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let one = open_account(&trial, MAIL).await;
        let two = sign_in(&trial, MAIL, PASSWORD).await.unwrap();
        let three = sign_in(&trial, MAIL, PASSWORD).await.unwrap();
        let me = caller(&trial, &one).await;
        account::end_session(&trial.service, &me, two.session).await.unwrap().commit().await.unwrap();
        let found = |token: String| {
            let service = trial.service.clone();
            async move { account::authenticate_session(&service, &token, None, None).await.unwrap().is_some() }
        };
        assert!(!found(two.token.clone()).await);
        assert!(found(three.token.clone()).await);
        assert_eq!(account::sign_out_others(&trial.service, &me).await.unwrap().commit().await.unwrap(), 1);
        assert!(!found(three.token).await);
        assert!(found(one.token.clone()).await);
        // Somebody else's session is none of mine.
        let other = open_account(&trial, "li.lei@example.org").await;
        let theirs = account::end_session(&trial.service, &me, other.session).await;
        assert_eq!(code_of(theirs), "not_found");
        account::sign_out(&trial.service, &me).await.unwrap().commit().await.unwrap();
        assert!(!found(one.token).await);
        assert!(!found("nonsense".to_owned()).await);
    }
}

#[tokio::test]
async fn a_session_ends_when_it_lies_idle_and_in_any_case_after_a_day() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let session = open_account(&trial, MAIL).await;
        for _ in 0..24 {
            trial.clock.advance(Span::minutes(59));
            let found =
                account::authenticate_session(&trial.service, &session.token, None, None).await.unwrap();
            assert!(found.is_some(), "{}", trial.database.name);
        }
        trial.clock.advance(Span::minutes(24));
        assert!(
            account::authenticate_session(&trial.service, &session.token, None, None)
                .await
                .unwrap()
                .is_none()
        );
        let session = sign_in(&trial, MAIL, PASSWORD).await.unwrap();
        trial.clock.advance(Span::minutes(60));
        assert!(
            account::authenticate_session(&trial.service, &session.token, None, None)
                .await
                .unwrap()
                .is_none()
        );
    }
}

#[tokio::test]
async fn figures_of_an_app_count_once() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let opened = open_account(&trial, MAIL).await;
        let (secret, strong) = enrol(&trial, &opened).await;
        assert!(
            account::authenticate_session(&trial.service, &opened.token, None, None).await.unwrap().is_none(),
            "rotated"
        );
        assert_eq!(caller(&trial, &strong).await.strength, Strength::TwoFactors);

        let half = sign_in(&trial, MAIL, PASSWORD).await.unwrap();
        assert_eq!(half.still, Still::SecondFactor);
        assert!(
            account::authenticate_session(&trial.service, &half.token, None, None).await.unwrap().is_none()
        );
        // The figures that set it up are used.
        let again = shown(&trial, &secret);
        let used = account::show_factor(&trial.service, &anyone(), &half.token, &again).await;
        assert_eq!(code_of(used), "factor_wrong", "{}", trial.database.name);
        trial.clock.advance(Span::seconds(30));
        let proof = shown(&trial, &secret);
        let two = [&half, &sign_in(&trial, MAIL, PASSWORD).await.unwrap()].map(|half| half.token.clone());
        let outcomes = futures_util::future::join_all(two.iter().map(|token| {
            let (service, proof) = (trial.service.clone(), proof.clone());
            async move {
                match account::show_factor(&service, &anyone(), token, &proof).await {
                    Ok(pending) => pending.commit().await,
                    Err(error) => Err(error),
                }
            }
        }))
        .await;
        assert_eq!(outcomes.iter().filter(|o| o.is_ok()).count(), 1, "{}", trial.database.name);
    }
}

#[tokio::test]
async fn two_who_show_one_recovery_code_are_one_winner() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let opened = open_account(&trial, MAIL).await;
        let weak = account::recovery_codes(&trial.service, &caller(&trial, &opened).await).await;
        assert_eq!(code_of(weak), "step_up_required");
        let (_, strong) = enrol(&trial, &opened).await;
        let me = caller(&trial, &strong).await;
        let codes = account::recovery_codes(&trial.service, &me).await.unwrap().commit().await.unwrap();
        assert_eq!(codes.len(), 10);
        let tokens = [
            sign_in(&trial, MAIL, PASSWORD).await.unwrap().token,
            sign_in(&trial, MAIL, PASSWORD).await.unwrap().token,
        ];
        let outcomes = futures_util::future::join_all(tokens.iter().map(|token| {
            let (service, proof) = (trial.service.clone(), Proof::RecoveryCode(codes[3].to_lowercase()));
            async move {
                match account::show_factor(&service, &anyone(), token, &proof).await {
                    Ok(pending) => pending.commit().await,
                    Err(error) => Err(error),
                }
            }
        }))
        .await;
        assert_eq!(outcomes.iter().filter(|o| o.is_ok()).count(), 1, "{}", trial.database.name);
        let mut tx = trial.service.store().read().await.unwrap();
        assert_eq!(stored::recovery_codes_left(&mut tx, &opened.owner).await.unwrap(), 9);
    }
}

#[tokio::test]
async fn what_hands_the_account_over_asks_for_a_fresh_factor() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let opened = open_account(&trial, MAIL).await;
        trial.clock.advance(Span::minutes(11));
        let stale = caller(&trial, &opened).await;
        assert_eq!(code_of(account::enrol_totp(&trial.service, &stale).await), "step_up_required");
        let change = account::change_contact(&trial.service, &stale, "new@example.org").await;
        assert_eq!(code_of(change), "step_up_required");
        // A code to the contact makes it fresh.
        let asked = account::ask_for_step_up(&trial.service, &stale).await.unwrap().commit().await.unwrap();
        trial.run_jobs().await;
        let proof = Proof::Code { request: asked.request, code: trial.outbox.last_code().unwrap() };
        let fresh = account::show_factor(&trial.service, &anyone(), &opened.token, &proof).await.unwrap();
        let fresh = fresh.commit().await.unwrap();
        let fresh = caller(&trial, &fresh).await;
        assert_eq!(fresh.strength, Strength::TwoFactors);
        assert!(account::enrol_totp(&trial.service, &fresh).await.is_ok(), "{}", trial.database.name);
    }
}

#[tokio::test]
async fn a_new_password_needs_the_second_factor_and_ends_every_session() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let service = &trial.service;
        let opened = open_account(&trial, MAIL).await;
        let (secret, strong) = enrol(&trial, &opened).await;
        trial.clock.advance(Span::seconds(30));
        let asked = account::recover(service, &anyone(), MAIL).await.unwrap().commit().await.unwrap();
        let nobody = account::recover(service, &anyone(), "nobody@example.org").await.unwrap();
        let nobody = nobody.commit().await.unwrap();
        assert_eq!(asked.expires_at, nobody.expires_at);
        trial.run_jobs().await;
        assert_eq!(trial.outbox.letters().len(), 2, "nobody gets no letter");
        let code = trial.outbox.last_code().unwrap();
        let recovery = |code: &str, factor: Option<Proof>| Recovery {
            request: asked.request,
            code: code.to_owned(),
            factor,
            password: "green tea 4".to_owned(),
        };
        let wrong = account::complete_recovery(service, &anyone(), recovery("1", None)).await;
        let of_nobody = Recovery { request: nobody.request, ..recovery("1", None) };
        assert_eq!(seen(wrong), seen(account::complete_recovery(service, &anyone(), of_nobody).await));
        let alone = account::complete_recovery(service, &anyone(), recovery(&code, None)).await;
        assert_eq!(code_of(alone), "second_factor_required", "{}", trial.database.name);
        let both = recovery(&code, Some(shown(&trial, &secret)));
        account::complete_recovery(service, &anyone(), both).await.unwrap().commit().await.unwrap();
        assert!(account::authenticate_partial(service, &strong.token, None, None).await.unwrap().is_none());
        trial.run_jobs().await;
        assert!(trial.outbox.letters().pop().unwrap().text.contains("set anew"));
        assert_eq!(code_of(sign_in(&trial, MAIL, PASSWORD).await), "sign_in_failed");
        assert!(sign_in(&trial, MAIL, "green tea 4").await.is_ok());
        let again = recovery(&code, None);
        assert_eq!(code_of(account::complete_recovery(service, &anyone(), again).await), "code_wrong");
    }
}

/// Threat 16: whoever has only the mailbox sets a new password, and is no two factors for three days.
#[tokio::test]
async fn threat_16_a_mailbox_alone_is_no_two_factors_after_a_recovery() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let service = &trial.service;
        open_account(&trial, MAIL).await;
        let asked = account::recover(service, &anyone(), MAIL).await.unwrap().commit().await.unwrap();
        trial.run_jobs().await;
        let recovery = Recovery {
            request: asked.request,
            code: trial.outbox.last_code().unwrap(),
            factor: None,
            password: "a thief chose this one".to_owned(),
        };
        account::complete_recovery(service, &anyone(), recovery).await.unwrap().commit().await.unwrap();
        for (days, outcome) in [(0, Some("factor_wrong")), (3, None)] {
            trial.clock.advance(Span::days(days));
            let thief = sign_in(&trial, MAIL, "a thief chose this one").await.unwrap();
            let me = caller(&trial, &thief).await;
            let asked = account::ask_for_step_up(service, &me).await.unwrap().commit().await.unwrap();
            trial.run_jobs().await;
            let proof = Proof::Code { request: asked.request, code: trial.outbox.last_code().unwrap() };
            let shown = account::show_factor(service, &anyone(), &thief.token, &proof).await;
            assert_eq!(shown.err().map(|e| e.code()), outcome, "{}", trial.database.name);
        }
    }
}

#[tokio::test]
async fn a_flood_of_sign_ins_is_told_to_come_back() {
    let trial = Trial::sqlite().await;
    let queue = std::sync::Arc::clone(trial.service.hashing_queue());
    let taken = queue.clone().acquire_many_owned(u32::try_from(queue.available_permits()).unwrap()).await;
    assert_eq!(seen(sign_in(&trial, MAIL, PASSWORD).await).0, Kind::Busy);
    drop(taken);
    assert_eq!(code_of(sign_in(&trial, MAIL, PASSWORD).await), "sign_in_failed");
}
