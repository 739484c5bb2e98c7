//! Passkeys: set up, shown, signed in with, kept; with an authenticator in software and real keys.

use super::keys_and_staff::administrator_half;
use super::*;
use shiming_engine::account::passkey::{self, PASSKEYS_MAX, PasskeySignIn};
use shiming_vault::OsEntropy;
use shiming_vault::passkey::{Assertion, Attestation, Kind as KeyKind, SoftAuthenticator};

const ORIGIN: &str = "https://shiming.test";

/// An authenticator of an owner that a registration began for.
fn soft(options: &passkey::CreationOptions, kind: KeyKind) -> SoftAuthenticator {
    SoftAuthenticator::new(kind, ORIGIN, &options.party, options.user_handle.clone(), &mut OsEntropy)
}

async fn begin(trial: &Trial, session: &SignedIn) -> Result<passkey::CreationOptions, Error> {
    passkey::begin_registration(&trial.service, &anyone(), &session.token).await?.commit().await
}

async fn finish(trial: &Trial, session: &SignedIn, answer: &Attestation) -> Result<SignedIn, Error> {
    let (service, token) = (&trial.service, &session.token);
    let pending = passkey::finish_registration(service, &anyone(), token, "my key", answer).await?;
    Ok(pending.commit().await?.1)
}

/// Sets one up; answers it and the session that knows two factors now.
async fn set_up(trial: &Trial, session: &SignedIn, kind: KeyKind) -> (SoftAuthenticator, SignedIn) {
    let options = begin(trial, session).await.unwrap();
    let soft = soft(&options, kind);
    let next = finish(trial, session, &soft.create(&options.challenge)).await.unwrap();
    (soft, next)
}

async fn challenge(trial: &Trial, session: &SignedIn) -> String {
    let options = passkey::begin_factor(&trial.service, &anyone(), &session.token).await.unwrap();
    options.commit().await.unwrap().challenge
}

async fn show(trial: &Trial, session: &SignedIn, assertion: Assertion) -> Result<SignedIn, Error> {
    let proof = Proof::Passkey(Box::new(assertion));
    account::show_factor(&trial.service, &anyone(), &session.token, &proof).await?.commit().await
}

async fn sign_in_challenge(trial: &Trial) -> String {
    passkey::begin_sign_in(&trial.service, &anyone()).await.unwrap().commit().await.unwrap().challenge
}

async fn sign_in_with(trial: &Trial, assertion: Assertion, staff: bool) -> Result<SignedIn, Error> {
    let sign_in = PasskeySignIn { assertion, staff, device: None };
    passkey::sign_in(&trial.service, &anyone(), sign_in).await?.commit().await
}

/// How many audit rows name this reason.
async fn audited(trial: &Trial, reason: &str) -> usize {
    let rows = trial.database.column("audit_pending", "entry").await;
    let written = rows.into_iter().map(|row| String::from_utf8_lossy(&row).into_owned());
    written.filter(|row| row.contains(&format!("\"{reason}\""))).count()
}

#[tokio::test]
async fn a_passkey_is_a_second_factor_and_a_sign_in_of_its_own() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        for (contact, kind) in [(MAIL, KeyKind::Es256), ("li.lei@example.org", KeyKind::EdDsa)] {
            let opened = open_account(&trial, contact).await;
            let (mut soft, strong) = set_up(&trial, &opened, kind).await;
            assert_ne!(opened.token, strong.token, "rotated");
            assert_eq!(caller(&trial, &strong).await.strength, Strength::TwoFactors);

            let half = sign_in(&trial, contact, PASSWORD).await.unwrap();
            assert_eq!(half.still, Still::SecondFactor);
            let assertion = soft.get(&challenge(&trial, &half).await);
            let full = show(&trial, &half, assertion).await.unwrap();
            assert_eq!(caller(&trial, &full).await.strength, Strength::TwoFactors);

            let assertion = soft.get(&sign_in_challenge(&trial).await);
            let alone = sign_in_with(&trial, assertion, false).await.unwrap();
            assert_eq!((&alone.owner, alone.still), (&opened.owner, Still::Nothing));
            let me = caller(&trial, &alone).await;
            assert_eq!(me.strength, Strength::TwoFactors, "{}", trial.database.name);
            let view = passkey::list(&trial.service, &me).await.unwrap().remove(0);
            assert_eq!((view.name.as_str(), view.used_at), ("my key", Some(trial.service.now())));
        }
        // Nothing in the clear.
        assert!(trial.database.column("passkey", "name").await.iter().all(|name| name != b"my key"));
    }
}

