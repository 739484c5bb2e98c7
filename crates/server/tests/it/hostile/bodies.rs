//! Hostile JSON bodies and parameters, on every route that takes any.

use crate::client::Client;
use axum::body::Body;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use shiming_domain::case::Role;
use shiming_domain::id::StaffId;
use shiming_engine::account::key::{self, NewKey};
use shiming_engine::service::{Caller, Principal, Scope, Strength};
use shiming_testkit::trial::{Trial, databases, stories};

/// A machine that may everything a machine may.
async fn machine(trial: &Trial) -> Client {
    let principal =
        Principal::Staff { staff: StaffId::from_bits(1), role: Role::Operator, session: String::new() };
    let verified_at = Some(trial.service.now());
    let operator = Caller { principal, strength: Strength::TwoFactors, verified_at, ..Caller::system() };
    let new = NewKey { label: "shop".to_owned(), scopes: Scope::ALL.to_vec(), days: None };
    let made = key::create(&trial.service, &operator, new).await.unwrap().commit().await.unwrap();
    let made = made.done().unwrap();
    Client::tireless(trial).with_key(&made.secret)
}

fn raw(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}

#[tokio::test]
async fn a_body_that_is_no_body_is_refused_before_anybody_reads_it() {
    let trial = Trial::sqlite().await;
    let mut client = machine(&trial).await;
    let deep = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000));
    let large = format!("{{\"reference\": \"{}\"}}", "x".repeat(64 << 10));
    let cases = [
        ("too deep", raw(&deep), StatusCode::BAD_REQUEST, "body_depth"),
        ("too large", raw(&large), StatusCode::PAYLOAD_TOO_LARGE, "body_too_large"),
        ("not UTF-8", b"{\"reference\": \"\xff\xfe\"}".to_vec(), StatusCode::BAD_REQUEST, "body_syntax"),
        (
            "a key twice",
            raw(r#"{"reference": "a", "reference": "b"}"#),
            StatusCode::BAD_REQUEST,
            "body_key_twice",
        ),
        ("U+0000", raw(r#"{"reference": "a\u0000b"}"#), StatusCode::BAD_REQUEST, "body_character"),
        ("half a character", raw(r#"{"reference": "\ud83d"}"#), StatusCode::BAD_REQUEST, "body_syntax"),
        ("a huge number", raw(r#"{"hold_s": 1e400}"#), StatusCode::BAD_REQUEST, "body_syntax"),
        ("empty", Vec::new(), StatusCode::BAD_REQUEST, "body_syntax"),
        ("two bodies", raw("{}{}"), StatusCode::BAD_REQUEST, "body_syntax"),
        ("a byte order mark", raw("\u{feff}{}"), StatusCode::BAD_REQUEST, "body_syntax"),
        ("an unknown key", raw(r#"{"refrence": "a"}"#), StatusCode::UNPROCESSABLE_ENTITY, "body_fields"),
        ("a list", raw("[]"), StatusCode::UNPROCESSABLE_ENTITY, "body_fields"),
        ("nothing", raw("null"), StatusCode::UNPROCESSABLE_ENTITY, "body_fields"),
    ];
    for (n, (name, bytes, status, code)) in cases.into_iter().enumerate() {
        for path in ["/api/v1/limits/consume", "/api/v1/limits/check"] {
            let key = format!("hostile-{n}");
            let headers = [("content-type", "application/json"), ("idempotency-key", key.as_str())];
            let answer = client.send(Method::POST, path, Body::from(bytes.clone()), &headers).await;
            assert_eq!((answer.status, answer.code().as_str()), (status, code), "{name}: {}", answer.text);
            assert_eq!(answer.headers["content-type"], "application/problem+json");
            assert_eq!(answer.json()["request_id"], answer.headers["x-request-id"].to_str().unwrap());
        }
    }
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""] {
        let headers = [("content-type", kind), ("idempotency-key", "kind")];
        let answer = client.send(Method::POST, "/api/v1/limits/check", Body::from("{}"), &headers).await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{kind}");
    }
}

/// Every text of a body, replaced by something hostile.
fn poisoned(body: &Value, poison: &Value) -> Vec<Value> {
    fn paths(value: &Value, at: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => fields.iter().for_each(|(k, v)| paths(v, &format!("{at}/{k}"), found)),
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(n, v)| paths(v, &format!("{at}/{n}"), found));
            }
            _ => found.push(at.to_owned()),
        }
    }
    let mut found = Vec::new();
    paths(body, "", &mut found);
    let with = |at: String| {
        let mut body = body.clone();
        *body.pointer_mut(&at).unwrap() = poison.clone();
        body
    };
    found.into_iter().map(with).collect()
}

#[tokio::test]
async fn a_hostile_value_in_any_field_is_the_callers_mistake() {
    let huge: Value = serde_json::from_str("99999999999999999999999999").unwrap();
    let poisons = [
        json!("a\u{0}b"),
        json!("\u{0}"),
        json!("x".repeat(20_000)),
        json!("\u{202e}\u{feff}\u{1f468}\u{200d}\u{1f469}"),
        json!("'; DROP TABLE account; --"),
        json!("0000-13-45"),
        json!(-1),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(1.5),
        huge,
        json!(true),
        json!(null),
        json!([]),
        json!({}),
    ];
    for database in databases().await {
        let trial = Trial::on(database).await;
        let somebody = stories::registered(&trial, 1).await;
        let account = somebody.account.to_string();
        let application = stories::declared(&trial, &somebody, 1).await;
        let at = format!("/api/v1/applications/{application}");
        let ask = json!({
            "account": account, "operation": "pay_merchant", "funding": "balance", "factors": ["totp"],
            "amount": { "amount": "100", "currency": "CNY" }, "static_qr": false,
        });
        let answers = json!({ "general": "given", "face": "given" });
        let requests = [
            (
                Method::POST,
                "/api/v1/accounts".to_owned(),
                json!({ "contact": "a@example.org", "password": "short", "locale": "en" }),
            ),
            (
                Method::POST,
                "/api/v1/accounts/confirm".to_owned(),
                json!({ "id": "cod_00000000000000000000000001", "code": "123456" }),
            ),
            (Method::POST, "/api/v1/recovery".to_owned(), json!({ "contact": "a@example.org" })),
            (Method::POST, "/api/v1/staff/setup".to_owned(), json!({ "token": "x", "password": "short" })),
            (
                Method::POST,
                "/api/v1/applications".to_owned(),
                json!({ "account": account, "purpose": "first", "requested_level": 1 }),
            ),
            (
                Method::PUT,
                format!("{at}/steps/consent"),
                json!({ "answers": answers, "text_version": "2026-11", "locale": "en" }),
            ),
            (
                Method::PUT,
                format!("{at}/steps/form"),
                json!({ "name": "张三", "number": "110101199003079964" }),
            ),
            (Method::POST, format!("{at}/ask-human"), json!({ "reason": "face_refused" })),
            (Method::POST, "/api/v1/limits/check".to_owned(), ask.clone()),
            (
                Method::POST,
                "/api/v1/limits/consume".to_owned(),
                json!({ "ask": ask, "reference": "order", "hold_s": 600 }),
            ),
        ];
        let mut client = machine(&trial).await;
        for (method, path, body) in requests {
            for poison in &poisons {
                for sent in poisoned(&body, poison) {
                    let answer = match method {
                        Method::POST => client.post(&path, &sent).await,
                        _ => client.put(&path, &sent).await,
                    };
                    // Some are harmless in some fields; none is our fault.
                    assert!(answer.status.as_u16() < 500, "{path} {sent}: {}", answer.text);
                    if sent.to_string().contains("\\u0000") {
                        assert_eq!(answer.code(), "body_character", "{path} {sent}: {}", answer.text);
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn a_hostile_parameter_is_the_callers_mistake() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let somebody = stories::registered(&trial, 1).await;
        let mut client = machine(&trial).await;
        let account = somebody.account;
        for query in [
            "limit=0",
            "limit=-1",
            "limit=101",
            "limit=99999999999999999999",
            "limit=",
            "cursor=%00",
            "cursor=x.y",
            "cursor=%ff%fe",
            "cursor=1.2.3",
            "surprise=1",
            "account=acc_%00",
            "account=%F0%9F%98%80",
            "limit=1&limit=2",
        ] {
            let path = format!("/api/v1/applications?account={account}&{query}");
            let answer = client.get(&path).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}: {}", answer.text);
        }
        for id in [
            "%00",
            "app_",
            "acc_00000000000000000000000001",
            "..",
            "%2e%2e%2f",
            "app_ZZZZZZZZZZZZZZZZZZZZZZZZZZ",
        ] {
            let answer = client.get(&format!("/api/v1/applications/{id}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{id}: {}", answer.text);
        }
    }
}
