//! Opening and closing an account, and the contacts it is reached by.

use super::*;
use shiming_engine::account::BreachedPasswords;
use shiming_vault::password::BreachFingerprint;
use std::sync::Arc;

#[tokio::test]
async fn an_account_opens_with_the_code_that_was_sent_and_the_password_signs_in() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let first = open_account(&trial, " Wang.Fang@Example.ORG").await;
        assert_eq!(first.still, Still::Nothing);
        let id: AccountId = first.owner.parse().unwrap();
        let caller = caller(&trial, &first).await;
        assert_eq!((caller.account(), caller.strength), (Some(id), Strength::OneFactor));

        let mut tx = trial.service.store().read().await.unwrap();
        let view = account::overview(&trial.service, &mut tx, id).await.unwrap();
        drop(tx);
        assert_eq!(view.contacts[0].masked, "w***@example.org");
        assert!(view.deadline.is_some());
        assert!(matches!(view.life, Life::Active { .. }));

        trial.clock.advance(Span::seconds(1));
        let second = sign_in(&trial, MAIL, PASSWORD).await.unwrap();
        assert_ne!(first.token, second.token);
        let views = account::sessions(&trial.service, &caller).await.unwrap();
        let words: Vec<_> = views.iter().map(|v| (v.device.as_deref(), v.current)).collect();
        assert_eq!(words, [(Some("Firefox, Linux"), false), (None, true)], "{}", trial.database.name);
    }
}

#[tokio::test]
async fn a_phone_number_is_as_good_as_a_mail_address() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        open_account(&trial, "138 0013 8000").await;
        assert_eq!(trial.outbox.messages().len(), 1);
        assert!(trial.outbox.letters().is_empty());
        assert!(sign_in(&trial, "+8613800138000", PASSWORD).await.is_ok());
    }
}

#[tokio::test]
async fn parallel_registrations_of_one_contact_become_one_account() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let tries = ["wang.fang@example.org", "WANG.FANG@example.org", "Wang.Fang@Example.Org"];
        let asked = futures_util::future::join_all(tries.map(|contact| {
            let service = trial.service.clone();
            async move {
                account::register(&service, &anyone(), registration(contact))
                    .await
                    .unwrap()
                    .commit()
                    .await
                    .unwrap()
            }
        }))
        .await;
        trial.run_jobs().await;
        let letters = trial.outbox.letters();
        let code_for = |request: &str| {
            let letter = letters.iter().find(|l| l.message_id.starts_with(request)).unwrap();
            letter.text.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 6).unwrap().to_owned()
        };
        let outcomes = futures_util::future::join_all(asked.iter().map(|asked| {
            let (service, code) = (trial.service.clone(), code_for(&asked.request.to_string()));
            async move {
                match account::confirm(&service, &anyone(), asked.request, &code, None).await {
                    Ok(pending) => pending.commit().await.map(|_| ()),
                    Err(error) => Err(error),
                }
            }
        }))
        .await;
        assert_eq!(outcomes.iter().filter(|o| o.is_ok()).count(), 1, "{}", trial.database.name);
        for outcome in outcomes.into_iter().filter(Result::is_err) {
            assert_eq!(code_of(outcome), "contact_taken");
        }
        assert!(sign_in(&trial, MAIL, PASSWORD).await.is_ok());
        // The others were never confirmed and go.
        trial.advance(Span::days(7)).await;
        for asked in asked {
            let mut tx = trial.service.store().read().await.unwrap();
            let code = stored::code(&mut tx, asked.request).await.unwrap();
            assert!(code.is_none_or(|code| code.over));
        }
        assert!(sign_in(&trial, MAIL, PASSWORD).await.is_ok());
    }
}

