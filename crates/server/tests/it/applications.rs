//! An application over the interface, from the first step to its decision.

use crate::client::Client;
use axum::http::StatusCode;
use serde_json::{Value, json};
use shiming_domain::case::Role;
use shiming_domain::id::StaffId;
use shiming_domain::reason::Step;
use shiming_engine::account::key::{self, NewKey};
use shiming_engine::service::{Caller, Principal, Scope, Strength};
use shiming_testkit::trial::seen::{picture, specimen};
use shiming_testkit::trial::{Trial, databases, stories};

/// A machine's key with these scopes.
pub(crate) async fn machine_key(trial: &Trial, scopes: Vec<Scope>) -> String {
    let staff = StaffId::from_bits(1);
    let operator = Caller {
        principal: Principal::Staff { staff, role: Role::Operator, session: String::new() },
        strength: Strength::TwoFactors,
        verified_at: Some(trial.service.now()),
        request_id: None,
        network: None,
    };
    let new = NewKey { label: "shop".to_owned(), scopes, days: None };
    key::create(&trial.service, &operator, new).await.unwrap().commit().await.unwrap().done().unwrap().secret
}

async fn machine(trial: &Trial, scopes: Vec<Scope>) -> Client {
    Client::of(trial).with_key(&machine_key(trial, scopes).await)
}

async fn begin(trial: &Trial, client: &mut Client, n: u32) -> String {
    let somebody = stories::registered(trial, n).await;
    let body = json!({ "account": somebody.account, "purpose": "first", "requested_level": 1 });
    let answer = client.post("/api/v1/applications", &body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    format!("/api/v1/applications/{}", answer.json()["id"].as_str().unwrap())
}

async fn fill(client: &mut Client, at: &str, n: u32) {
    let answers =
        json!({ "general": "given", "id_images": "given", "face": "given", "source_query": "given" });
    let consent = json!({ "answers": answers, "text_version": "2026-11", "locale": "zh-CN" });
    let answer = client.put(&format!("{at}/steps/consent"), &consent).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let printed = specimen(n);
    let form = json!({ "name": printed.name, "number": printed.number });
    let answer = client.put(&format!("{at}/steps/form"), &form).await;
    assert_eq!(answer.json()["accepted"], json!(true), "{}", answer.text);
    for (step, name) in
        [(Step::PortraitSide, "portrait_side"), (Step::EmblemSide, "emblem_side"), (Step::Selfie, "selfie")]
    {
        let path = format!("{at}/files/{name}?origin=live");
        let answer = client.put_file(&path, picture(step, "good", &printed, n)).await;
        assert_eq!(answer.json()["accepted"], json!(true), "{}", answer.text);
    }
}

fn step<'a>(application: &'a Value, name: &str) -> &'a Value {
    application["steps"].as_array().unwrap().iter().find(|step| step["name"] == name).unwrap()
}

#[tokio::test]
async fn from_the_first_step_to_the_decision() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let mut client = machine(&trial, vec![Scope::ApplicationsWrite]).await;
        let at = begin(&trial, &mut client, 1).await;
        fill(&mut client, &at, 1).await;
        let submitted = client.post_with_key(&format!("{at}/submit"), &json!({}), "once").await;
        assert_eq!(submitted.json()["status"], "checking", "{}", submitted.text);
        let again = client.post_with_key(&format!("{at}/submit"), &json!({}), "once").await;
        assert_eq!(again.text, submitted.text);
        assert_eq!(again.headers["idempotent-replayed"], "true");
        trial.run_jobs().await;
        let application = client.get(&at).await.json();
        assert_eq!(application["status"], "approved", "{application}");
        let decision = application["latest_decision"]["id"].as_str().unwrap().to_owned();
        let decision = client.get(&format!("/api/v1/decisions/{decision}")).await.json();
        assert_eq!(decision["outcome"], "approve");
        let attempts = client.get(&format!("{at}/attempts")).await.json();
        assert_eq!(attempts["data"].as_array().unwrap().len(), 1);
        let account = application["account"].as_str().unwrap();
        let list = client.get(&format!("/api/v1/applications?account={account}")).await.json();
        assert_eq!(list["data"][0]["id"], application["id"]);
    }
}

#[tokio::test]
async fn what_is_wrong_is_told_with_a_way_on() {
    let trial = Trial::sqlite().await;
    let mut client = machine(&trial, vec![Scope::ApplicationsWrite]).await;
    let at = begin(&trial, &mut client, 1).await;
    let early = client.put_file(&format!("{at}/files/selfie"), vec![1, 2, 3]).await;
    assert_eq!((early.status, early.code().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "consent_missing"));
    fill(&mut client, &at, 1).await;
    let blurred = picture(Step::PortraitSide, "blur", &specimen(1), 9);
    let refused = client.put_file(&format!("{at}/files/portrait_side"), blurred).await;
    assert_eq!(refused.status, StatusCode::OK);
    let refused = refused.json();
    assert_eq!(refused["accepted"], json!(false));
    assert_eq!(refused["reasons"][0]["public_code"], "IMG_BLUR");
    assert_eq!(refused["reasons"][0]["boxes"][0].as_array().unwrap().len(), 4);
    // What was good before stays.
    assert_eq!(step(&refused["application"], "portrait_side")["state"], "done");
    assert_eq!(step(&refused["application"], "portrait_side")["tries_left"], 9);
    let large = client.put_file(&format!("{at}/files/emblem_side"), vec![0; (10 << 20) + 1]).await;
    assert_eq!((large.status, large.code().as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "file_too_large"));
    assert_eq!(client.put_file(&format!("{at}/files/elbow"), vec![0]).await.status, StatusCode::NOT_FOUND);
    let form = json!({ "name": "张三", "number": "110101199003079965" });
    let slip = client.put(&format!("{at}/steps/form"), &form).await;
    assert_eq!(slip.json()["reasons"][0]["public_code"], "IDNO_INVALID");
    assert!(!slip.text.contains("110101199003079965"));
    let early = client.post(&format!("{at}/ask-human"), &json!({ "reason": "tries_failed" })).await;
    assert_eq!(early.status, StatusCode::OK, "a refused photo and a slip are two tries: {}", early.text);
}

#[tokio::test]
async fn reasons_name_no_suspicion() {
    let trial = Trial::sqlite().await;
    let reasons = Client::of(&trial).get("/api/v1/reasons").await.json();
    let codes: Vec<&str> =
        reasons["data"].as_array().unwrap().iter().map(|reason| reason["code"].as_str().unwrap()).collect();
    assert!(codes.contains(&"IMG_BLUR") && codes.contains(&"DOC_UNCONFIRMED"));
    assert!(!codes.contains(&"LIVE_SPOOF") && !codes.contains(&"ACC_WATCHLIST"), "{codes:?}");
    let other =
        machine(&trial, vec![Scope::PersonsRead]).await.post("/api/v1/applications", &json!({})).await;
    assert_eq!(other.status, StatusCode::FORBIDDEN);
}
