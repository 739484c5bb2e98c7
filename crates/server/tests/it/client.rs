//! A client that keeps its cookie.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::Value;
use shiming_domain::id::SessionId;
use shiming_domain::moment::Span;
use shiming_server::{AppState, HttpOptions, router};
use shiming_store::account::{self as stored, NewSession};
use shiming_testkit::trial::{Folders, Trial};
use shiming_vault::OsEntropy;
use shiming_vault::token::Token;
use std::sync::atomic::{AtomicU32, Ordering};
use tower::ServiceExt as _;

static KEYS: AtomicU32 = AtomicU32::new(0);

/// A caller of one service.
#[derive(Clone)]
pub(crate) struct Client {
    router: Router,
    cookies: Vec<(String, String)>,
    bearer: Option<String>,
    folders: Folders,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }

    /// The `code` of a problem.
    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

impl Client {
    /// Of a service.
    pub(crate) fn of(trial: &Trial) -> Self {
        let state = AppState::new(trial.service.clone(), HttpOptions::default());
        Self { router: router(state), cookies: Vec::new(), bearer: None, folders: trial.folders() }
    }

    /// Of a service that takes any number of requests and shows metrics.
    pub(crate) fn tireless(trial: &Trial) -> Self {
        let options = HttpOptions { requests_per_s_max: 1_000_000, ..HttpOptions::default() };
        let state = AppState::new(trial.service.clone(), options);
        let router = router(state.with_metrics(|| "up 1\n".to_owned()));
        Self { router, cookies: Vec::new(), bearer: None, folders: trial.folders() }
    }

    /// Another caller of the same service.
    pub(crate) fn another(&self) -> Self {
        Self { router: self.router.clone(), cookies: Vec::new(), bearer: None, folders: self.folders.clone() }
    }

    /// With a machine's key.
    pub(crate) fn with_key(&self, key: &str) -> Self {
        Self { bearer: Some(key.to_owned()), ..self.another() }
    }

    /// Holds a session that was begun elsewhere.
    pub(crate) fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.push((name.to_owned(), value.to_owned()));
    }

    /// Begins a session of an account for an hour, without a password, which would only cost time here.
    pub(crate) async fn sign_in(&mut self, trial: &Trial, owner: &str) {
        let (service, token) = (&trial.service, Token::generate(&mut OsEntropy));
        let until = service.now() + Span::hours(1);
        let new = NewSession {
            id: service.id(SessionId::at),
            token: token.hash(),
            owner: owner.to_owned(),
            two_factors: false,
            complete: true,
            device: None,
            idle_until: until,
            until,
        };
        let mut tx = service.store().housekeep().await.unwrap();
        stored::insert_session(&mut tx, &new, service.now()).await.unwrap();
        tx.commit().await.unwrap();
        self.set_cookie("__Host-shiming", &token.reveal());
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, Body::empty(), &[]).await
    }

    pub(crate) async fn post(&mut self, path: &str, body: &Value) -> Answer {
        let key = format!("key-{}", KEYS.fetch_add(1, Ordering::SeqCst));
        self.post_with_key(path, body, &key).await
    }

    pub(crate) async fn post_with_key(&mut self, path: &str, body: &Value, key: &str) -> Answer {
        let headers = [("idempotency-key", key), ("content-type", "application/json")];
        self.send(Method::POST, path, Body::from(body.to_string()), &headers).await
    }

    pub(crate) async fn put(&mut self, path: &str, body: &Value) -> Answer {
        let headers = [("content-type", "application/json")];
        self.send(Method::PUT, path, Body::from(body.to_string()), &headers).await
    }

    pub(crate) async fn put_file(&mut self, path: &str, bytes: Vec<u8>) -> Answer {
        self.send(Method::PUT, path, Body::from(bytes), &[("content-type", "image/jpeg")]).await
    }

    pub(crate) async fn delete(&mut self, path: &str) -> Answer {
        self.send(Method::DELETE, path, Body::empty(), &[]).await
    }

    pub(crate) async fn send(
        &mut self,
        method: Method,
        path: &str,
        body: Body,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("x-shiming", "1");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(bearer) = &self.bearer {
            request = request.header("authorization", format!("Bearer {bearer}"));
        }
        if !self.cookies.is_empty() {
            let all: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("cookie", all.join("; "));
        }
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        for line in parts.headers.get_all("set-cookie") {
            let (name, rest) = line.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap_or_default();
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }
}
