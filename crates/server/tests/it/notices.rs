//! Notices, the outbox of a sandbox, and channels.

use crate::client::Client;
use axum::http::StatusCode;
use serde_json::json;
use shiming_testkit::trial::{Database, Trial, TrialOptions, databases};

/// Somebody registers; answers the code that was sent.
async fn send_code(trial: &Trial) -> String {
    send_code_to(trial, "wang.fang@example.org").await
}

async fn send_code_to(trial: &Trial, contact: &str) -> String {
    let body = json!({ "contact": contact, "password": "rain on the old city wall", "locale": "en" });
    let asked = Client::tireless(trial).post("/api/v1/accounts", &body).await;
    assert_eq!(asked.status, StatusCode::ACCEPTED, "{}", asked.text);
    trial.run_jobs().await;
    trial.outbox.last_code().unwrap()
}

#[tokio::test]
async fn a_developer_finds_a_code_in_the_outbox_of_a_sandbox() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let code = send_code(&trial).await;
        let answer = Client::of(&trial).get("/api/v1/sandbox/outbox").await;
        assert_eq!(answer.status, StatusCode::OK, "{}", trial.database.name);
        let item = &answer.json()["data"][0];
        assert_eq!(item["to"], "w***@example.org");
        assert_eq!(item["subject"], "[Shiming] Confirm your contact");
        assert!(item["text"].as_str().unwrap().contains(&code));
        assert_eq!(item["at"], "2026-11-25T02:00:00.000Z");
        assert!(!answer.text.contains("wang.fang"));
    }
}

#[tokio::test]
async fn whoever_names_an_address_finds_its_code_on_a_busy_sandbox() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let code = send_code(&trial).await;
        for n in 0..60 {
            send_code_to(&trial, &format!("other-{n}@example.org")).await;
        }
        let mut client = Client::of(&trial);
        let all = client.get("/api/v1/sandbox/outbox").await.json();
        assert_eq!(all["data"].as_array().unwrap().len(), 50);
        let mine = client.get("/api/v1/sandbox/outbox?to=Wang.Fang@EXAMPLE.org").await.json();
        assert_eq!(mine["data"].as_array().unwrap().len(), 1, "{mine}");
        assert!(mine["data"][0]["text"].as_str().unwrap().contains(&code));
        let nobody = client.get("/api/v1/sandbox/outbox?to=nobody@example.org").await.json();
        assert_eq!(nobody["data"].as_array().unwrap().len(), 0);
        assert_eq!(client.get("/api/v1/sandbox/outbox?to=w").await.status, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn where_real_people_are_concerned_there_is_no_outbox() {
    let options = TrialOptions { live: true, ..TrialOptions::default() };
    let trial = Trial::with(Database::sqlite().await, options).await;
    send_code(&trial).await;
    let answer = Client::of(&trial).get("/api/v1/sandbox/outbox").await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::NOT_FOUND, "not_found"));
}
