//! What the console reads, over HTTP, on both databases.

use crate::client::Client;
use axum::http::StatusCode;
use serde_json::{Value, json};
use shiming_testkit::trial::{Trial, databases, stories};
use shiming_vault::totp::TotpSecret;

const PASSWORD: &str = "tea at four, cake at five";

/// Signs in for the first time and sets up the second factor.
async fn enter(trial: &Trial, email: &str) -> Client {
    let mut client = Client::of(trial);
    let body = json!({ "contact": email, "password": PASSWORD, "as": "staff" });
    let signed_in = client.post("/api/v1/sessions", &body).await;
    assert_eq!(signed_in.status, StatusCode::CREATED, "{}", signed_in.text);
    let begun = client.post("/api/v1/factors/totp?as=staff", &json!({})).await.json();
    let secret = TotpSecret::parse(begun["secret"].as_str().unwrap()).unwrap();
    let body = json!({ "code": secret.shown_at(trial.service.now().unix_ms() / 1000) });
    let done = client.post("/api/v1/factors/totp/confirm?as=staff", &body).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    client
}

fn token(link: &str) -> String {
    link.rsplit_once('#').unwrap().1.to_owned()
}

/// The administrator of the first start.
async fn operator(trial: &Trial) -> Client {
    let link = shiming_engine::account::setup_link(&trial.service).await.unwrap().unwrap();
    let body = json!({ "token": token(&link), "password": PASSWORD,
        "administrator": { "name": "Admin", "email": "admin@example.org" } });
    assert_eq!(Client::of(trial).post("/api/v1/staff/setup", &body).await.status, StatusCode::CREATED);
    enter(trial, "admin@example.org").await
}

/// Somebody the administrator invites.
async fn member(trial: &Trial, operator: &mut Client, role: &str) -> Client {
    let email = format!("{role}@example.org");
    let invited =
        operator.post("/api/v1/staff", &json!({ "name": "Li", "email": email, "role": role })).await;
    let body = json!({ "token": token(invited.json()["link"].as_str().unwrap()), "password": PASSWORD });
    assert_eq!(Client::of(trial).post("/api/v1/staff/setup", &body).await.status, StatusCode::CREATED);
    enter(trial, &email).await
}

#[tokio::test]
async fn everybody_of_staff_reads_who_they_are_the_catalogue_and_the_policy() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let mut operator = operator(&trial).await;
        let mut reviewer = member(&trial, &mut operator, "reviewer").await;
        let me = reviewer.get("/api/v1/staff/me").await.json();
        assert_eq!((&me["role"], &me["name"]), (&json!("reviewer"), &json!("Li")));

        let catalogue = reviewer.get("/api/v1/staff/reasons").await.json();
        let find = |code: &str| {
            let rows = catalogue["data"].as_array().unwrap();
            rows.iter().find(|row| row["code"] == code).cloned().unwrap_or(Value::Null)
        };
        assert_eq!(find("IMG_BLUR")["steps"], json!(["portrait_side", "emblem_side", "selfie"]));
        assert_eq!(find("DOC_TAMPERED")["public_code"], "DOC_UNCONFIRMED");
        assert_eq!(find("IMG_BLUR")["title"]["zh-CN"], "照片模糊");
        assert_eq!(find("IMG_BLUR")["note"]["en"], "use only if text or face really unreadable");
        assert_eq!(
            (find("DOC_TAMPERED")["final"].clone(), find("IMG_BLUR")["final"].clone()),
            (json!(true), json!(false))
        );
        assert_eq!(find("DOC_UNCONFIRMED"), Value::Null, "a stand-in is nothing to decide by");

        let policy = reviewer.get("/api/v1/policy").await.json();
        assert_eq!(policy["rules"]["review"]["lease_min"], 15);
        assert!(policy["text"].as_str().unwrap().contains("[review]"));
    }
}

