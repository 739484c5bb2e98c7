//! What review sends back to people over the interface, and versions that are not written over.

use crate::applications::machine_key;
use crate::client::Client;
use axum::body::Body;
use axum::http::{Method, StatusCode};
use serde_json::json;
use shiming_domain::case::{Decision, Role, Verdict};
use shiming_domain::evidence::FaceMatch;
use shiming_domain::id::StaffId;
use shiming_domain::moment::Span;
use shiming_domain::reason::Code;
use shiming_engine::review::{self, Decide, Line};
use shiming_engine::service::{Caller, Principal, Scope, Strength};
use shiming_testkit::trial::seen::{good_evidence, specimen};
use shiming_testkit::trial::{Trial, TrialOptions, databases, stories};

fn reviewer(n: u128) -> Caller {
    Caller {
        principal: Principal::Staff {
            staff: StaffId::from_bits(n),
            role: Role::Reviewer,
            session: "s".to_owned(),
        },
        strength: Strength::TwoFactors,
        verified_at: None,
        request_id: None,
        network: None,
    }
}

async fn next(trial: &Trial, by: &Caller) -> Line {
    review::next(&trial.service, by).await.unwrap().expect("there is a case").commit().await.unwrap()
}

async fn decide(trial: &Trial, by: &Caller, decision: Decision, remark: &str) {
    let line = next(trial, by).await;
    let sent = Decide {
        token: line.lease.unwrap().token,
        version: line.version,
        decision,
        note: Some("Only for colleagues.".to_owned()),
        remark: Some(remark.to_owned()),
        proof: None,
        term: None,
    };
    review::decide(&trial.service, by, line.id, sent).await.unwrap().commit().await.unwrap();
}

#[tokio::test]
async fn the_owner_reads_the_remark_and_why_the_appeal_was_refused() {
    for database in databases().await {
        let edit_policy: fn(String) -> String = |text| {
            text.replace("new_reviewer_first_cases = 50", "new_reviewer_first_cases = 0")
                .replace("single_reviewer_sample_percent = 5", "single_reviewer_sample_percent = 0")
        };
        let trial = Trial::with(database, TrialOptions { edit_policy, ..TrialOptions::default() }).await;
        let who = stories::registered(&trial, 1).await;
        let mut evidence = good_evidence(&who.printed.name, &who.printed.number);
        evidence.face_match = Some(FaceMatch { distance: 0.55 });
        trial.eyes.set_evidence(evidence);
        let id = stories::submitted(&trial, &who, 1).await;
        trial.run_jobs().await;
        let reject = || Decision { verdict: Verdict::Reject, reasons: vec![Code::DocCopy], steps: vec![] };
        decide(&trial, &reviewer(1), reject(), "It is printed on paper.").await;
        decide(&trial, &reviewer(2), reject(), "The paper shows at the edge.").await;
        trial.advance(Span::seconds(10)).await;

        let mut owner = Client::of(&trial);
        owner.sign_in(&trial, &who.account.to_string()).await;
        let seen = owner.get(&format!("/api/v1/applications/{id}")).await;
        assert_eq!(seen.json()["latest_decision"]["remark"], "The paper shows at the edge.", "{}", seen.text);
        assert!(!seen.text.contains("colleagues"), "an internal note is never sent");
        let mut shop = Client::of(&trial)
            .with_key(&machine_key(&trial, vec![Scope::ApplicationsWrite, Scope::ReasonsInternal]).await);
        let theirs = shop.get(&format!("/api/v1/applications/{id}")).await.json();
        assert_eq!(theirs["latest_decision"]["remark"], json!(null));

        let objection = json!({ "subject_kind": "application", "subject": id, "text": "It is my card." });
        let opened = owner.post("/api/v1/appeals", &objection).await;
        assert_eq!(opened.status, StatusCode::CREATED, "{}", opened.text);
        assert_eq!(opened.json()["reasons"], json!([]));
        let refuse = Decision { verdict: Verdict::Refuse, reasons: vec![Code::DocCopy], steps: vec![] };
        decide(&trial, &reviewer(3), refuse, "We looked at it anew.").await;
        trial.advance(Span::seconds(10)).await;
        let appeal = owner.get("/api/v1/appeals").await.json()["data"][0].clone();
        assert_eq!(appeal["state"], "refused");
        assert_eq!(appeal["remark"], "We looked at it anew.", "{}", trial.database.name);
        assert_eq!(appeal["reasons"][0]["public_code"], "DOC_COPY");
        assert!(appeal["reasons"][0]["text"]["zh-CN"].is_string());
    }
}

#[tokio::test]
async fn what_changed_since_it_was_seen_is_not_written_over() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let key = machine_key(&trial, vec![Scope::ApplicationsWrite]).await;
        let mut client = Client::of(&trial).with_key(&key);
        let who = stories::registered(&trial, 1).await;
        let id = stories::declared(&trial, &who, 1).await;
        let at = format!("/api/v1/applications/{id}");
        let seen = client.get(&at).await;
        let tag = seen.headers["etag"].to_str().unwrap().to_owned();
        assert_eq!(tag, format!("\"{}\"", seen.json()["version"]));

        let printed = specimen(1);
        let form = json!({ "name": printed.name, "number": printed.number }).to_string();
        let put = async |client: &mut Client, version: &str| {
            let headers = [("content-type", "application/json"), ("if-match", version)];
            client.send(Method::PUT, &format!("{at}/steps/form"), Body::from(form.clone()), &headers).await
        };
        let first = put(&mut client, &tag).await;
        assert_eq!(first.status, StatusCode::OK, "{}", first.text);
        assert_ne!(first.headers["etag"].to_str().unwrap(), tag);
        let second = put(&mut client, &tag).await;
        assert_eq!(
            (second.status, second.code().as_str()),
            (StatusCode::PRECONDITION_FAILED, "version_stale")
        );
        let odd = put(&mut client, "W/\"1\"").await;
        assert_eq!((odd.status, odd.code().as_str()), (StatusCode::BAD_REQUEST, "if_match"));
        // Whoever names no version writes as before.
        assert_eq!(put(&mut client, "*").await.status, StatusCode::OK, "{}", trial.database.name);

        let headers = [("idempotency-key", "k"), ("content-type", "application/json"), ("if-match", &tag)];
        let withdraw = client.send(Method::POST, &format!("{at}/withdraw"), Body::from("{}"), &headers).await;
        assert_eq!(withdraw.status, StatusCode::PRECONDITION_FAILED, "{}", withdraw.text);
        assert_eq!(client.get(&at).await.json()["status"], "draft");
    }
}

#[tokio::test]
async fn two_who_name_the_same_version_at_once_are_one_winner() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let who = stories::registered(&trial, 1).await;
        let id = stories::filled(&trial, &who, 1).await;
        let seen = shiming_engine::application::view(&trial.service, &who.caller, id).await.unwrap();
        let at = shiming_engine::service::At { id, version: Some(seen.version) };
        let withdraw = || async {
            match shiming_engine::application::withdraw(&trial.service, &who.caller, at).await {
                Ok(pending) => pending.commit().await.map_or_else(|error| error.code(), |_| "done"),
                Err(error) => error.code(),
            }
        };
        let submit = || async {
            match shiming_engine::application::submit(&trial.service, &who.caller, at).await {
                Ok(pending) => pending.commit().await.map_or_else(|error| error.code(), |_| "done"),
                Err(error) => error.code(),
            }
        };
        let (one, other) = tokio::join!(withdraw(), submit());
        let done = [one, other].iter().filter(|code| **code == "done").count();
        assert_eq!(done, 1, "{one}, {other} on {}", trial.database.name);
    }
}
