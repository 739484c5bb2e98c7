//! Pictures handed to a phone: what the link is good for, what the phone may, and when that ends.

use crate::client::{Answer, Client};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use shiming_domain::moment::Span;
use shiming_domain::reason::Step;
use shiming_engine::service::Principal;
use shiming_server::access::{Who, rows};
use shiming_testkit::trial::seen::{Printed, picture};
use shiming_testkit::trial::{Trial, databases, stories};

/// Somebody with an application whose pictures are missing, signed in.
struct Desk {
    client: Client,
    at: String,
    printed: Printed,
}

impl Desk {
    async fn of(trial: &Trial, n: u32) -> Self {
        let mut client = Client::tireless(trial);
        let somebody = stories::registered(trial, n).await;
        let id = stories::declared(trial, &somebody, 1).await;
        client.sign_in(trial, &somebody.account.to_string()).await;
        Self { client, at: format!("/api/v1/applications/{id}"), printed: somebody.printed }
    }

    /// A new hand-off: its address and the token of its link.
    async fn offer(&mut self) -> (String, String) {
        let answer = self.client.post(&format!("{}/handoffs", self.at), &json!({})).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        let offered = answer.json();
        let (page, token) = offered["link"].as_str().unwrap().split_once('#').unwrap();
        assert_eq!(page, "https://shiming.test/handoff");
        assert!(offered["qr_svg"].as_str().unwrap().starts_with("<svg "));
        (format!("/api/v1/handoffs/{}", offered["handoff"]["id"].as_str().unwrap()), token.to_owned())
    }

    async fn state(&mut self, handoff: &str) -> String {
        self.client.get(handoff).await.json()["state"].as_str().unwrap_or_default().to_owned()
    }

    /// A phone that has taken a new link.
    async fn phone(&mut self) -> (String, Client) {
        let (handoff, token) = self.offer().await;
        let mut phone = self.client.another();
        let answer = claim(&mut phone, &token).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        (handoff, phone)
    }

    async fn send(&self, phone: &mut Client, step: Step, name: &str) -> Answer {
        let bytes = picture(step, "good", &self.printed, 1);
        phone.put_file(&format!("{}/files/{name}?origin=live", self.at), bytes).await
    }
}

async fn look(client: &mut Client, token: &str) -> Answer {
    client.post("/api/v1/handoffs/look", &json!({ "token": token })).await
}

async fn claim(client: &mut Client, token: &str) -> Answer {
    client.post("/api/v1/handoffs/claim", &json!({ "token": token })).await
}

fn is_over(answer: &Answer) {
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::CONFLICT, "handoff_over"));
}

