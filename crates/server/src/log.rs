//! One line a request, one id a request. Never a body, a query, a cookie or an address.

use crate::identity::Identity;
use crate::state::AppState;
use axum::extract::{MatchedPath, Request, State};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;
use shiming_domain::id::EventId;
use std::time::Instant;

/// The id of a request: ours, never the caller's.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(pub(crate) String);

/// The code of the problem that was answered.
#[derive(Clone, Debug)]
pub(crate) struct ProblemCode(pub(crate) String);

/// Who asked, handed outward for the line.
#[derive(Clone, Debug)]
struct Asked(String);

pub(crate) async fn layer(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let start = Instant::now();
    let id = state.service.id(EventId::at).to_string().replacen("evt_", "req_", 1);
    request.extensions_mut().insert(RequestId(id.clone()));
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let response = next.run(request).await;
    let mut response = crate::problem::write(response, &id, state.service.now());
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", value);
    }
    let elapsed = start.elapsed();
    let status = response.status().as_u16();
    let code = response.extensions().get::<ProblemCode>().map_or("", |code| code.0.as_str());
    let who = response.extensions().get::<Asked>().map_or("", |asked| asked.0.as_str());
    let duration_ms = elapsed.as_millis() as u64;
    tracing::info!(target: "request", request_id = id, %method, route, status, code, who, duration_ms, "request");
    let labels = [("route", route), ("method", method.to_string()), ("status", status.to_string())];
    metrics::counter!("shiming_http_requests_total", &labels).increment(1);
    metrics::histogram!("shiming_http_request_seconds", &labels).record(elapsed.as_secs_f64());
    response
}

/// Inside of the identity: tells the line who asked.
pub(crate) async fn who(request: Request, next: Next) -> Response {
    let who = request.extensions().get::<Identity>().map(|identity| identity.foremost().actor().id);
    let mut response = next.run(request).await;
    if let Some(who) = who {
        response.extensions_mut().insert(Asked(who));
    }
    response
}
