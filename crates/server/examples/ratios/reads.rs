//! An application as its owner sees it, beside the same rows read bare.

use crate::table::Line;
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt as _;
use shiming_domain::case::Role;
use shiming_domain::counters::{Counter, Scope};
use shiming_domain::id::{ApplicationId, StaffId};
use shiming_domain::reason::Step;
use shiming_engine::account::key::{self, NewKey};
use shiming_engine::application::view;
use shiming_engine::service::{Caller, Principal, Scope as May, Strength};
use shiming_server::{AppState, HttpOptions, router};
use shiming_testkit::trial::bare::{Bare, Type, Value};
use shiming_testkit::trial::rows::Schema;
use shiming_testkit::trial::stories::{self, Somebody};
use shiming_testkit::trial::{Database, Trial};
use std::time::{Duration, Instant};
use tower::ServiceExt as _;

const PEOPLE: u32 = 20;
const WARM: u32 = 20;

/// The rows an application is shown from, one statement for each table.
struct Query {
    statements: Vec<(String, Vec<Value>, Vec<Type>)>,
}

impl Query {
    async fn of(
        bare: &mut Bare,
        schema: &Schema,
        somebody: &Somebody,
        id: ApplicationId,
        counted: bool,
    ) -> Self {
        let id = id.to_string();
        let number = bare
            .rows(
                "SELECT number_index FROM form WHERE application = $1",
                &[id.as_str().into()],
                &[Type::Bytes],
            )
            .await;
        let number = match number.first().map(Vec::as_slice) {
            Some([Value::Bytes(Some(bytes))]) => {
                bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
            }
            _ => String::new(),
        };
        let by_application = vec![Value::from(id.as_str())];
        let select = |table: &str, condition: &str, values: &[Value]| {
            let columns = &schema.table(table).columns;
            let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
            let sql = format!("SELECT {} FROM {table} WHERE {condition}", names.join(", "));
            (sql, values.to_vec(), columns.iter().map(|(_, kind)| *kind).collect())
        };
        let mut statements = vec![
            select("application", "id = $1", &by_application),
            select("form", "application = $1", &by_application),
            select("attempt", "application = $1", &by_application),
            select("decision", "application = $1", &by_application),
        ];
        if counted {
            let steps = [Step::Consent, Step::Form, Step::PortraitSide, Step::EmblemSide, Step::Selfie];
            let counters = steps.iter().flat_map(|step| Counter::of_step(*step));
            let values: Vec<Value> = counters
                .flat_map(|counter| {
                    let scope = match counter.scope() {
                        Scope::Application => id.clone(),
                        Scope::Account => somebody.account.to_string(),
                        Scope::IdNumber => number.clone(),
                    };
                    [Value::from(counter.as_str()), Value::from(scope)]
                })
                .collect();
            let pairs: Vec<String> =
                (0..values.len() / 2).map(|n| format!("(${}, ${})", 2 * n + 1, 2 * n + 2)).collect();
            let condition = format!("(counter, scope) IN (VALUES {})", pairs.join(", "));
            statements.push(select("tally", &condition, &values));
        }
        Self { statements }
    }

    async fn run(&self, bare: &mut Bare) -> Duration {
        let begun = Instant::now();
        bare.begin_read().await;
        for (sql, values, types) in &self.statements {
            std::hint::black_box(bare.rows(sql, values, types).await);
        }
        bare.commit().await;
        begun.elapsed()
    }
}

/// Reads drafts and approved applications, through the engine and over HTTP.
pub(crate) async fn measure(database: Database, rounds: u32) -> Vec<Line> {
    let name = database.name;
    let trial = Trial::on(database).await;
    let mut bare = Bare::open(&trial.database).await;
    let schema = Schema::of(&mut bare).await;
    let mut lines = Vec::new();
    for (kind, approve) in [("draft", false), ("approved application", true)] {
        let mut people = Vec::new();
        for n in 0..PEOPLE {
            let (somebody, id) = if approve {
                stories::approved(&trial, n).await
            } else {
                let somebody = stories::registered(&trial, 1000 + n).await;
                let id = stories::filled(&trial, &somebody, 1).await;
                (somebody, id)
            };
            let query = Query::of(&mut bare, &schema, &somebody, id, !approve).await;
            people.push((somebody, id, query));
        }
        let (router, key) = (http(&trial), machine(&trial).await);
        let (mut engine, mut http, mut other) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..rounds + WARM {
            let (somebody, id, query) = &people[round as usize % people.len()];
            let begun = Instant::now();
            std::hint::black_box(view(&trial.service, &somebody.caller, *id).await.expect("a view"));
            let (ours, theirs) = (begun.elapsed(), query.run(&mut bare).await);
            let over_http = get(&router, &key, *id).await;
            if round >= WARM {
                engine.push(ours);
                other.push(theirs);
                http.push(over_http);
            }
        }
        lines.push(Line::rate(&format!("read of a {kind}"), name, &mut engine, &mut other, Some(0.5)));
        lines.push(Line::rate(&format!("read of a {kind} over HTTP"), name, &mut http, &mut other, None));
    }
    lines
}

/// The router, without the limit of requests a second.
fn http(trial: &Trial) -> Router {
    let options = HttpOptions { requests_per_s_max: 1_000_000, ..HttpOptions::default() };
    router(AppState::new(trial.service.clone(), options))
}

/// A key that may read applications.
pub(crate) async fn machine(trial: &Trial) -> String {
    let principal =
        Principal::Staff { staff: StaffId::from_bits(1), role: Role::Operator, session: String::new() };
    let now = Some(trial.service.now());
    let operator = Caller { principal, strength: Strength::TwoFactors, verified_at: now, ..Caller::system() };
    let new = NewKey { label: "ratios".to_owned(), scopes: vec![May::ApplicationsWrite], days: None };
    let made = key::create(&trial.service, &operator, new).await.expect("a key");
    made.commit().await.expect("it lasts").done().expect("nobody else is asked").secret
}

async fn get(router: &Router, key: &str, id: ApplicationId) -> Duration {
    let request = Request::get(format!("/api/v1/applications/{id}"))
        .header("authorization", format!("Bearer {key}"))
        .body(Body::empty())
        .expect("a request");
    let begun = Instant::now();
    let response = router.clone().oneshot(request).await.expect("an answer");
    assert!(response.status().is_success(), "{}", response.status());
    std::hint::black_box(response.into_body().collect().await.expect("a body"));
    begun.elapsed()
}