#[tokio::test]
async fn a_link_is_told_to_whoever_looks_and_taken_once() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let mut desk = Desk::of(&trial, 1).await;
        let (handoff, token) = desk.offer().await;
        assert_eq!(desk.state(&handoff).await, "waiting");
        let told = desk.client.get(&handoff).await.text;
        assert!(!told.contains(&token), "nobody reads the link again");

        let mut phone = desk.client.another();
        for _ in 0..2 {
            let landing = look(&mut phone, &token).await.json();
            assert_eq!(landing["operator"], trial.service.settings().product_name);
            assert_eq!(landing["purpose"], "first");
            assert_eq!(landing["steps"], json!(["portrait_side", "emblem_side", "selfie"]));
        }
        assert_eq!(desk.state(&handoff).await, "opened");

        let claimed = claim(&mut phone, &token).await;
        let cookie = claimed.headers["set-cookie"].to_str().unwrap();
        assert!(cookie.starts_with("__Host-shiming-phone=") && !cookie.contains(&token), "{cookie}");
        assert!(cookie.ends_with("; Path=/; Secure; HttpOnly; SameSite=Strict"), "{cookie}");
        assert_eq!(desk.state(&handoff).await, "claimed");
        let mut other = desk.client.another();
        is_over(&claim(&mut other, &token).await);
        is_over(&look(&mut other, &token).await);
        for wrong in ["", "no token", &"0".repeat(43)] {
            assert_eq!(claim(&mut other, wrong).await.status, StatusCode::NOT_FOUND, "{wrong}");
        }
        assert_eq!(other.get("/api/v1/handoffs/current").await.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn the_phone_sends_the_pictures_and_the_desktop_sees_them() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let mut desk = Desk::of(&trial, 1).await;
        let (handoff, mut phone) = desk.phone().await;
        let steps = [
            (Step::PortraitSide, "portrait_side"),
            (Step::EmblemSide, "emblem_side"),
            (Step::Selfie, "selfie"),
        ];
        for (step, name) in steps {
            assert_eq!(desk.state(&handoff).await, "claimed");
            let answer = desk.send(&mut phone, step, name).await.json();
            assert_eq!(answer["accepted"], json!(true), "{answer}");
            // Which pictures are missing, and nothing else.
            let shown = answer["application"]["steps"].as_array().unwrap();
            let names: Vec<&Value> = shown.iter().map(|step| &step["name"]).collect();
            assert_eq!(names, ["portrait_side", "emblem_side", "selfie"]);
            let seen = desk.client.get(&handoff).await.json();
            let of_step = seen["steps"].as_array().unwrap().iter().find(|step| step["name"] == name);
            assert_eq!(of_step.unwrap()["state"], "done");
        }
        assert_eq!(desk.state(&handoff).await, "done");
        let submitted = desk.client.post(&format!("{}/submit", desk.at), &json!({})).await;
        assert_eq!(submitted.json()["status"], "checking", "{}", submitted.text);
        // What is submitted is no longer the phone's to change.
        let late = desk.send(&mut phone, Step::Selfie, "selfie").await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);
        let again = desk.client.post(&format!("{}/handoffs", desk.at), &json!({})).await;
        assert_eq!(again.code(), "handoff_not_needed");
    }
}

#[tokio::test]
async fn a_phone_opens_nothing_but_its_pictures() {
    let trial = Trial::sqlite().await;
    let mut desk = Desk::of(&trial, 1).await;
    let stranger = Desk::of(&trial, 2).await;
    let (_, mut phone) = desk.phone().await;
    for row in rows() {
        if row.who.iter().any(|who| matches!(who, Who::Anyone | Who::Session | Who::Phone)) {
            continue;
        }
        let path = row.path.replace("{id}", desk.at.rsplit('/').next().unwrap());
        let method: Method = row.method.parse().unwrap();
        let headers = [("idempotency-key", "k"), ("content-type", "application/json")];
        let answer = phone.send(method, &path, Body::from("{}"), &headers).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{} {}", row.method, row.path);
    }
    let paper = desk.send(&mut phone, Step::PortraitSide, "evidence").await;
    assert_eq!(paper.status, StatusCode::NOT_FOUND, "{}", paper.text);
    let elsewhere = stranger.send(&mut phone, Step::PortraitSide, "portrait_side").await;
    assert_eq!(elsewhere.status, StatusCode::NOT_FOUND, "{}", elsewhere.text);
    // Another site cannot send with the phone's cookie.
    let path = format!("{}/files/portrait_side", desk.at);
    let headers = [("content-type", "image/jpeg"), ("sec-fetch-site", "cross-site")];
    let forged = phone.send(Method::PUT, &path, Body::from("x"), &headers).await;
    assert_eq!(forged.code(), "cross_site");
}

#[tokio::test]
async fn a_phone_whose_owner_has_an_account_sends_for_the_one_it_was_handed() {
    let trial = Trial::sqlite().await;
    let mut desk = Desk::of(&trial, 1).await;
    let mut other = Desk::of(&trial, 2).await;
    let (_, token) = desk.offer().await;
    claim(&mut other.client, &token).await;
    let mut phone = other.client.clone();
    let handed = desk.send(&mut phone, Step::PortraitSide, "portrait_side").await;
    assert_eq!(handed.json()["accepted"], json!(true), "{}", handed.text);
    let own = other.send(&mut phone, Step::PortraitSide, "portrait_side").await;
    assert_eq!(own.json()["application"]["steps"].as_array().unwrap().len(), 5, "{}", own.text);
}