#[tokio::test]
async fn somebody_is_found_by_number_and_contact_and_the_look_leaves_a_row() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let mut operator = operator(&trial).await;
        let mut support = member(&trial, &mut operator, "support").await;
        let somebody = stories::registered(&trial, 1).await;
        stories::declared(&trial, &somebody, 1).await;
        let path = "/api/v1/people/search";
        let by_number = json!({ "by": "id_number", "value": somebody.printed.number });
        let found = support.post(path, &by_number).await;
        assert_eq!(found.status, StatusCode::OK, "{}", found.text);
        let account = somebody.account.to_string();
        assert_eq!(found.json()["data"][0]["id"], json!(account), "{}", trial.database.name);
        assert_eq!(found.json()["data"][0]["applications"][0]["status"], "draft");
        assert!(!found.text.contains(&somebody.printed.number));
        let by_account = json!({ "by": "account", "value": account });
        assert_eq!(support.post(path, &by_account).await.json()["data"].as_array().unwrap().len(), 1);
        let nobody = json!({ "by": "contact", "value": "nobody@example.org" });
        assert_eq!(support.post(path, &nobody).await.json()["data"], json!([]));
        let wrong = support.post(path, &json!({ "by": "id_number", "value": "12" })).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(found.json()["data"][0]["verification"], Value::Null);
        let (verified, _) = stories::approved(&trial, 2).await;
        let by_account = json!({ "by": "account", "value": verified.account.to_string() });
        let found = support.post(path, &by_account).await.json();
        assert_eq!(found["data"][0]["verification"]["standing"], "valid", "{}", trial.database.name);
        // The operator runs the house and looks nobody up.
        assert_eq!(operator.post(path, &by_number).await.status, StatusCode::FORBIDDEN);

        while shiming_store::audit::sequence(trial.service.store(), 500).await.unwrap() > 0 {}
        let rows = operator.get("/api/v1/audit?limit=100").await;
        let looks: Vec<Value> = rows.json()["data"].as_array().unwrap().clone();
        let looks: Vec<&Value> = looks.iter().filter(|row| row["action"] == "person.search").collect();
        assert_eq!(looks.len(), 4);
        assert_eq!(looks[3]["further"]["accounts"], json!([account]));
        assert!(!rows.text.contains(&somebody.printed.number));
        let mine =
            operator.get(&format!("/api/v1/audit?actor={}", looks[0]["actor"].as_str().unwrap())).await;
        assert!(mine.json()["data"].as_array().unwrap().iter().all(|row| row["actor"] == looks[0]["actor"]));
        assert_eq!(support.get("/api/v1/audit").await.status, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn the_audit_is_read_in_pages() {
    let trial = Trial::sqlite().await;
    let mut operator = operator(&trial).await;
    while shiming_store::audit::sequence(trial.service.store(), 500).await.unwrap() > 0 {}
    let first = operator.get("/api/v1/audit?limit=1").await.json();
    let cursor = first["next_cursor"].as_str().unwrap().to_owned();
    let second = operator.get(&format!("/api/v1/audit?limit=1&cursor={cursor}")).await.json();
    let index = |page: &Value| page["data"][0]["index"].as_i64().unwrap();
    assert_eq!(index(&second), index(&first) - 1);
}

#[tokio::test]
async fn figures_count_what_happened() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let mut operator = operator(&trial).await;
        stories::approved(&trial, 1).await;
        let somebody = stories::registered(&trial, 2).await;
        stories::begun(&trial, &somebody, 1).await;
        let figures = operator.get("/api/v1/figures?days=7").await;
        assert_eq!(figures.status, StatusCode::OK, "{}", figures.text);
        let figures = figures.json();
        assert_eq!((&figures["begun"], &figures["submitted"]), (&json!(2), &json!(1)));
        assert_eq!(figures["decisions"], json!([{ "by": "system", "outcome": "approve", "count": 1 }]));
        assert_eq!(figures["system"]["count"], 1);
        let days = figures["days"].as_array().unwrap();
        assert_eq!((days.len(), &days[6]["approved"]), (7, &json!(1)));
        assert_eq!(operator.get("/api/v1/figures?days=0").await.status, StatusCode::BAD_REQUEST);
        let mut support = member(&trial, &mut operator, "support").await;
        assert_eq!(support.get("/api/v1/figures").await.status, StatusCode::FORBIDDEN);
    }
}