#[tokio::test]
async fn a_challenge_counts_once_for_five_minutes_where_it_was_given_out() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let opened = open_account(&trial, MAIL).await;
        let (mut soft, _) = set_up(&trial, &opened, KeyKind::EdDsa).await;
        let mut half = Vec::new();
        for _ in 0..2 {
            half.push(sign_in(&trial, MAIL, PASSWORD).await.unwrap());
        }
        // Replayed.
        let assertion = soft.get(&challenge(&trial, &half[0]).await);
        let full = show(&trial, &half[0], assertion.clone()).await.unwrap();
        assert_eq!(code_of(show(&trial, &full, assertion).await), "factor_wrong");
        // Given out for another session, or for a sign-in, or for nothing.
        for challenge in [challenge(&trial, &full).await, sign_in_challenge(&trial).await, "A".repeat(43)] {
            let assertion = soft.get(&challenge);
            assert_eq!(code_of(show(&trial, &half[1], assertion).await), "factor_wrong", "{challenge}");
        }
        assert_eq!(audited(&trial, "passkey_challenge").await, 4, "{}", trial.database.name);
        let assertion = soft.get(&challenge(&trial, &full).await);
        assert_eq!(code_of(sign_in_with(&trial, assertion, false).await), "sign_in_failed");
        // Expired at the minute, and good the moment before.
        trial.clock.advance(Span::minutes(2));
        for (wait, outcome) in [(Span::minutes(5), false), (Span::seconds(299), true)] {
            let assertion = soft.get(&challenge(&trial, &full).await);
            trial.clock.advance(wait);
            assert_eq!(show(&trial, &full, assertion).await.is_ok(), outcome);
        }
        // Nobody answers; they are forgotten.
        trial.clock.advance(Span::minutes(6));
        let _ = sign_in_challenge(&trial).await;
        trial.clock.advance(Span::minutes(6));
        let mut tx = trial.service.store().housekeep().await.unwrap();
        assert!(stored::forget_challenges(&mut tx, trial.service.now()).await.unwrap() >= 1);
    }
}

#[tokio::test]
async fn many_who_show_one_answer_are_one_winner() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let opened = open_account(&trial, MAIL).await;
        let (mut soft, _) = set_up(&trial, &opened, KeyKind::EdDsa).await;
        let assertion = soft.get(&sign_in_challenge(&trial).await);
        let tries = (0..4).map(|_| sign_in_with(&trial, assertion.clone(), false));
        let outcomes = futures_util::future::join_all(tries).await;
        assert_eq!(outcomes.iter().filter(|o| o.is_ok()).count(), 1, "{}", trial.database.name);
    }
}

/// What spoils an answer, and the reason that is written down.
const WRONG: [(&str, fn(&mut SoftAuthenticator, &str) -> Assertion); 7] = [
    ("passkey_origin", |soft, page| {
        soft.origin = "https://shiming.evil".into();
        soft.get(page)
    }),
    ("passkey_user_presence", |soft, page| {
        soft.flags = 4;
        soft.get(page)
    }),
    ("passkey_backup", |soft, page| {
        soft.flags = 0b1101;
        soft.get(page)
    }),
    ("passkey_signature", |soft, page| {
        let mut tampered = soft.get(page);
        tampered.authenticator_data[36] ^= 0x40;
        tampered
    }),
    ("passkey_unknown", |soft, page| Assertion { credential: vec![7; 32], ..soft.get(page) }),
    ("passkey_too_large", |soft, page| Assertion { signature: vec![0; 4096], ..soft.get(page) }),
    ("passkey_authenticator_data", |soft, page| Assertion {
        authenticator_data: vec![1; 36],
        ..soft.get(page)
    }),
];

