//! Registering, signing in, second factors, staff and keys over HTTP, on both databases.

use crate::client::Client;
use axum::http::StatusCode;
use serde_json::json;
use shiming_domain::moment::Span;
use shiming_testkit::trial::{Trial, databases};
use shiming_vault::totp::TotpSecret;

const MAIL: &str = "wang.fang@example.org";
const PASSWORD: &str = "rain on the old city wall";

/// Registers and confirms; the client keeps the cookie.
async fn open_account(trial: &Trial, client: &mut Client) {
    let body = json!({ "contact": MAIL, "password": PASSWORD, "locale": "en" });
    let asked = client.post("/api/v1/accounts", &body).await;
    assert_eq!(asked.status, StatusCode::ACCEPTED, "{}", asked.text);
    trial.run_jobs().await;
    let code = trial.outbox.last_code().unwrap();
    let body = json!({ "id": asked.json()["id"], "code": code });
    let opened = client.post("/api/v1/accounts/confirm", &body).await;
    assert_eq!(opened.status, StatusCode::CREATED, "{}", opened.text);
    assert!(!opened.text.contains("token"));
}

/// Sets up an authenticator.
async fn enrol(trial: &Trial, client: &mut Client, query: &str) -> TotpSecret {
    let begun = client.post(&format!("/api/v1/factors/totp{query}"), &json!({})).await;
    assert_eq!(begun.status, StatusCode::CREATED, "{}", begun.text);
    let secret = TotpSecret::parse(begun.json()["secret"].as_str().unwrap()).unwrap();
    let body = json!({ "code": secret.shown_at(trial.service.now().unix_ms() / 1000) });
    let done = client.post(&format!("/api/v1/factors/totp/confirm{query}"), &body).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    secret
}

#[tokio::test]
async fn an_account_is_opened_used_and_left() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let mut client = Client::of(&trial);
        assert_eq!(client.get("/api/v1/account").await.status, StatusCode::UNAUTHORIZED);
        open_account(&trial, &mut client).await;
        let account = client.get("/api/v1/account").await.json();
        assert_eq!(account["contacts"][0]["masked"], "w***@example.org");
        assert_eq!((&account["life"], &account["level"]), (&json!("active"), &json!(0)));

        let mut phone = client.another();
        let body = json!({ "contact": MAIL, "password": PASSWORD });
        let signed_in = phone.post("/api/v1/sessions", &body).await;
        assert_eq!(signed_in.status, StatusCode::CREATED, "{}", signed_in.text);
        let cookie = signed_in.headers["set-cookie"].to_str().unwrap();
        for part in ["__Host-shiming=", "Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        let id = signed_in.json()["id"].as_str().unwrap().to_owned();
        assert_eq!(client.get("/api/v1/sessions").await.json()["data"].as_array().unwrap().len(), 2);
        let ended = client.delete(&format!("/api/v1/sessions/{id}")).await;
        assert_eq!(ended.status, StatusCode::NO_CONTENT);
        assert_eq!(phone.get("/api/v1/account").await.status, StatusCode::UNAUTHORIZED);

        let left = client.delete("/api/v1/sessions/current").await;
        assert_eq!(left.status, StatusCode::NO_CONTENT);
        assert!(left.headers.contains_key("clear-site-data"));
        assert_eq!(client.get("/api/v1/account").await.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn an_owner_says_in_which_language_to_write_and_reads_how_long_things_are_kept() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let mut client = Client::of(&trial);
        open_account(&trial, &mut client).await;
        let path = "/api/v1/account/preferences";
        for locale in ["zh-CN", "zh-CN", "en"] {
            let kept = client.put(path, &json!({ "locale": locale })).await;
            assert_eq!(kept.status, StatusCode::OK, "{}", kept.text);
            assert_eq!(client.get("/api/v1/account").await.json()["locale"], locale);
        }
        let refused = client.put(path, &json!({ "locale": "fr" })).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let terms = client.get("/api/v1/account/retention").await.json();
        let policy = &trial.service.policy().rules().retention;
        assert_eq!(terms["identity_years"], policy.identity_years);
        assert_eq!(terms["selfie_days"], policy.selfie_days);
        // Nobody has permitted anything.
        let changes = client.get("/api/v1/account/changes").await.json();
        assert_eq!(changes, json!({ "object": "permitted_changes" }));
    }
}

#[tokio::test]
async fn a_browser_keeps_a_name_of_its_device_and_registers_three_times_a_day() {
    let trial = Trial::sqlite().await;
    let mut client = Client::of(&trial);
    let register = |n: u32| json!({ "contact": format!("person{n}@example.org"), "password": PASSWORD });
    let first = client.post("/api/v1/accounts", &register(1)).await;
    let cookie = first.headers["set-cookie"].to_str().unwrap();
    for part in ["__Host-shiming-device=", "Secure", "HttpOnly", "SameSite=Strict", "Path=/", "Max-Age="] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let second = client.post("/api/v1/accounts", &register(2)).await;
    assert!(!second.headers.contains_key("set-cookie"), "it has one");
    assert_eq!(client.post("/api/v1/accounts", &register(3)).await.status, StatusCode::ACCEPTED);
    let fourth = client.post("/api/v1/accounts", &register(4)).await;
    assert_eq!((fourth.status, fourth.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "too_many_tries"));
    assert_eq!(client.another().post("/api/v1/accounts", &register(4)).await.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_contact_have_one_answer() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let mut client = Client::of(&trial);
        open_account(&trial, &mut client).await;
        let mut stranger = client.another();
        let mut answers = Vec::new();
        for contact in [MAIL, "nobody@example.org"] {
            for _ in 0..7 {
                let body = json!({ "contact": contact, "password": "wrong horse battery staple" });
                let answer = stranger.post("/api/v1/sessions", &body).await;
                let mut problem = answer.json();
                assert!(problem.as_object_mut().unwrap().remove("request_id").is_some());
                answers.push((answer.status, problem, answer.headers.get("retry-after").cloned()));
            }
        }
        let (known, unknown) = answers.split_at(7);
        assert_eq!(known, unknown, "{}", trial.database.name);
        assert_eq!(known[0].0, StatusCode::UNAUTHORIZED);
        assert_eq!(known[6].0, StatusCode::TOO_MANY_REQUESTS);
    }
}

