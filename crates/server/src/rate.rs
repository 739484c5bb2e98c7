//! The rate of one process: keeps a single caller from taking the machine. Limits that are a promise (sign-ins,
//! codes, tries) are counted in the database by `engine`.

use crate::identity::Identity;
use crate::problem::ApiError;
use crate::state::AppState;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use shiming_engine::service::Principal;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Callers remembered at once; beyond it the idle ones are forgotten.
const CALLERS_MAX: usize = 20_000;

/// Token buckets: so many a second, twice as many at once.
pub(crate) struct Rates {
    per_s: f64,
    buckets: Mutex<HashMap<String, Bucket>>,
}

struct Bucket {
    tokens: f64,
    at: Instant,
}

impl Rates {
    pub(crate) fn new(per_s: u32) -> Self {
        Self { per_s: f64::from(per_s.max(1)), buckets: Mutex::new(HashMap::new()) }
    }

    fn burst(&self) -> f64 {
        self.per_s * 2.0
    }

    /// Takes one token; answers how many are left, or `None`.
    fn take(&self, who: &str, now: Instant) -> Option<u32> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= CALLERS_MAX {
            // A full bucket is as good as none.
            buckets
                .retain(|_, bucket| now.duration_since(bucket.at).as_secs_f64() * self.per_s < self.burst());
        }
        let full = Bucket { tokens: self.burst(), at: now };
        let bucket = buckets.entry(who.to_owned()).or_insert(full);
        let gained = now.duration_since(bucket.at).as_secs_f64() * self.per_s;
        bucket.tokens = (bucket.tokens + gained).min(self.burst());
        bucket.at = now;
        if bucket.tokens < 1.0 {
            return None;
        }
        bucket.tokens -= 1.0;
        Some(bucket.tokens as u32)
    }
}

pub(crate) async fn layer(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let Some(identity) = request.extensions().get::<Identity>() else {
        return ApiError::internal().into_response();
    };
    let caller = identity.foremost();
    let who = match &caller.principal {
        Principal::Anyone => caller.network.clone().unwrap_or_default(),
        _ => caller.actor().id,
    };
    let left = state.rates.take(&who, Instant::now());
    let mut response = match left {
        Some(_) => next.run(request).await,
        None => ApiError::new(StatusCode::TOO_MANY_REQUESTS, "rate", "Too many requests. Slow down.")
            .retry_after(1)
            .into_response(),
    };
    let per_s = state.options.requests_per_s_max;
    let headers = response.headers_mut();
    // draft-ietf-httpapi-ratelimit-headers-11
    if let Ok(policy) = HeaderValue::from_str(&format!("\"process\";q={per_s};w=1")) {
        headers.insert("ratelimit-policy", policy);
    }
    if let Ok(rate) = HeaderValue::from_str(&format!("\"process\";r={};t=1", left.unwrap_or(0))) {
        headers.insert("ratelimit", rate);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_burst_passes_and_then_so_many_a_second() {
        let rates = Rates::new(10);
        let start = Instant::now();
        let passed = (0..50).filter(|_| rates.take("a", start).is_some()).count();
        assert_eq!(passed, 20);
        assert!(rates.take("b", start).is_some());
        let later = start + Duration::from_millis(500);
        assert_eq!((0..50).filter(|_| rates.take("a", later).is_some()).count(), 5);
    }
}