#[tokio::test]
async fn whatever_is_wrong_with_a_use_has_one_answer_and_its_reason_in_the_audit_log() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let opened = open_account(&trial, MAIL).await;
        let (mut soft, strong) = set_up(&trial, &opened, KeyKind::Es256).await;
        let other = open_account(&trial, "li.lei@example.org").await;
        let (mut stranger, _) = set_up(&trial, &other, KeyKind::Es256).await;

        for (why, change) in WRONG {
            let page = challenge(&trial, &strong).await;
            let (origin, flags) = (soft.origin.clone(), soft.flags);
            let assertion = change(&mut soft, &page);
            (soft.origin, soft.flags) = (origin, flags);
            assert_eq!(code_of(show(&trial, &strong, assertion).await), "factor_wrong", "{why}");
            assert_eq!(audited(&trial, why).await, 1, "{why} on {}", trial.database.name);
            trial.clock.advance(Span::minutes(1));
        }
        let assertion = stranger.get(&challenge(&trial, &strong).await);
        assert_eq!(code_of(show(&trial, &strong, assertion).await), "factor_wrong");
        assert_eq!(audited(&trial, "passkey_of_another").await, 1);

        // The counter goes back: refused, and said aloud.
        let good = soft.get(&challenge(&trial, &strong).await);
        let strong = show(&trial, &strong, good).await.unwrap();
        soft.sign_count -= 2;
        let back = soft.get(&challenge(&trial, &strong).await);
        assert_eq!(code_of(show(&trial, &strong, back).await), "factor_wrong");
        assert_eq!(audited(&trial, "passkey_counter").await, 1);
        // Alone it must say whose it is, and verify its user.
        let mut nameless = stranger.get(&sign_in_challenge(&trial).await);
        nameless.user_handle = None;
        assert_eq!(code_of(sign_in_with(&trial, nameless, false).await), "sign_in_failed");
        stranger.flags = 1;
        let unverified = stranger.get(&sign_in_challenge(&trial).await);
        assert_eq!(code_of(sign_in_with(&trial, unverified, false).await), "sign_in_failed");
        assert_eq!(audited(&trial, "passkey_user_verification").await, 1);
        // By the door of staff nobody else comes in.
        stranger.flags = 5;
        let door = stranger.get(&sign_in_challenge(&trial).await);
        assert_eq!(code_of(sign_in_with(&trial, door, true).await), "sign_in_failed");
        // As a second factor of a person presence is enough.
        let half = sign_in(&trial, "li.lei@example.org", PASSWORD).await.unwrap();
        stranger.flags = 1;
        let present = stranger.get(&challenge(&trial, &half).await);
        assert!(show(&trial, &half, present).await.is_ok());
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_new_passkey_is_told_and_its_challenge_is_gone() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let opened = open_account(&trial, MAIL).await;
        let options = begin(&trial, &opened).await.unwrap();
        let mut foreign = soft(&options, KeyKind::EdDsa);
        foreign.origin = "https://shiming.evil".into();
        let answer = foreign.create(&options.challenge);
        assert_eq!(code_of(finish(&trial, &opened, &answer).await), "passkey_refused");
        assert_eq!(audited(&trial, "passkey_origin").await, 1, "{}", trial.database.name);
        foreign.origin = ORIGIN.into();
        let late = foreign.create(&options.challenge);
        assert_eq!(code_of(finish(&trial, &opened, &late).await), "passkey_refused");
        assert_eq!(audited(&trial, "passkey_challenge").await, 1);

        let options = begin(&trial, &opened).await.unwrap();
        let mut garbled = foreign.create(&options.challenge);
        garbled.object = vec![0xa3, 0xff];
        assert_eq!(code_of(finish(&trial, &opened, &garbled).await), "passkey_refused");
        let (soft, strong) = set_up(&trial, &opened, KeyKind::EdDsa).await;

        // One credential, one account.
        let other = open_account(&trial, "li.lei@example.org").await;
        let options = begin(&trial, &other).await.unwrap();
        let again = finish(&trial, &other, &soft.create(&options.challenge)).await;
        assert_eq!(code_of(again), "passkey_known");
        for name in ["", "  ", "a\nb", &"x".repeat(65)] {
            let (service, token) = (&trial.service, &strong.token);
            let named =
                passkey::finish_registration(service, &anyone(), token, name, &soft.create("x")).await;
            assert_eq!(code_of(named.map(|_| ())), "passkey_name");
        }
        // Handles are random, and the same for all passkeys of one owner.
        let second = begin(&trial, &strong).await.unwrap();
        assert_eq!((&second.user_handle, second.user_handle.len()), (&soft.user_handle, 32));
        assert_eq!(second.known, std::slice::from_ref(&soft.credential));
        assert_ne!(options.user_handle, soft.user_handle);
        assert_eq!(second.user_name, "w***@example.org");
    }
}

