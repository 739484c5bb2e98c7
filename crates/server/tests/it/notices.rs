//! Notices, the outbox of a sandbox, and channels.

use crate::client::Client;
use axum::http::StatusCode;
use shiming_domain::account::{Contact, Locale};
use shiming_domain::moment::Span;
use shiming_engine::notice::{self, CodePurpose};
use shiming_testkit::trial::{Database, Trial, TrialOptions, databases};

async fn send_code(trial: &Trial) {
    send_code_to(trial, "wang.fang@example.org", "123456").await;
}

async fn send_code_to(trial: &Trial, contact: &str, code: &str) {
    let contact = Contact::parse(contact).unwrap();
    let valid = Span::minutes(10);
    let purpose = CodePurpose::SignIn;
    let id = "code-1".to_owned();
    notice::send_code_letter(&trial.service, &contact, code, valid, Locale::En, purpose, id).await.unwrap();
}

#[tokio::test]
async fn a_developer_finds_a_code_in_the_outbox_of_a_sandbox() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        send_code(&trial).await;
        let answer = Client::of(&trial).get("/api/v1/sandbox/outbox").await;
        assert_eq!(answer.status, StatusCode::OK, "{}", trial.database.name);
        let item = &answer.json()["data"][0];
        assert_eq!(item["to"], "w***@example.org");
        assert_eq!(item["subject"], "[Shiming] Your sign-in code");
        assert!(item["text"].as_str().unwrap().contains("123456"));
        assert_eq!(item["at"], "2026-11-25T02:00:00.000Z");
        assert!(!answer.text.contains("wang.fang"));
    }
}

#[tokio::test]
async fn whoever_names_an_address_finds_its_code_on_a_busy_sandbox() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        send_code(&trial).await;
        for n in 0..60 {
            send_code_to(&trial, &format!("other-{n}@example.org"), "654321").await;
        }
        let mut client = Client::of(&trial);
        let all = client.get("/api/v1/sandbox/outbox").await.json();
        assert_eq!(all["data"].as_array().unwrap().len(), 50);
        let mine = client.get("/api/v1/sandbox/outbox?to=Wang.Fang@EXAMPLE.org").await.json();
        assert_eq!(mine["data"].as_array().unwrap().len(), 1, "{mine}");
        assert!(mine["data"][0]["text"].as_str().unwrap().contains("123456"));
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
