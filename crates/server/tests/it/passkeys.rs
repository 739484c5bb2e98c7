//! Passkeys over HTTP, in the shapes that browsers write.

use crate::client::{Answer, Client};
use axum::http::StatusCode;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use shiming_domain::moment::Span;
use shiming_testkit::trial::{Trial, databases};
use shiming_vault::OsEntropy;
use shiming_vault::passkey::{Assertion, Attestation, Kind, SoftAuthenticator};

const MAIL: &str = "wang.fang@example.org";
const PASSWORD: &str = "rain on the old city wall";
const SECOND_FACTOR: &str = "/api/v1/sessions/second-factor";

fn text(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// As `credential.toJSON()` writes it, with members that nobody here reads.
fn made(answer: &Attestation) -> Value {
    json!({
        "id": text(&answer.credential), "rawId": text(&answer.credential), "type": "public-key",
        "authenticatorAttachment": "platform", "clientExtensionResults": { "credProps": { "rk": true } },
        "response": {
            "clientDataJSON": text(&answer.client_data), "attestationObject": text(&answer.object),
            "transports": ["internal"], "publicKeyAlgorithm": -7,
        },
    })
}

fn shown(answer: &Assertion) -> Value {
    json!({
        "id": text(&answer.credential), "rawId": text(&answer.credential), "type": "public-key",
        "clientExtensionResults": {},
        "response": {
            "clientDataJSON": text(&answer.client_data), "signature": text(&answer.signature),
            "authenticatorData": text(&answer.authenticator_data),
            "userHandle": answer.user_handle.as_deref().map(text),
        },
    })
}

async fn challenge(client: &mut Client, path: &str) -> String {
    let options = client.post(path, &json!({})).await;
    assert_eq!(options.status, StatusCode::OK, "{}", options.text);
    options.json()["public_key"]["challenge"].as_str().unwrap().to_owned()
}

/// Sets a passkey up in the session that the client holds.
async fn set_up(client: &mut Client, query: &str) -> (SoftAuthenticator, Answer) {
    let options = client.post(&format!("/api/v1/factors/passkeys/options{query}"), &json!({})).await;
    assert_eq!(options.status, StatusCode::OK, "{}", options.text);
    let options = options.json();
    let options = &options["public_key"];
    let handle = BASE64_URL_SAFE_NO_PAD.decode(options["user"]["id"].as_str().unwrap()).unwrap();
    let party = options["rp"]["id"].as_str().unwrap();
    let soft = SoftAuthenticator::new(Kind::Es256, "https://shiming.test", party, handle, &mut OsEntropy);
    let answer = soft.create(options["challenge"].as_str().unwrap());
    let body = json!({ "name": "Laptop", "credential": made(&answer) });
    let added = client.post(&format!("/api/v1/factors/passkeys{query}"), &body).await;
    (soft, added)
}

async fn open_account(trial: &Trial, client: &mut Client) {
    let body = json!({ "contact": MAIL, "password": PASSWORD, "locale": "en" });
    let asked = client.post("/api/v1/accounts", &body).await;
    trial.run_jobs().await;
    let body = json!({ "id": asked.json()["id"], "code": trial.outbox.last_code().unwrap() });
    assert_eq!(client.post("/api/v1/accounts/confirm", &body).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_passkey_is_set_up_shown_signed_in_with_and_removed() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let mut client = Client::of(&trial);
        open_account(&trial, &mut client).await;
        let (mut soft, added) = set_up(&mut client, "").await;
        assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
        assert_eq!(added.json()["session"]["still"], "nothing");
        let account = client.get("/api/v1/account").await.json();
        assert_eq!(account["second_factor"], true);
        let listed = client.get("/api/v1/factors/passkeys").await.json();
        let id = listed["data"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(
            (&listed["data"][0]["name"], &listed["data"][0]["backup_eligible"]),
            (&json!("Laptop"), &json!(false))
        );
        assert_eq!(added.json()["id"], id);

        // Beside a password.
        let mut half = client.another();
        let signed_in =
            half.post("/api/v1/sessions", &json!({ "contact": MAIL, "password": PASSWORD })).await;
        assert_eq!(signed_in.json()["still"], "second_factor");
        let assertion = soft.get(&challenge(&mut half, "/api/v1/sessions/second-factor/options").await);
        let body = json!({ "kind": "passkey", "credential": shown(&assertion) });
        let full = half.post(SECOND_FACTOR, &body).await;
        assert_eq!(full.status, StatusCode::OK, "{}", full.text);
        assert_eq!(half.get("/api/v1/account").await.status, StatusCode::OK);
        let again = half.post(SECOND_FACTOR, &body).await;
        assert_eq!((again.status, again.code().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "factor_wrong"));

        // Alone.
        let mut alone = client.another();
        let assertion = soft.get(&challenge(&mut alone, "/api/v1/sessions/passkey/options").await);
        let body = json!({ "credential": shown(&assertion) });
        let signed_in = alone.post("/api/v1/sessions/passkey", &body).await;
        assert_eq!(signed_in.status, StatusCode::CREATED, "{}", signed_in.text);
        assert!(signed_in.headers["set-cookie"].to_str().unwrap().starts_with("__Host-shiming="));
        assert_eq!(alone.get("/api/v1/account").await.json()["id"], account["id"]);
        let again = client.another().post("/api/v1/sessions/passkey", &body).await;
        assert_eq!((again.status, again.code().as_str()), (StatusCode::UNAUTHORIZED, "sign_in_failed"));

        let path = format!("/api/v1/factors/passkeys/{id}");
        assert_eq!(alone.put(&path, &json!({ "name": "Old laptop" })).await.status, StatusCode::NO_CONTENT);
        trial.clock.advance(Span::minutes(11));
        assert_eq!(alone.delete(&path).await.code(), "step_up_required");
        let assertion = soft.get(&challenge(&mut alone, "/api/v1/sessions/second-factor/options").await);
        let body = json!({ "kind": "passkey", "credential": shown(&assertion) });
        assert_eq!(alone.post(SECOND_FACTOR, &body).await.status, StatusCode::OK);
        assert_eq!(alone.delete(&path).await.status, StatusCode::NO_CONTENT);
        assert_eq!(alone.delete(&path).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn the_administrator_works_with_a_passkey_from_the_first_sign_in() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let link = shiming_engine::account::setup_link(&trial.service).await.unwrap().unwrap();
        let mut admin = Client::of(&trial);
        let body = json!({
            "token": link.rsplit_once('#').unwrap().1, "password": "tea at four",
            "administrator": { "name": "Admin", "email": "admin@example.org" },
        });
        assert_eq!(admin.post("/api/v1/staff/setup", &body).await.status, StatusCode::CREATED);
        let body = json!({ "contact": "admin@example.org", "password": "tea at four", "as": "staff" });
        let signed_in = admin.post("/api/v1/sessions", &body).await.json();
        assert_eq!((&signed_in["still"], &signed_in["passkey_wanted"]), (&json!("enrolment"), &json!(true)));
        let (mut soft, added) = set_up(&mut admin, "?as=staff").await;
        assert_eq!(added.json()["session"]["passkey_wanted"], false, "{}", added.text);
        assert_eq!(admin.get("/api/v1/staff").await.status, StatusCode::OK);

        let mut anew = admin.another();
        let assertion = soft.get(&challenge(&mut anew, "/api/v1/sessions/passkey/options").await);
        let body = json!({ "credential": shown(&assertion), "as": "staff" });
        let signed_in = anew.post("/api/v1/sessions/passkey", &body).await;
        assert!(signed_in.headers["set-cookie"].to_str().unwrap().contains("SameSite=Strict"));
        assert_eq!(anew.get("/api/v1/staff").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn odd_credentials_are_refused_and_never_a_fault_of_ours() {
    let trial = Trial::sqlite().await;
    let mut client = Client::of(&trial);
    open_account(&trial, &mut client).await;
    let (mut soft, _) = set_up(&mut client, "").await;
    let good = shown(&soft.get(&"A".repeat(43)));
    let odd = |change: &dyn Fn(&mut Value)| {
        let mut credential = good.clone();
        change(&mut credential);
        json!({ "kind": "passkey", "credential": credential })
    };
    for (body, status, code) in [
        (odd(&|c| c["type"] = json!("password")), StatusCode::BAD_REQUEST, "credential_malformed"),
        (odd(&|c| c["rawId"] = json!("not base64!")), StatusCode::BAD_REQUEST, "credential_malformed"),
        (odd(&|c| c["rawId"] = json!("AA==")), StatusCode::BAD_REQUEST, "credential_malformed"),
        (odd(&|c| c["response"] = json!({})), StatusCode::UNPROCESSABLE_ENTITY, "body_fields"),
        (
            odd(&|c| c["response"]["clientDataJSON"] = json!("e30")),
            StatusCode::UNPROCESSABLE_ENTITY,
            "factor_wrong",
        ),
        (
            odd(&|c| c["response"]["signature"] = json!("A".repeat(40_000))),
            StatusCode::UNPROCESSABLE_ENTITY,
            "factor_wrong",
        ),
    ] {
        let answer = client.post(SECOND_FACTOR, &body).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{body:.200}");
    }
}