#[tokio::test]
async fn ten_passkeys_are_the_most_and_one_s_own_can_be_named_and_removed() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let mut session = open_account(&trial, MAIL).await;
        for _ in 0..PASSKEYS_MAX {
            session = set_up(&trial, &session, KeyKind::EdDsa).await.1;
        }
        assert_eq!(code_of(begin(&trial, &session).await), "passkeys_too_many");
        let (service, me) = (&trial.service, caller(&trial, &session).await);
        let ids: Vec<_> = passkey::list(service, &me).await.unwrap().into_iter().map(|p| p.id).collect();
        passkey::rename(service, &me, ids[3], " 蓝色的钥匙 ").await.unwrap().commit().await.unwrap();
        assert_eq!(passkey::list(service, &me).await.unwrap()[3].name, "蓝色的钥匙");

        let other = open_account(&trial, "li.lei@example.org").await;
        let (_, other) = set_up(&trial, &other, KeyKind::EdDsa).await;
        let other = caller(&trial, &other).await;
        assert_eq!(code_of(passkey::rename(service, &other, ids[3], "mine").await.map(|_| ())), "not_found");
        assert_eq!(code_of(passkey::remove(service, &other, ids[3]).await.map(|_| ())), "not_found");

        for id in ids {
            passkey::remove(service, &me, id).await.unwrap().commit().await.unwrap();
        }
        assert!(passkey::list(service, &me).await.unwrap().is_empty(), "{}", trial.database.name);
        trial.clock.advance(Span::minutes(11));
        let stale = passkey::begin_registration(service, &anyone(), &session.token).await;
        assert_eq!(code_of(stale.map(|_| ())), "step_up_required");
    }
}

#[tokio::test]
async fn whoever_knows_the_password_alone_sets_up_no_passkey_beside_another_factor() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let opened = open_account(&trial, MAIL).await;
        let (secret, _) = enrol(&trial, &opened).await;
        let half = sign_in(&trial, MAIL, PASSWORD).await.unwrap();
        assert_eq!(code_of(begin(&trial, &half).await), "step_up_required", "{}", trial.database.name);
        trial.clock.advance(Span::seconds(30));
        let proof = shown(&trial, &secret);
        let full = account::show_factor(&trial.service, &anyone(), &half.token, &proof).await.unwrap();
        let (mut soft, full) = set_up(&trial, &full.commit().await.unwrap(), KeyKind::Es256).await;
        // And a passkey is as good where the password was forgotten.
        let codes = account::recovery_codes(&trial.service, &caller(&trial, &full).await).await.unwrap();
        codes.commit().await.unwrap();
        let asked = account::recover(&trial.service, &anyone(), MAIL).await.unwrap().commit().await.unwrap();
        trial.run_jobs().await;
        let recovery = Recovery {
            request: asked.request,
            code: trial.outbox.last_code().unwrap(),
            factor: Some(Proof::Passkey(Box::new(soft.get(&sign_in_challenge(&trial).await)))),
            password: "green tea 4".to_owned(),
        };
        let set = account::complete_recovery(&trial.service, &anyone(), recovery).await.unwrap();
        set.commit().await.unwrap();
        assert!(sign_in(&trial, MAIL, "green tea 4").await.is_ok());
    }
}

