//! Every route has a row of who may call it, and no row is without a route.

use crate::client::Client;
use axum::body::Body;
use axum::http::{Method, StatusCode};
use shiming_server::access::{Who, rows};
use shiming_testkit::trial::Trial;
use std::collections::BTreeSet;

fn documented() -> BTreeSet<(String, String)> {
    let document = serde_json::to_value(shiming_server::openapi()).unwrap();
    let mut all = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            all.insert((method.to_uppercase(), path.clone()));
        }
    }
    all
}

#[test]
fn every_route_has_exactly_one_row() {
    let listed: Vec<(String, String)> =
        rows().map(|row| (row.method.to_owned(), row.path.to_owned())).collect();
    let distinct: BTreeSet<_> = listed.iter().cloned().collect();
    assert_eq!(listed.len(), distinct.len(), "a route is listed twice");
    assert_eq!(distinct, documented());
}

#[tokio::test]
async fn a_stranger_is_let_in_nowhere_but_where_everybody_is() {
    let mut client = Client::of(&Trial::sqlite().await);
    for row in rows() {
        let path = row.path.replace("{id}", "app_00000000000000000000000001");
        let method: Method = row.method.parse().unwrap();
        let headers = [("idempotency-key", "k"), ("content-type", "application/json")];
        let answer = client.send(method, &path, Body::from("{}"), &headers).await;
        let open = row.who.contains(&Who::Anyone);
        if !open {
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{} {}", row.method, row.path);
        }
        assert!(
            answer.status.as_u16() < 500 || answer.status == StatusCode::SERVICE_UNAVAILABLE,
            "{} {}",
            row.method,
            row.path
        );
    }
}
