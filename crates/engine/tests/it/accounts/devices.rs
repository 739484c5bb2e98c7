//! Devices: counted where they register, and known where their owners signed in.

use super::*;
use shiming_engine::account::{Device, device, new_device};

fn on(device: &Device, password: &str) -> SignIn {
    SignIn { known: Some(device.clone()), ..with(MAIL, password) }
}

async fn tried(trial: &Trial, sign_in: SignIn) -> Result<SignedIn, Error> {
    account::sign_in(&trial.service, &anyone(), sign_in).await?.commit().await
}

#[tokio::test]
async fn strangers_cannot_lock_somebody_out_of_a_device_of_theirs() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        open_account(&trial, MAIL).await;
        let (mine, _) = new_device(&trial.service).unwrap();
        let (new, _) = new_device(&trial.service).unwrap();
        tried(&trial, on(&mine, PASSWORD)).await.unwrap();
        for _ in 0..6 {
            assert!(sign_in(&trial, MAIL, "wrong horse battery staple").await.is_err());
        }
        // A device that was never here is a stranger, the right password or not.
        assert_eq!(code_of(tried(&trial, on(&new, PASSWORD)).await), "too_many_tries");
        assert_eq!(code_of(sign_in(&trial, MAIL, PASSWORD).await), "too_many_tries");
        assert!(tried(&trial, on(&mine, PASSWORD)).await.is_ok(), "{}", trial.database.name);
        // Which grants the strangers nothing.
        assert_eq!(code_of(sign_in(&trial, MAIL, PASSWORD).await), "too_many_tries");
        // Nor is it a way around the limits: it has its own.
        for n in 0..6 {
            let answer = code_of(tried(&trial, on(&mine, "wrong horse battery staple")).await);
            assert_eq!(answer, if n < 5 { "sign_in_failed" } else { "too_many_tries" });
        }
        assert_eq!(code_of(tried(&trial, on(&mine, PASSWORD)).await), "too_many_tries");
    }
}

#[tokio::test]
async fn a_flood_of_failures_everywhere_stops_strangers_only() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        open_account(&trial, MAIL).await;
        let (mine, _) = new_device(&trial.service).unwrap();
        tried(&trial, on(&mine, PASSWORD)).await.unwrap();
        let mut tx = trial.service.store().housekeep().await.unwrap();
        let bucket = trial.service.bucket("failures", "all").unwrap();
        for _ in 0..100 {
            let now = trial.service.now();
            shiming_store::rate::hit(&mut tx, &bucket, Span::minutes(1), now).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(code_of(sign_in(&trial, MAIL, PASSWORD).await), "too_many_tries");
        assert!(tried(&trial, on(&mine, PASSWORD)).await.is_ok(), "{}", trial.database.name);
    }
}

#[tokio::test]
async fn a_device_is_forgotten_with_the_password_and_after_half_a_year() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let service = &trial.service;
        open_account(&trial, MAIL).await;
        let (mine, _) = new_device(service).unwrap();
        let is_known = || async {
            for _ in 0..6 {
                let _ = sign_in(&trial, MAIL, "wrong horse battery staple").await;
            }
            let known = tried(&trial, on(&mine, PASSWORD)).await.is_ok();
            trial.clock.advance(Span::hours(1));
            known
        };
        tried(&trial, on(&mine, PASSWORD)).await.unwrap();
        assert!(is_known().await);
        let asked = account::recover(service, &anyone(), MAIL).await.unwrap().commit().await.unwrap();
        trial.run_jobs().await;
        let (request, code) = (asked.request, trial.outbox.last_code().unwrap());
        let recovery = Recovery { request, code, factor: None, password: PASSWORD.to_owned() };
        account::complete_recovery(service, &anyone(), recovery).await.unwrap().commit().await.unwrap();
        assert!(!is_known().await, "{}", trial.database.name);
        tried(&trial, on(&mine, PASSWORD)).await.unwrap();
        assert!(is_known().await);
        trial.clock.advance(Span::days(181));
        assert!(!is_known().await);
    }
}

#[tokio::test]
async fn a_device_registers_three_times_a_day() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let (one, _) = new_device(&trial.service).unwrap();
        let (other, _) = new_device(&trial.service).unwrap();
        let register = |n: u32, device: &Device| {
            let contact = format!("person{n}@example.org");
            let new = Registration { device: Some(device.clone()), ..registration(&contact) };
            let service = trial.service.clone();
            async move { account::register(&service, &anyone(), new).await.map(|_| ()) }
        };
        for n in 0..3 {
            register(n, &one).await.unwrap();
        }
        assert_eq!(code_of(register(3, &one).await), "too_many_tries", "{}", trial.database.name);
        register(3, &other).await.unwrap();
        trial.clock.advance(Span::days(1));
        register(3, &one).await.unwrap();
    }
}

#[tokio::test]
async fn a_name_that_we_did_not_give_is_none() {
    let trial = Trial::sqlite().await;
    let (mine, cookie) = new_device(&trial.service).unwrap();
    let read = |cookie: &str| device(&trial.service, cookie).unwrap();
    assert_eq!(read(&cookie), Some(mine));
    let (name, signature) = cookie.split_once('.').unwrap();
    let (_, other) = new_device(&trial.service).unwrap();
    let (other, _) = other.split_once('.').unwrap();
    let long = "x".repeat(100_000);
    for forged in [
        "",
        ".",
        name,
        &format!("{name}."),
        &format!(".{signature}"),
        &format!("{other}.{signature}"),
        &format!("{name}.{}", "0".repeat(64)),
        &format!("x.{signature}"),
        &long,
    ] {
        assert_eq!(read(forged), None);
    }
}