#[tokio::test]
async fn a_session_that_waits_for_its_second_factor_opens_nothing() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let mut client = Client::of(&trial);
        open_account(&trial, &mut client).await;
        let secret = enrol(&trial, &mut client, "").await;
        let codes = client.post("/api/v1/factors/recovery-codes", &json!({})).await.json();
        assert_eq!(codes["codes"].as_array().unwrap().len(), 10);

        let mut half = client.another();
        let body = json!({ "contact": MAIL, "password": PASSWORD });
        let signed_in = half.post("/api/v1/sessions", &body).await;
        assert_eq!(signed_in.json()["still"], "second_factor");
        assert_eq!(half.get("/api/v1/account").await.status, StatusCode::UNAUTHORIZED);
        let wrong =
            half.post("/api/v1/sessions/second-factor", &json!({ "kind": "totp", "code": "x" })).await;
        assert_eq!((wrong.status, wrong.code().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "factor_wrong"));
        trial.clock.advance(Span::seconds(30));
        let shown = secret.shown_at(trial.service.now().unix_ms() / 1000);
        let right =
            half.post("/api/v1/sessions/second-factor", &json!({ "kind": "totp", "code": shown })).await;
        assert_eq!(right.status, StatusCode::OK, "{}", right.text);
        assert_eq!(half.get("/api/v1/account").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_forgotten_password_is_set_anew() {
    let trial = Trial::sqlite().await;
    let mut client = Client::of(&trial);
    open_account(&trial, &mut client).await;
    let mut stranger = client.another();
    let asked = stranger.post("/api/v1/recovery", &json!({ "contact": MAIL })).await;
    assert_eq!(asked.status, StatusCode::ACCEPTED);
    trial.run_jobs().await;
    let code = trial.outbox.last_code().unwrap();
    let body = json!({ "id": asked.json()["id"], "code": code, "password": "a better one than before" });
    let set = stranger.post("/api/v1/recovery/complete", &body).await;
    assert_eq!(set.status, StatusCode::OK, "{}", set.text);
    assert_eq!(client.get("/api/v1/account").await.status, StatusCode::UNAUTHORIZED);
    let body = json!({ "contact": MAIL, "password": "a better one than before" });
    assert_eq!(stranger.post("/api/v1/sessions", &body).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn the_administrator_sets_up_staff_and_keys() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let link = shiming_engine::account::setup_link(&trial.service).await.unwrap().unwrap();
        let mut admin = Client::of(&trial);
        let body = json!({
            "token": link.rsplit_once('#').unwrap().1, "password": "tea at four",
            "administrator": { "name": "Admin", "email": "admin@example.org" },
        });
        assert_eq!(admin.post("/api/v1/staff/setup", &body).await.status, StatusCode::CREATED);
        let again = admin.post("/api/v1/staff/setup", &body).await;
        assert_eq!(again.code(), "setup_link_over");

        let body = json!({ "contact": "admin@example.org", "password": "tea at four", "as": "staff" });
        let signed_in = admin.post("/api/v1/sessions", &body).await;
        assert_eq!(signed_in.json()["still"], "enrolment", "{}", signed_in.text);
        assert!(signed_in.headers["set-cookie"].to_str().unwrap().contains("SameSite=Strict"));
        // One factor opens nothing.
        assert_eq!(admin.get("/api/v1/staff").await.status, StatusCode::FORBIDDEN);
        enrol(&trial, &mut admin, "?as=staff").await;
        assert_eq!(admin.get("/api/v1/staff").await.json()["data"][0]["role"], "operator");

        let body = json!({ "name": "Li Lei", "email": "li.lei@example.org", "role": "reviewer" });
        let invited = admin.post("/api/v1/staff", &body).await;
        assert_eq!(invited.status, StatusCode::CREATED, "{}", invited.text);

        let body = json!({ "label": "shop", "scopes": ["limits:use"] });
        let made = admin.post("/api/v1/keys", &body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        assert!(made.json()["secret"].as_str().unwrap().starts_with("sk_test_"));
        let listed = admin.get("/api/v1/keys").await.json();
        assert_eq!(listed["data"][0].get("secret"), None);
        let id = made.json()["id"].as_str().unwrap().to_owned();
        let next = admin.post(&format!("/api/v1/keys/{id}/rotate"), &json!({})).await;
        assert_eq!(next.status, StatusCode::CREATED, "{}", next.text);
        assert_eq!(admin.delete(&format!("/api/v1/keys/{id}")).await.status, StatusCode::NO_CONTENT);
        // A machine is no operator.
        let mut machine = admin.with_key(next.json()["secret"].as_str().unwrap());
        assert_eq!(machine.get("/api/v1/keys").await.status, StatusCode::FORBIDDEN);
        let mut revoked = admin.with_key(made.json()["secret"].as_str().unwrap());
        assert_eq!(revoked.get("/api/v1/keys").await.status, StatusCode::UNAUTHORIZED);
    }
}