#[tokio::test]
async fn who_registers_with_a_known_contact_learns_nothing_and_its_owner_is_told() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        open_account(&trial, MAIL).await;
        let known = account::register(&trial.service, &anyone(), registration(MAIL)).await.unwrap();
        let known = known.commit().await.unwrap();
        let fresh = account::register(&trial.service, &anyone(), registration("li.lei@example.org")).await;
        let fresh = fresh.unwrap().commit().await.unwrap();
        assert_eq!((known.expires_at, known.again_at), (fresh.expires_at, fresh.again_at));
        trial.run_jobs().await;
        let letters = trial.outbox.letters();
        let told = letters.iter().find(|l| l.message_id.starts_with(&known.request.to_string())).unwrap();
        assert!(told.text.contains("You have an account"), "{}", told.text);
        assert_eq!(told.to.reveal(), MAIL);
        // Guessing is the same with both.
        for _ in 0..7 {
            let wrong =
                seen(account::confirm(&trial.service, &anyone(), known.request, "000000", None).await);
            assert_eq!(
                wrong,
                seen(account::confirm(&trial.service, &anyone(), fresh.request, "x", None).await)
            );
        }
    }
}

#[tokio::test]
async fn a_code_is_dead_after_five_tries_and_another_one_kills_the_first() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let service = &trial.service;
        let asked = account::register(service, &anyone(), registration(MAIL)).await.unwrap();
        let asked = asked.commit().await.unwrap();
        trial.run_jobs().await;
        let first = trial.outbox.last_code().unwrap();
        assert_eq!(code_of(account::ask_again(service, &anyone(), asked.request).await), "code_sent_already");
        trial.advance(Span::seconds(60)).await;
        account::ask_again(service, &anyone(), asked.request).await.unwrap().commit().await.unwrap();
        trial.run_jobs().await;
        let second = trial.outbox.last_code().unwrap();
        assert_ne!(first, second);
        assert_eq!(
            code_of(account::confirm(service, &anyone(), asked.request, &first, None).await),
            "code_wrong"
        );
        // Many at once are no more than five.
        let wrong = if second == "123456" { "123457" } else { "123456" };
        futures_util::future::join_all((0..4).map(|_| async {
            assert!(account::confirm(service, &anyone(), asked.request, wrong, None).await.is_err());
        }))
        .await;
        let late = account::confirm(service, &anyone(), asked.request, &second, None).await;
        assert_eq!(code_of(late), "code_wrong", "{}", trial.database.name);
    }
}

#[tokio::test]
async fn ten_letters_a_day_go_to_a_contact_known_or_not() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let service = &trial.service;
        open_account(&trial, MAIL).await;
        trial.clock.advance(Span::days(1));
        for contact in [MAIL, "nobody@example.org"] {
            let asked = account::recover(service, &anyone(), contact).await.unwrap().commit().await.unwrap();
            for n in 2..=11 {
                trial.advance(Span::seconds(60)).await;
                // Half of them sent again, half of them asked for anew.
                let outcome = if n % 2 == 0 && n < 10 {
                    account::ask_again(service, &anyone(), asked.request).await
                } else {
                    account::recover(service, &anyone(), contact).await
                };
                match outcome {
                    Ok(pending) => drop(pending.commit().await.unwrap()),
                    Err(error) => assert_eq!((error.code(), n), ("too_many_tries", 11)),
                }
            }
        }
    }
}

#[tokio::test]
async fn a_new_contact_takes_the_place_of_the_old_one_which_is_told() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let opened = open_account(&trial, MAIL).await;
        let me = caller(&trial, &opened).await;
        let asked = account::change_contact(&trial.service, &me, "new@example.org").await.unwrap();
        let asked = asked.commit().await.unwrap();
        trial.run_jobs().await;
        let code = trial.outbox.last_code().unwrap();
        let done = account::confirm_contact(&trial.service, &me, asked.request, &code).await.unwrap();
        done.commit().await.unwrap();
        trial.run_jobs().await;
        let letters = trial.outbox.letters();
        let told = |l: &&Letter| l.to.reveal() == MAIL && l.text.contains("has changed");
        assert!(letters.iter().any(|letter| told(&letter)), "{}", trial.database.name);
        assert_eq!(code_of(sign_in(&trial, MAIL, PASSWORD).await), "sign_in_failed");
        assert!(sign_in(&trial, "new@example.org", PASSWORD).await.is_ok());
        open_account(&trial, MAIL).await;
    }
}

