//! Accounts, sessions, second factors, staff and keys, on both databases.

mod keys_and_staff;

use shiming_domain::account::{Life, Locale};
use shiming_domain::case::Role;
use shiming_domain::id::{AccountId, PersonId};
use shiming_domain::moment::Span;
use shiming_engine::account::key::{self, NewKey};
use shiming_engine::account::staff::{self, Invitation, SetUp};
use shiming_engine::account::{self, Proof, Recovery, Registration, SignIn, SignedIn, Still};
use shiming_engine::outside::Letter;
use shiming_engine::service::{Caller, Error, Kind, Principal, Scope, Strength};
use shiming_store::account as stored;
use shiming_testkit::trial::{Trial, TrialOptions, databases};
use shiming_vault::totp::TotpSecret;

const MAIL: &str = "wang.fang@example.org";
const PASSWORD: &str = "rain on the old city wall";

fn anyone() -> Caller {
    Caller::anyone(None, None)
}

fn registration(contact: &str) -> Registration {
    Registration { contact: contact.to_owned(), password: PASSWORD.to_owned(), locale: Locale::En }
}

fn with(contact: &str, password: &str) -> SignIn {
    SignIn {
        contact: contact.to_owned(),
        password: password.to_owned(),
        staff: false,
        device: Some("Firefox, Linux".to_owned()),
    }
}

async fn sign_in(trial: &Trial, contact: &str, password: &str) -> Result<SignedIn, Error> {
    account::sign_in(&trial.service, &anyone(), with(contact, password)).await?.commit().await
}

/// Registers and confirms.
async fn open_account(trial: &Trial, contact: &str) -> SignedIn {
    let asked = account::register(&trial.service, &anyone(), registration(contact)).await.unwrap();
    let asked = asked.commit().await.unwrap();
    trial.run_jobs().await;
    let code = trial.outbox.last_code().unwrap();
    let signed_in = account::confirm(&trial.service, &anyone(), asked.request, &code, None).await.unwrap();
    signed_in.commit().await.unwrap()
}

async fn caller(trial: &Trial, signed_in: &SignedIn) -> Caller {
    account::authenticate_session(&trial.service, &signed_in.token, None, None).await.unwrap().unwrap()
}

fn shown(trial: &Trial, secret: &TotpSecret) -> Proof {
    Proof::Totp(secret.shown_at(trial.service_s()))
}

trait Seconds {
    fn service_s(&self) -> u64;
}

impl Seconds for Trial {
    fn service_s(&self) -> u64 {
        self.service.now().unix_ms() / 1000
    }
}

/// Sets up an authenticator; answers it and the session that knows two factors now.
async fn enrol(trial: &Trial, signed_in: &SignedIn) -> (TotpSecret, SignedIn) {
    let partial =
        account::authenticate_partial(&trial.service, &signed_in.token, None, None).await.unwrap().unwrap();
    let enrolment = account::enrol_totp(&trial.service, &partial).await.unwrap().commit().await.unwrap();
    let secret = TotpSecret::parse(&enrolment.secret).unwrap();
    let typed = secret.shown_at(trial.service_s());
    let next = account::confirm_totp(&trial.service, &anyone(), &signed_in.token, &typed).await.unwrap();
    (secret, next.commit().await.unwrap())
}

/// The code, the kind and the words of a refusal: all that a caller sees.
fn seen<T>(result: Result<T, Error>) -> (Kind, &'static str, String) {
    let Err(Error::Refused(refused)) = result else { unreachable!("it was not refused") };
    (refused.kind, refused.code, refused.detail)
}

fn code_of<T>(result: Result<T, Error>) -> &'static str {
    seen(result).1
}

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

#[tokio::test]
async fn a_flood_of_sign_ins_is_told_to_come_back() {
    let trial = Trial::sqlite().await;
    let queue = std::sync::Arc::clone(trial.service.hashing_queue());
    let taken = queue.clone().acquire_many_owned(u32::try_from(queue.available_permits()).unwrap()).await;
    assert_eq!(seen(sign_in(&trial, MAIL, PASSWORD).await).0, Kind::Busy);
    drop(taken);
    assert_eq!(code_of(sign_in(&trial, MAIL, PASSWORD).await), "sign_in_failed");
}
