//! Every route, with who may call it.

mod accounts;
pub(crate) mod applications;
mod cases;
mod console;
mod handoffs;
mod health;
mod limits;
mod liveness;
mod notices;
mod proposals;
mod tickets;

use crate::access::Row;
use crate::problem::ApiError;
use crate::state::AppState;
use crate::{access, document, headers, idempotent, identity, log, rate, web};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use futures_util::FutureExt as _;
use std::panic::AssertUnwindSafe;
use tower::ServiceBuilder;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// Who may call which route.
pub(crate) const ACCESS: &[&[Row]] = &[
    health::ACCESS,
    accounts::ACCESS,
    applications::ACCESS,
    liveness::ACCESS,
    handoffs::ACCESS,
    cases::ACCESS,
    console::ACCESS,
    tickets::ACCESS,
    limits::ACCESS,
    notices::ACCESS,
    proposals::ACCESS,
];

#[derive(utoipa::OpenApi)]
#[openapi(info(
    title = "Shiming",
    description = "Self-hosted real-name verification. Conventions: docs/API-DESIGN.md.",
    license(name = "Apache-2.0", identifier = "Apache-2.0")
))]
struct Document;

fn api() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(Document::openapi())
        .merge(health::router())
        .merge(accounts::router())
        .merge(applications::router())
        .merge(liveness::router())
        .merge(handoffs::router())
        .merge(cases::router())
        .merge(console::router())
        .merge(tickets::router())
        .merge(limits::router())
        .merge(notices::router())
        .merge(proposals::router())
}

/// The document that describes the routes, generated from them and from the table of access.
pub fn openapi() -> OpenApi {
    let mut document = api().into_openapi();
    document::complete(&mut document);
    document
}

/// Everything, ready to be served.
pub fn router(state: AppState) -> Router {
    let (router, _) = api().split_for_parts();
    let layers = ServiceBuilder::new()
        .layer(from_fn_with_state(state.clone(), guarded))
        .layer(from_fn_with_state(state.clone(), identity::identify))
        .layer(from_fn(log::who))
        .layer(from_fn_with_state(state.clone(), rate::layer))
        .layer(from_fn(access::gate))
        .layer(from_fn_with_state(state.clone(), idempotent::layer));
    router
        .fallback(page)
        .method_not_allowed_fallback(|| async {
            ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "method", "This address has no such method.")
        })
        .route_layer(layers)
        .layer(from_fn(headers::layer))
        .layer(from_fn_with_state(state.clone(), log::layer))
        .with_state(state)
}

/// What no route takes is a page or a part of one, or not there.
async fn page(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    web::answer(&method, &uri, &headers).unwrap_or_else(|| ApiError::not_found().into_response())
}

/// Ends what takes too long, and turns a panic into a problem.
async fn guarded(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let run = AssertUnwindSafe(next.run(request)).catch_unwind();
    match tokio::time::timeout(state.options.request_max, run).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => {
            // The panic hook has told the place; its text may hold anything.
            tracing::error!(code = "panic", "a handler panicked");
            ApiError::internal().into_response()
        }
        Err(_) => ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "timeout", "This took too long. Try again.")
            .retry_after(2)
            .into_response(),
    }
}
