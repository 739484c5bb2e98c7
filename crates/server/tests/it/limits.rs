//! Levels, entitlements and limits over HTTP, on both databases.

use crate::client::Client;
use axum::http::StatusCode;
use serde_json::{Value, json};
use shiming_domain::account::{Activity, Life, Locale, Restrictions};
use shiming_domain::case::Role;
use shiming_domain::id::{AccountId, StaffId};
use shiming_engine::account::key::{self, NewKey};
use shiming_engine::service::{Caller, Principal, Scope, Strength};
use shiming_store::account::{self, StoredAccount};
use shiming_store::audit::{Actor, Audit};
use shiming_testkit::trial::{Trial, databases};

const ACCOUNT: AccountId = AccountId::from_bits(1);

/// A machine's key with these scopes.
async fn machine(trial: &Trial, client: &Client, scopes: Vec<Scope>) -> Client {
    let staff = StaffId::from_bits(1);
    let principal = Principal::Staff { staff, role: Role::Operator, session: "s".to_owned() };
    let now = Some(trial.service.now());
    let operator = Caller { principal, strength: Strength::TwoFactors, verified_at: now, ..Caller::system() };
    let new = NewKey { label: "shop".to_owned(), scopes, days: None };
    let made = key::create(&trial.service, &operator, new).await.unwrap().commit().await.unwrap();
    let made = made.done().unwrap();
    client.with_key(&made.secret)
}

/// An account in use, at the lowest level of `generic`: 200.00 a day.
async fn open(trial: &Trial) {
    let now = trial.service.now();
    let new = StoredAccount {
        id: ACCOUNT,
        version: 1,
        life: Life::Active { opened_at: now },
        locale: Locale::En,
        restrictions: Restrictions::default(),
        deadline: None,
        person: None,
        level: 0,
        activity: Activity { opened_at: now, last_transaction_at: None, last_sign_in_at: None },
        recovered_at: None,
        created_at: now,
    };
    let mut tx = trial.service.store().change().await.unwrap();
    account::insert(&mut tx, &new).await.unwrap();
    tx.audit(&Audit::new(&Actor::system(), "test.open", "account", ACCOUNT), now).await.unwrap();
    tx.commit().await.unwrap();
}

fn ask(minor: &str) -> Value {
    json!({
        "account": ACCOUNT.to_string(),
        "operation": "pay_merchant",
        "amount": { "amount": minor, "currency": "CNY" },
        "factors": ["password", "totp"],
    })
}

#[tokio::test]
async fn a_machine_checks_holds_captures_and_voids() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        open(&trial).await;
        let stranger = Client::of(&trial);
        let mut shop = machine(&trial, &stranger, vec![Scope::LimitsUse]).await;
        let mut other = machine(&trial, &stranger, vec![Scope::LimitsUse]).await;

        let answer = shop.post("/api/v1/limits/check", &ask("20001")).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let answer = answer.json();
        assert_eq!((&answer["verdict"], &answer["code"]), (&json!("refused"), &json!("W_LIMIT_DAY")));
        assert_eq!(answer["binding"]["left"]["amount"], "20000");
        assert_eq!(answer["binding"]["resets_at"], "2026-11-26T00:00:00.000Z");

        let body = json!({ "ask": ask("15000"), "reference": "order-1", "hold_s": 600 });
        let held = shop.post("/api/v1/limits/consume", &body).await;
        assert_eq!(held.status, StatusCode::OK, "{}", held.text);
        assert_eq!(held.json()["limit_use"]["state"], "held");
        let id = held.json()["limit_use"]["id"].as_str().unwrap().to_owned();
        // The same reference under a new key of the request counts nothing.
        let again = shop.post("/api/v1/limits/consume", &body).await.json();
        assert_eq!((&again["repeated"], &again["limit_use"]["id"]), (&json!(true), &json!(id)));
        let over = json!({ "ask": ask("5001"), "reference": "order-2" });
        assert_eq!(shop.post("/api/v1/limits/consume", &over).await.json()["answer"]["verdict"], "refused");

        let path = format!("/api/v1/limits/{id}");
        assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND);
        assert_eq!(other.post(&format!("{path}/void"), &json!({})).await.status, StatusCode::NOT_FOUND);
        let more = json!({ "amount": { "amount": "15001", "currency": "CNY" } });
        let more = shop.post(&format!("{path}/capture"), &more).await;
        assert_eq!(
            (more.status, more.code().as_str()),
            (StatusCode::UNPROCESSABLE_ENTITY, "amount_not_of_hold")
        );
        let part = json!({ "amount": { "amount": "5000", "currency": "CNY" } });
        let paid = shop.post_with_key(&format!("{path}/capture"), &part, "k-1").await;
        assert_eq!((paid.status, &paid.json()["captured"]["amount"]), (StatusCode::OK, &json!("5000")));
        // A lost answer is given again, and nothing is captured twice.
        let again = shop.post_with_key(&format!("{path}/capture"), &part, "k-1").await;
        assert_eq!((again.status, again.text), (StatusCode::OK, paid.text));
        let late = shop.post(&format!("{path}/void"), &json!({})).await;
        assert_eq!((late.status, late.code().as_str()), (StatusCode::CONFLICT, "hold_not_open"));
        assert_eq!(shop.get(&path).await.json()["state"], "captured");
    }
}

#[tokio::test]
async fn a_machine_needs_its_scope_and_says_whose_limits() {
    let trial = Trial::sqlite().await;
    open(&trial).await;
    let stranger = Client::of(&trial);
    let mut reader = machine(&trial, &stranger, vec![Scope::PersonsRead]).await;
    assert_eq!(reader.post("/api/v1/limits/check", &ask("1")).await.status, StatusCode::FORBIDDEN);
    let nobody = "per_00000000000000000000000001";
    for path in [format!("/api/v1/people/{nobody}"), format!("/api/v1/people/{nobody}/entitlements")] {
        assert_eq!(reader.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let mut shop = machine(&trial, &stranger, vec![Scope::LimitsUse]).await;
    for (edit, status) in [
        (json!({ "account": null }), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({ "person": nobody }), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({ "account": null, "person": nobody }), StatusCode::NOT_FOUND),
        (json!({ "operation": "sign_in" }), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({ "surprise": 1 }), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({ "amount": { "amount": "0", "currency": "CNY" } }), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({ "amount": { "amount": 1.5, "currency": "CNY" } }), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let mut body = ask("1");
        for (name, value) in edit.as_object().unwrap() {
            body[name] = value.clone();
        }
        let answer = shop.post("/api/v1/limits/check", &body).await;
        assert_eq!(answer.status, status, "{edit}: {}", answer.text);
    }
}

#[tokio::test]
async fn everybody_reads_what_levels_ask_for_and_allow() {
    let trial = Trial::sqlite().await;
    let levels = Client::of(&trial).get("/api/v1/levels").await.json();
    let codes: Vec<_> = levels["data"].as_array().unwrap().iter().map(|l| l["code"].clone()).collect();
    assert_eq!(codes.len(), 4);
    assert_eq!(levels["data"][0]["caps"][0]["max"], json!({ "amount": "20000", "currency": "CNY" }));
    assert_eq!(levels["data"][1]["requires"]["identity_approved"], true);
}
