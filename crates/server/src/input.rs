//! What comes in: axum's extractors with our own words when something does not fit.

use crate::problem::ApiError;
use crate::strict::{self, Fault};
use crate::{body, idempotent};
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;

/// Largest JSON body, bytes.
const JSON_BYTES_MAX: usize = idempotent::BODY_BYTES_MAX;

/// A JSON body. Unknown fields are refused by the types behind it.
pub(crate) struct Json<T>(pub(crate) T);

/// The query.
pub(crate) struct Query<T>(pub(crate) T);

/// Parts of the path.
pub(crate) struct Path<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        if !is_json(request.headers()) {
            return Err(ApiError::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "content_type",
                "Send JSON with `Content-Type: application/json`.",
            ));
        }
        let bytes = body::read(request.into_body(), JSON_BYTES_MAX).await?;
        strict::check(&bytes).map_err(malformed)?;
        // The error's own text may quote what was sent.
        serde_json::from_slice(&bytes).map(Self).map_err(|_| {
            ApiError::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "body_fields",
                "The body is JSON, but not of this request's shape: a field is missing, unknown or of another type.",
            )
        })
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let declared = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = declared.and_then(|text| text.split(';').next()).unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

fn malformed(fault: Fault) -> ApiError {
    let (code, detail) = match fault {
        Fault::Syntax => ("body_syntax", "The body is not JSON."),
        Fault::Depth => ("body_depth", "The body has more than 32 objects and lists within each other."),
        Fault::KeyTwice => ("body_key_twice", "An object of the body has a key twice."),
        Fault::Nul => ("body_character", "The body holds the character U+0000."),
    };
    ApiError::new(StatusCode::BAD_REQUEST, code, detail)
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let read: Result<axum::extract::Query<T>, QueryRejection> =
            axum::extract::Query::from_request_parts(parts, state).await;
        read.map(|axum::extract::Query(value)| Self(value)).map_err(|_| {
            ApiError::new(
                StatusCode::BAD_REQUEST,
                "query",
                "A parameter is unknown or is not of its type or range.",
            )
        })
    }
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let read: Result<axum::extract::Path<T>, PathRejection> =
            axum::extract::Path::from_request_parts(parts, state).await;
        // What is no id of ours names nothing.
        read.map(|axum::extract::Path(value)| Self(value)).map_err(|_| ApiError::not_found())
    }
}
