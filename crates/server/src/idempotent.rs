//! Repeated POSTs: the same key with the same body gets the first answer, and the work is done once.

use crate::access;
use crate::body;
use crate::identity::Identity;
use crate::problem::ApiError;
use crate::state::AppState;
use axum::body::Body;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use shiming_engine::service::{Pending, Principal, Reserved};
use shiming_store::idempotency;
use shiming_vault::digest::Sha256;

/// Largest body of a POST, bytes.
pub(crate) const BODY_BYTES_MAX: usize = 64 << 10;
/// Characters of a key.
pub(crate) const KEY_CHARS_MAX: usize = 255;

/// POSTs without a lasting effect that a repetition could double, or whose answer must not be kept (tokens in
/// cookies, challenges). They take no key.
pub(crate) const EXEMPT: &[&str] = &[
    "/api/v1/sessions",
    "/api/v1/sessions/second-factor",
    "/api/v1/sessions/second-factor/options",
    "/api/v1/sessions/passkey",
    "/api/v1/sessions/passkey/options",
    "/api/v1/factors/passkeys/options",
    "/api/v1/applications/{id}/liveness",
    "/api/v1/applications/{id}/handoffs",
    "/api/v1/handoffs/look",
    "/api/v1/handoffs/claim",
    "/api/v1/limits/check",
];

/// The reserved key of this request; handlers answer through it.
pub(crate) struct Idempotent {
    request: Option<idempotency::Request>,
}

#[derive(Clone)]
struct Reservation(idempotency::Request);

/// Marks an answer that is kept.
#[derive(Clone, Copy)]
struct Kept;

impl Idempotent {
    /// Commits the work together with its answer.
    pub(crate) async fn finish<T, V: Serialize>(
        self,
        pending: Pending<T>,
        status: StatusCode,
        view: impl FnOnce(&T) -> V,
    ) -> Result<Response, ApiError> {
        let body = serde_json::to_vec(&view(&pending.value)).map_err(|_| ApiError::internal())?;
        match self.request {
            Some(request) => pending.commit_with(&request, status.as_u16(), &body).await?,
            None => pending.commit().await?,
        };
        let mut response = answer(status, body);
        response.extensions_mut().insert(Kept);
        Ok(response)
    }
}

fn answer(status: StatusCode, body: Vec<u8>) -> Response {
    let json = HeaderValue::from_static("application/json");
    let mut response = (status, body).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

impl<S: Send + Sync> FromRequestParts<S> for Idempotent {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let request = parts.extensions.get::<Reservation>().map(|reservation| reservation.0.clone());
        Ok(Self { request })
    }
}

/// Reserves the key of a POST, or answers for it.
pub(crate) async fn layer(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    // A path that has no POST answers 405, with a key or without.
    let takes_key = |path: &str| {
        !EXEMPT.contains(&path) && access::rows().any(|row| row.method == "POST" && row.path == path)
    };
    if request.method() != Method::POST || !path.is_some_and(takes_key) {
        return next.run(request).await;
    }
    match run(&state, request, next).await {
        Ok(response) => response,
        Err(error) => error.into_response(),
    }
}

async fn run(state: &AppState, request: Request, next: Next) -> Result<Response, ApiError> {
    let (mut parts, body) = request.into_parts();
    let body = body::read(body, BODY_BYTES_MAX).await?;
    let reserved = key(&parts, &body)?;
    match state.service.reserve(&reserved).await? {
        Reserved::Begin => {}
        Reserved::Done { status, body } => {
            let status = StatusCode::from_u16(status).map_err(|_| ApiError::internal())?;
            let mut response = answer(status, body);
            response.headers_mut().insert("idempotent-replayed", HeaderValue::from_static("true"));
            return Ok(response);
        }
        Reserved::InFlight => {
            let detail = "The first request with this key still runs.";
            return Err(ApiError::new(StatusCode::CONFLICT, "idempotency_in_flight", detail).retry_after(1));
        }
        Reserved::OtherRequest => {
            let detail = "This key was used for another request. Take a new key for new work.";
            return Err(ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", detail));
        }
    }
    parts.extensions.insert(Reservation(reserved.clone()));
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    if response.extensions().get::<Kept>().is_none() {
        state.service.release(&reserved).await?;
    }
    Ok(response)
}

fn key(parts: &Parts, body: &[u8]) -> Result<idempotency::Request, ApiError> {
    let malformed = || {
        ApiError::new(
            StatusCode::BAD_REQUEST,
            "idempotency_key",
            "Send `Idempotency-Key` with 1 to 255 visible ASCII characters, new for each piece of work.",
        )
    };
    let key =
        parts.headers.get("idempotency-key").and_then(|value| value.to_str().ok()).ok_or_else(malformed)?;
    if key.is_empty() || key.len() > KEY_CHARS_MAX || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(malformed());
    }
    let identity = parts.extensions.get::<Identity>().ok_or_else(ApiError::internal)?;
    let caller = identity.foremost();
    let who = match &caller.principal {
        // Strangers share nothing but their network; their keys must not meet.
        Principal::Anyone => caller.network.clone().unwrap_or_else(|| "anyone".to_owned()),
        _ => caller.actor().id,
    };
    let path = parts.uri.path();
    let text = format!("{}\n{path}\n{}\n", parts.method, parts.uri.query().unwrap_or_default());
    let fingerprint = *Sha256::of(&[text.as_bytes(), body].concat()).as_bytes();
    Ok(idempotency::Request {
        scope: format!("{who} {} {path}", parts.method),
        key: key.to_owned(),
        fingerprint,
    })
}
