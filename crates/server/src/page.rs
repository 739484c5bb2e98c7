//! Lists in pages: an opaque cursor that only whoever got it can use.

use crate::problem::ApiError;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use shiming_engine::service::{Caller, Service};

/// Entries of a page, if the caller does not say.
const LIMIT: u32 = 20;
/// Entries of a page at most.
pub(crate) const LIMIT_MAX: u32 = 100;

/// What a list takes.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging {
    /// Entries of a page, 1 to 100.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(max_length = 400)]
    cursor: Option<String>,
}

/// A page of a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Page<T> {
    /// Always `list`.
    object: &'static str,
    /// The entries.
    data: Vec<T>,
    /// Where the next page begins; missing on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// A page; `next` is where the next one begins, as the store knows it.
    pub(crate) fn new(
        service: &Service,
        caller: &Caller,
        data: Vec<T>,
        next: Option<&str>,
    ) -> Result<Self, ApiError> {
        let next_cursor = match next {
            Some(place) => Some(format!("{place}.{}", mac(service, caller, place)?)),
            None => None,
        };
        Ok(Self { object: "list", data, next_cursor })
    }
}

impl Paging {
    /// For lists that take more than a place and a length.
    pub(crate) fn new(limit: Option<u32>, cursor: Option<String>) -> Self {
        Self { limit, cursor }
    }

    /// Entries of the page.
    pub(crate) fn limit(&self) -> Result<u32, ApiError> {
        match self.limit {
            None => Ok(LIMIT),
            Some(limit) if (1..=LIMIT_MAX).contains(&limit) => Ok(limit),
            Some(_) => {
                Err(ApiError::new(StatusCode::BAD_REQUEST, "query", "`limit` lies between 1 and 100."))
            }
        }
    }

    /// Where the page begins, as the store knows it.
    pub(crate) fn place(&self, service: &Service, caller: &Caller) -> Result<Option<&str>, ApiError> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let wrong = || ApiError::new(StatusCode::BAD_REQUEST, "cursor", "This is no cursor you were given.");
        let (place, tag) = cursor.rsplit_once('.').ok_or_else(wrong)?;
        // Not secret against its owner, so an ordinary comparison will do.
        if mac(service, caller, place)? == tag { Ok(Some(place)) } else { Err(wrong()) }
    }
}

fn mac(service: &Service, caller: &Caller, place: &str) -> Result<String, ApiError> {
    let bucket = service.bucket("cursor", &format!("{}\n{place}", caller.actor().id))?;
    Ok(bucket.trim_start_matches("cursor:").to_owned())
}
