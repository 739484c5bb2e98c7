//! What holds for every route.

use crate::client::Client;
use axum::body::Body;
use axum::http::{Method, StatusCode};
use serde_json::json;
use shiming_testkit::trial::Trial;

/// The headers of an answer that do not change from one to the next.
async fn fixed_headers(client: &mut Client, path: &str) -> String {
    const CHANGING: [&str; 5] =
        ["x-request-id", "ratelimit", "ratelimit-policy", "content-type", "content-length"];
    let answer = client.get(path).await;
    let fixed = answer.headers.iter().filter(|(name, _)| !CHANGING.contains(&name.as_str()));
    let mut lines: Vec<String> =
        fixed.map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
    lines.sort();
    lines.join("\n")
}

#[tokio::test]
async fn every_answer_carries_the_headers() {
    let mut client = Client::of(&Trial::sqlite().await);
    let found = fixed_headers(&mut client, "/healthz").await;
    assert_eq!(found, fixed_headers(&mut client, "/api/v1/nowhere").await);
    insta::assert_snapshot!(found, @r"
    cache-control: no-store
    content-security-policy: default-src 'none'; frame-ancestors 'none'
    cross-origin-embedder-policy: require-corp
    cross-origin-opener-policy: same-origin
    cross-origin-resource-policy: same-origin
    permissions-policy: camera=(self), microphone=(), geolocation=(), payment=(), usb=()
    referrer-policy: no-referrer
    strict-transport-security: max-age=63072000; includeSubDomains
    x-content-type-options: nosniff
    ");
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_with_a_code() {
    let mut client = Client::of(&Trial::sqlite().await);
    let answer = client.get("/api/v1/nowhere").await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::NOT_FOUND, "not_found"));
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    let deleted = client.delete("/healthz").await;
    let posted = client.send(Method::POST, "/api/v1/levels", Body::empty(), &[]).await;
    for answer in [deleted, posted] {
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::METHOD_NOT_ALLOWED, "method"));
    }
}

#[tokio::test]
async fn a_problem_names_its_request_also_where_there_is_no_route() {
    let mut client = Client::of(&Trial::sqlite().await);
    for path in ["/api/v1/nowhere", "/api/v1/account"] {
        let answer = client.get(path).await;
        assert_eq!(answer.json()["request_id"], answer.headers["x-request-id"].to_str().unwrap(), "{path}");
    }
}

#[tokio::test]
async fn the_header_and_the_body_name_one_moment_to_come_back() {
    let mut client = Client::of(&Trial::sqlite().await);
    let body = json!({ "contact": "nobody@example.org", "password": "wrong horse battery staple" });
    let mut last = client.post("/api/v1/sessions", &body).await;
    while last.status == StatusCode::UNAUTHORIZED {
        last = client.post("/api/v1/sessions", &body).await;
    }
    assert_eq!(last.status, StatusCode::TOO_MANY_REQUESTS);
    // The clock stands at 02:00:00.
    assert_eq!(last.json()["retry_at"], "2026-11-25T02:01:00.000Z");
    assert_eq!(last.headers["retry-after"], "60");
}

#[tokio::test]
async fn it_lives_and_is_ready_and_describes_itself() {
    let mut client = Client::of(&Trial::sqlite().await);
    assert_eq!(client.get("/healthz").await.text, "ok\n");
    assert_eq!(client.get("/readyz").await.text, "ready\n");
    assert_eq!(client.get("/metrics").await.status, StatusCode::NOT_FOUND);
    assert_eq!(client.get("/api/v1/openapi.json").await.json()["info"]["title"], "Shiming");
}

#[test]
fn the_document_is_the_one_that_was_reviewed() {
    insta::assert_snapshot!(shiming_server::openapi().to_pretty_json().unwrap());
}

/// OpenAPI 3.1, 4.8.10: whoever makes a client from the document names its functions after them.
#[test]
fn every_operation_has_an_id_of_its_own() {
    let document = serde_json::to_value(shiming_server::openapi()).unwrap();
    let operations =
        document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap());
    let mut seen = std::collections::BTreeSet::new();
    for (method, operation) in operations.filter(|(_, operation)| operation.get("responses").is_some()) {
        let id = operation["operationId"].as_str().unwrap();
        assert!(seen.insert(id.to_owned()), "{method}: {id} is there twice");
    }
}
