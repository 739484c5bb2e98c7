//! Errors on the wire: RFC 9457 problems with stable codes, and nothing of what was sent.

use crate::when::When;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use shiming_engine::service::{Error, Kind};

/// A problem, `application/problem+json`.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Problem {
    /// `https://shiming.dev/problems/` and the code: a name, not a page that must answer.
    #[serde(rename = "type")]
    kind: String,
    /// What the status means, in words.
    title: &'static str,
    /// HTTP status.
    status: u16,
    /// Stable code.
    code: String,
    /// What happened and what to do, for developers.
    detail: String,
    /// When it makes sense to try again.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_at: Option<When>,
}

/// What a handler fails with.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    problem: Box<Problem>,
    retry_after_s: Option<u64>,
}

impl ApiError {
    /// A problem.
    pub(crate) fn new(status: StatusCode, code: &str, detail: impl Into<String>) -> Self {
        let problem = Problem {
            kind: format!("https://shiming.dev/problems/{code}"),
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            code: code.to_owned(),
            detail: detail.into(),
            retry_at: None,
        };
        Self { status, problem: Box::new(problem), retry_after_s: None }
    }

    /// Come back after so many seconds.
    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_s = Some(seconds.max(1));
        self
    }

    pub(crate) fn unauthenticated() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", "Sign in, or send a key, and try again.")
    }

    pub(crate) fn forbidden() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "This is not for your role, scope or strength of sign-in.",
        )
    }

    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing here that you may see.")
    }

    pub(crate) fn internal() -> Self {
        let detail = "Something went wrong on our side. It is logged under the request's id.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
    }

    fn refused(refused: &shiming_engine::service::Refused) -> Self {
        let status = match refused.kind {
            Kind::Malformed => StatusCode::BAD_REQUEST,
            Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
            Kind::Forbidden => StatusCode::FORBIDDEN,
            Kind::NotFound => StatusCode::NOT_FOUND,
            Kind::Conflict => StatusCode::CONFLICT,
            Kind::Stale => StatusCode::PRECONDITION_FAILED,
            Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Kind::Unacceptable => StatusCode::UNPROCESSABLE_ENTITY,
            Kind::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Kind::Busy => StatusCode::SERVICE_UNAVAILABLE,
        };
        let mut error = Self::new(status, refused.code, refused.detail.clone());
        error.problem.retry_at = refused.retry_at.map(When);
        if matches!(refused.kind, Kind::Busy | Kind::TooMany) {
            error.retry_after_s = Some(2);
        }
        error
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        match &error {
            Error::Refused(refused) => Self::refused(refused),
            Error::Store(shiming_store::Error::Conflict { .. }) => Self::new(
                StatusCode::CONFLICT,
                "conflict",
                "It has changed in the meantime. Read it again and decide anew; nothing was saved.",
            ),
            _ if error.is_passing() => {
                tracing::warn!(code = error.code(), error = %chain(&error), "a request could not be served now");
                let detail = "The service cannot do this at the moment. Nothing is lost; try again.";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail).retry_after(2)
            }
            _ => {
                tracing::error!(code = error.code(), error = %chain(&error), "a request failed");
                Self::internal()
            }
        }
    }
}

/// An error with everything beneath it, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let code = self.problem.code.clone();
        let mut response = (self.status, Json(self.problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(crate::log::ProblemCode(code));
        response
    }
}
