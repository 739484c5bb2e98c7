//! For whoever runs it: is it alive, does it take requests, how does it do.

use crate::access::{Row, Who, row};
use crate::problem::ApiError;
use crate::state::AppState;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use std::sync::OnceLock;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) const ACCESS: &[Row] = &[
    row("GET", "/healthz", &[Who::Anyone]),
    row("GET", "/readyz", &[Who::Anyone]),
    row("GET", "/metrics", &[Who::Anyone]),
    row("GET", "/api/v1/openapi.json", &[Who::Anyone]),
];

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(healthz))
        .routes(routes!(readyz))
        .routes(routes!(metrics))
        .routes(routes!(document))
}

/// The process is alive.
#[utoipa::path(get, path = "/healthz", tag = "operations", responses((status = 200, description = "Alive", body = String)))]
async fn healthz() -> &'static str {
    "ok\n"
}

/// New requests are welcome, and the database answers.
#[utoipa::path(get, path = "/readyz", tag = "operations", responses(
    (status = 200, description = "Ready", body = String),
    (status = 503, description = "Not now", body = crate::problem::Problem, content_type = "application/problem+json"),
))]
async fn readyz(State(state): State<AppState>) -> Result<&'static str, ApiError> {
    let not_now = || ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", "Not ready.").retry_after(2);
    if !state.is_ready() || state.service.store().ping().await.is_err() {
        return Err(not_now());
    }
    Ok("ready\n")
}

/// Counts and times in Prometheus' text format. No label names a person.
#[utoipa::path(get, path = "/metrics", tag = "operations", responses(
    (status = 200, description = "Metrics", body = String),
    (status = 404, description = "Not set up", body = crate::problem::Problem, content_type = "application/problem+json"),
))]
async fn metrics(State(state): State<AppState>) -> Result<Response, ApiError> {
    let text = state.metrics().ok_or_else(ApiError::not_found)?;
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response())
}

/// This interface, described.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "operations", responses((status = 200, description = "OpenAPI 3.1", body = serde_json::Value)))]
async fn document() -> Result<Response, ApiError> {
    static DOCUMENT: OnceLock<Bytes> = OnceLock::new();
    let written = if let Some(written) = DOCUMENT.get() {
        written.clone()
    } else {
        let written = serde_json::to_vec(&super::openapi()).map_err(|_| ApiError::internal())?;
        DOCUMENT.get_or_init(|| written.into()).clone()
    };
    Ok(([(header::CONTENT_TYPE, "application/json")], written).into_response())
}