#[tokio::test]
async fn staff_verify_themselves_with_a_passkey_of_one_device_and_keep_one_factor() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let half = administrator_half(&trial).await;
        assert!(half.passkey_wanted, "the policy asks for one");
        for (flags, code) in [(0b001, "passkey_refused"), (0b1101, "passkey_synced")] {
            let options = begin(&trial, &half).await.unwrap();
            assert!(options.user_verification);
            let mut soft = soft(&options, KeyKind::EdDsa);
            soft.flags = flags;
            assert_eq!(code_of(finish(&trial, &half, &soft.create(&options.challenge)).await), code);
        }
        let (mut soft, strong) = set_up(&trial, &half, KeyKind::EdDsa).await;
        assert!(!strong.passkey_wanted && strong.still == Still::Nothing);
        let me = caller(&trial, &strong).await;
        assert_eq!(me.strength, Strength::TwoFactors, "{}", trial.database.name);
        let id = passkey::list(&trial.service, &me).await.unwrap()[0].id;
        let last = passkey::remove(&trial.service, &me, id).await.map(|_| ());
        assert_eq!(code_of(last), "factor_last");

        let alone = soft.get(&sign_in_challenge(&trial).await);
        let alone = sign_in_with(&trial, alone, true).await.unwrap();
        assert!(caller(&trial, &alone).await.staff().is_some());
        soft.flags = 1;
        let unverified = soft.get(&challenge(&trial, &alone).await);
        assert_eq!(code_of(show(&trial, &alone, unverified).await), "factor_wrong");

        let (_, both) = enrol(&trial, &alone).await;
        let me = caller(&trial, &both).await;
        passkey::remove(&trial.service, &me, id).await.unwrap().commit().await.unwrap();
    }
}

#[tokio::test]
async fn where_staff_need_a_passkey_an_authenticator_lets_them_set_one_up_and_nothing_else() {
    for database in databases().await {
        let options = TrialOptions { staff_need_passkey: true, ..TrialOptions::default() };
        let trial = Trial::with(database, options).await;
        let half = administrator_half(&trial).await;
        let (secret, weak) = enrol(&trial, &half).await;
        assert_eq!(weak.still, Still::Enrolment);
        let me = caller(&trial, &weak).await;
        assert_eq!(me.strength, Strength::OneFactor, "opens nothing");
        let keys = account::recovery_codes(&trial.service, &me).await.map(|_| ());
        assert_eq!(code_of(keys), "step_up_required");
        let (mut soft, strong) = set_up(&trial, &weak, KeyKind::Es256).await;
        let me = caller(&trial, &strong).await;
        assert_eq!(me.strength, Strength::TwoFactors, "{}", trial.database.name);
        let codes = account::recovery_codes(&trial.service, &me).await.unwrap().commit().await.unwrap();
        let id = passkey::list(&trial.service, &me).await.unwrap()[0].id;
        let last = passkey::remove(&trial.service, &me, id).await.map(|_| ());
        assert_eq!(code_of(last), "factor_last", "an authenticator is none here");

        trial.clock.advance(Span::seconds(30));
        let staff_in = SignIn { staff: true, ..with("admin@example.org", "tea at four") };
        let half = account::sign_in(&trial.service, &anyone(), staff_in.clone()).await.unwrap();
        let half = half.commit().await.unwrap();
        let proof = shown(&trial, &secret);
        let figures = account::show_factor(&trial.service, &anyone(), &half.token, &proof).await;
        assert_eq!(code_of(figures), "passkey_needed");
        let assertion = soft.get(&challenge(&trial, &half).await);
        assert_eq!(show(&trial, &half, assertion).await.unwrap().still, Still::Nothing);

        // Lost: a recovery code sets up another.
        let half =
            account::sign_in(&trial.service, &anyone(), staff_in).await.unwrap().commit().await.unwrap();
        let proof = Proof::RecoveryCode(codes[0].clone());
        let weak = account::show_factor(&trial.service, &anyone(), &half.token, &proof).await.unwrap();
        let weak = weak.commit().await.unwrap();
        assert_eq!(weak.still, Still::Enrolment);
        let (_, strong) = set_up(&trial, &weak, KeyKind::EdDsa).await;
        assert_eq!(caller(&trial, &strong).await.strength, Strength::TwoFactors);
    }
}