#[tokio::test]
async fn support_changes_the_contact_of_a_verified_person() {
    for database in databases().await {
        let options = TrialOptions { preset: "cn_pboc", ..TrialOptions::default() };
        let trial = Trial::with(database, options).await;
        let opened = open_account(&trial, MAIL).await;
        let me = caller(&trial, &opened).await;
        let mut tx = trial.service.store().housekeep().await.unwrap();
        let mut verified = stored::load(&mut tx, me.account().unwrap()).await.unwrap().unwrap();
        verified.person = Some(trial.service.id(PersonId::at));
        stored::save(&mut tx, &verified).await.unwrap();
        assert!(stored::save(&mut tx, &verified).await.is_err(), "an old version");
        drop(tx);
        let mut tx = trial.service.store().housekeep().await.unwrap();
        stored::save(&mut tx, &verified).await.unwrap();
        tx.commit().await.unwrap();
        let change = account::change_contact(&trial.service, &me, "new@example.org").await;
        assert_eq!(code_of(change), "contact_change_support_only");
    }
}

#[tokio::test]
async fn weak_passwords_are_refused_before_anything_is_kept() {
    let trial = Trial::sqlite().await;
    for (password, code) in [
        ("fourteen chars", "password_too_short"),
        ("passwordpassword", "password_common"),
        ("wang.fang@example.org", "password_common"),
        ("shimingshimingshiming", "password_common"),
    ] {
        let registration = Registration { password: password.to_owned(), ..registration(MAIL) };
        assert_eq!(
            code_of(account::register(&trial.service, &anyone(), registration).await),
            code,
            "{password}"
        );
    }
    let long = Registration { password: "x y".repeat(43), ..registration(MAIL) };
    assert_eq!(code_of(account::register(&trial.service, &anyone(), long).await), "password_too_long");
    let odd = account::register(&trial.service, &anyone(), registration("not a contact")).await;
    assert_eq!(code_of(odd), "contact_malformed");
}

#[tokio::test]
async fn a_stolen_password_is_refused_where_the_operator_has_a_list() {
    let mut lines: Vec<String> = (0..300)
        .map(|n| format!("a long stolen password {n}"))
        .map(|password| format!("{}:7\n", BreachFingerprint::of(&password).digits()))
        .collect();
    lines.sort();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stolen.txt");
    std::fs::write(&path, lines.concat()).unwrap();
    for database in databases().await {
        let list = Arc::new(BreachedPasswords::open(&path).unwrap());
        let trial =
            Trial::with_ports(database, TrialOptions::default(), |ports| ports.breached = Some(list)).await;
        let with = |password: &str| Registration { password: password.to_owned(), ..registration(MAIL) };
        let stolen = account::register(&trial.service, &anyone(), with("a long stolen password 123")).await;
        assert_eq!(code_of(stolen), "password_breached", "{}", trial.database.name);
        let fine = account::register(&trial.service, &anyone(), with("a long stolen password 300")).await;
        assert!(fine.is_ok());
    }
}

#[tokio::test]
async fn an_account_that_nobody_confirms_is_gone_after_a_week() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let asked = account::register(&trial.service, &anyone(), registration(MAIL)).await.unwrap();
        let asked = asked.commit().await.unwrap();
        trial.run_jobs().await;
        let code = trial.outbox.last_code().unwrap();
        trial.advance(Span::days(7)).await;
        let late = account::confirm(&trial.service, &anyone(), asked.request, &code, None).await;
        assert_eq!(code_of(late), "code_wrong", "{}", trial.database.name);
        let mut tx = trial.service.store().read().await.unwrap();
        assert!(stored::code(&mut tx, asked.request).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn who_closes_an_account_may_change_their_mind_for_a_week() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let opened = open_account(&trial, MAIL).await;
        let me = caller(&trial, &opened).await;
        account::close(&trial.service, &me).await.unwrap().commit().await.unwrap();
        account::keep_open(&trial.service, &me).await.unwrap().commit().await.unwrap();
        trial.advance(Span::days(8)).await;
        let session = sign_in(&trial, MAIL, PASSWORD).await.unwrap();
        let me = caller(&trial, &session).await;
        account::close(&trial.service, &me).await.unwrap().commit().await.unwrap();
        trial.advance(Span::days(7)).await;
        assert_eq!(
            code_of(sign_in(&trial, MAIL, PASSWORD).await),
            "sign_in_failed",
            "{}",
            trial.database.name
        );
        // The contact is free again.
        open_account(&trial, MAIL).await;
    }
}
