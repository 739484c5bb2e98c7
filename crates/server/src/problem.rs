//! Errors on the wire: RFC 9457 problems with stable codes, and nothing of what was sent.

use crate::routes::applications::dto::ReasonDto;
use crate::when::When;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use shiming_domain::moment::{Span, Timestamp};
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
    /// Of the request, as in the header `x-request-id`.
    request_id: String,
    /// When it makes sense to try again; the header `Retry-After` says the same in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_at: Option<When>,
    /// What to tell the applicant, where it is about what they sent. Never a suspicion.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<ReasonDto>,
}

/// What a handler fails with.
#[derive(Clone, Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    problem: Box<Problem>,
    retry_after: Option<Span>,
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
            request_id: String::new(),
            retry_at: None,
            reasons: Vec::new(),
        };
        Self { status, problem: Box::new(problem), retry_after: None }
    }

    /// Come back after so many seconds.
    pub(crate) fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(Span::seconds(seconds.max(1)));
        self
    }

    /// What to tell the applicant.
    pub(crate) fn reasons(mut self, reasons: Vec<ReasonDto>) -> Self {
        self.problem.reasons = reasons;
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
        if refused.retry_at.is_none() && matches!(refused.kind, Kind::Busy | Kind::TooMany) {
            error = error.retry_after(2);
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

/// The error travels beside an empty body: [`write`] knows the request's id and the time.
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(crate::log::ProblemCode(self.problem.code.clone()));
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes the problem that a response carries, if it carries one.
pub(crate) fn write(mut response: Response, request_id: &str, now: Timestamp) -> Response {
    let Some(error) = response.extensions_mut().remove::<ApiError>() else { return response };
    let ApiError { status, mut problem, retry_after } = error;
    request_id.clone_into(&mut problem.request_id);
    let retry_at = problem.retry_at.map(|at| at.0).or(retry_after.map(|span| now + span));
    problem.retry_at = retry_at.map(When);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if let Some(at) = retry_at {
        // Never earlier than the moment in the body.
        let seconds = (at.since(now).us().saturating_add(999_999) / 1_000_000).max(1);
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    headers.remove(header::CONTENT_LENGTH);
    // A problem is plain data; nothing in it can fail to be written.
    *response.body_mut() = Body::from(serde_json::to_vec(&problem).unwrap_or_default());
    response
}
