//! What holds for every route.

use crate::client::Client;
use axum::http::StatusCode;
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
    let answer = client.delete("/healthz").await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::METHOD_NOT_ALLOWED, "method"));
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
