//! `If-Match` and `ETag`: a version that is named is not written over.

use crate::problem::ApiError;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

/// What `If-Match` means, for the document of a route.
pub(crate) const IF_MATCH: &str =
    "The `version` that was seen, as a number or as the `ETag` that names it; 412 if it has changed since";

/// The version a caller saw, if they name one. `*` names none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct IfMatch(pub(crate) Option<u64>);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else { return Ok(Self(None)) };
        let seen = value.to_str().ok().and_then(read).ok_or_else(|| {
            let detail = "`If-Match` is the version that was seen, such as \"7\".";
            ApiError::new(StatusCode::BAD_REQUEST, "if_match", detail)
        })?;
        Ok(seen)
    }
}

fn read(text: &str) -> Option<IfMatch> {
    let text = text.trim();
    if text == "*" {
        return Some(IfMatch(None));
    }
    let bare = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let number = bare.bytes().all(|byte| byte.is_ascii_digit());
    bare.parse().ok().filter(|_| number).map(|version| IfMatch(Some(version)))
}

/// Names the version of what is answered.
pub(crate) fn tagged(mut response: Response, version: u64) -> Response {
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{version}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// It has changed since.
pub(crate) fn stale() -> ApiError {
    let detail = "It has changed since the version you named; nothing was saved. Read it, decide again.";
    ApiError::new(StatusCode::PRECONDITION_FAILED, "version_stale", detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_a_number_or_a_strong_tag() {
        assert_eq!(read("7"), Some(IfMatch(Some(7))));
        assert_eq!(read(" \"7\" "), Some(IfMatch(Some(7))));
        assert_eq!(read("*"), Some(IfMatch(None)));
        for text in ["", "\"7", "W/\"7\"", "\"7\", \"8\"", "+7", "-1", "99999999999999999999"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