#[tokio::test]
async fn a_new_link_and_taking_back_end_what_was_before() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let mut desk = Desk::of(&trial, 1).await;
        let (old, token) = desk.offer().await;
        let (first, mut phone) = desk.phone().await;
        let mut other = desk.client.another();
        is_over(&look(&mut other, &token).await);
        assert_eq!(desk.state(&old).await, "ended");
        let (second, mut next) = desk.phone().await;
        assert_eq!(desk.state(&first).await, "ended");
        assert_eq!(phone.get("/api/v1/handoffs/current").await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(next.get("/api/v1/handoffs/current").await.status, StatusCode::OK);
        let mut stranger = Desk::of(&trial, 2).await;
        assert_eq!(stranger.client.get(&second).await.status, StatusCode::NOT_FOUND);
        assert_eq!(stranger.client.delete(&second).await.status, StatusCode::NOT_FOUND);
        let not_theirs = stranger.client.post(&format!("{}/handoffs", desk.at), &json!({})).await;
        assert_eq!(not_theirs.status, StatusCode::NOT_FOUND);
        for _ in 0..2 {
            assert_eq!(desk.client.delete(&second).await.status, StatusCode::NO_CONTENT);
        }
        assert_eq!(desk.state(&second).await, "ended");
        let late = desk.send(&mut next, Step::PortraitSide, "portrait_side").await;
        assert_eq!(late.status, StatusCode::UNAUTHORIZED, "{}", late.text);
    }
}

#[tokio::test]
async fn time_ends_a_link_and_a_phone() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let mut desk = Desk::of(&trial, 1).await;
        let (slow, token) = desk.offer().await;
        trial.advance(Span::minutes(10)).await;
        is_over(&claim(&mut desk.client.another(), &token).await);
        assert_eq!(desk.state(&slow).await, "expired");
        let (taken, mut phone) = desk.phone().await;
        trial.advance(Span::minutes(29)).await;
        assert_eq!(phone.get("/api/v1/handoffs/current").await.status, StatusCode::OK);
        trial.advance(Span::minutes(1)).await;
        assert_eq!(phone.get("/api/v1/handoffs/current").await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(desk.state(&taken).await, "expired");
        // Days later it is forgotten.
        trial.advance(Span::days(2)).await;
        shiming_engine::sweep::plan(&trial.service).await.unwrap();
        trial.run_jobs().await;
        let id = taken.rsplit('/').next().unwrap().parse().unwrap();
        let mut tx = trial.service.store().read().await.unwrap();
        assert_eq!(shiming_store::application::handoff(&mut tx, id).await.unwrap(), None);
    }
}

#[tokio::test]
async fn two_phones_at_once_and_one_gets_it() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let mut desk = Desk::of(&trial, 1).await;
        let (_, token) = desk.offer().await;
        let (mut one, mut two) = (desk.client.another(), desk.client.another());
        let (one, two) = tokio::join!(claim(&mut one, &token), claim(&mut two, &token));
        let mut both = [one.status, two.status];
        both.sort();
        assert_eq!(both, [StatusCode::CREATED, StatusCode::CONFLICT], "{} {}", one.text, two.text);
    }
}

#[test]
fn a_phone_is_nobodys_account() {
    // Use cases that ask for an account get none from a phone.
    let bits = shiming_domain::id::AccountId::from_bits(1);
    let principal = Principal::Phone {
        account: bits,
        application: shiming_domain::id::ApplicationId::from_bits(1),
        handoff: shiming_domain::id::HandoffId::from_bits(1),
    };
    let caller = shiming_engine::service::Caller { principal, ..shiming_engine::service::Caller::system() };
    assert_eq!(caller.account(), None);
    assert_eq!(caller.staff(), None);
}
