//! Who may call which route. What is not listed is refused, and a test compares the list with the routes.
//!
//! This is the coarse gate. Whether this applicant owns that application, or this reviewer may decide that
//! case, is asked in `engine`.

use crate::identity::Identity;
use crate::problem::ApiError;
use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use shiming_domain::case::Role;
use shiming_engine::service::{Caller, Scope, Strength};

/// Somebody who may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Everybody, signed in or not.
    Anyone,
    /// The owner of an account.
    Applicant,
    /// A phone that was handed the pictures of one application.
    Phone,
    /// A machine with this scope.
    Machine(Scope),
    /// Staff in this role, signed in with two factors.
    Staff(Role),
    /// Whoever holds a session, also one that waits for its second factor. The route asks for it itself.
    Session,
}

/// One row: a route and everybody who may call it.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// `GET`, `POST`, …
    pub method: &'static str,
    /// As in OpenAPI: `/api/v1/applications/{id}`.
    pub path: &'static str,
    /// Who may.
    pub who: &'static [Who],
}

/// A row.
pub(crate) const fn row(method: &'static str, path: &'static str, who: &'static [Who]) -> Row {
    Row { method, path, who }
}

/// All rows of all routes.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    crate::routes::ACCESS.iter().copied().flatten()
}

impl Who {
    fn is(self, identity: &Identity) -> bool {
        match self {
            Self::Anyone | Self::Session => true,
            Self::Applicant => identity.applicant.is_some(),
            Self::Phone => identity.phone.is_some(),
            Self::Machine(scope) => identity.machine.as_ref().is_some_and(|caller| caller.has_scope(scope)),
            Self::Staff(role) => identity.staff.as_ref().is_some_and(|caller| is_staff(caller, role)),
        }
    }
}

fn is_staff(caller: &Caller, role: Role) -> bool {
    caller.strength >= Strength::TwoFactors && caller.staff().is_some_and(|(_, has)| has == role)
}

/// Refuses what the table does not allow: 401 to nobody, 403 to somebody else.
pub(crate) async fn gate(request: Request, next: Next) -> Response {
    match check(&request) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

fn check(request: &Request) -> Result<(), ApiError> {
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let identity = request.extensions().get::<Identity>().ok_or_else(ApiError::internal)?;
    // HEAD is answered by the GET route.
    let method = if request.method() == Method::HEAD { "GET" } else { request.method().as_str() };
    let row = rows().find(|row| Some(row.path) == path && row.method == method);
    let Some(row) = row else {
        // A path without a row, or another method of it: axum answers 404 or 405 to those that do not exist.
        let exists = rows().any(|row| Some(row.path) == path);
        return if exists { Ok(()) } else { Err(ApiError::not_found()) };
    };
    if row.who.iter().any(|who| who.is(identity)) {
        return Ok(());
    }
    Err(if identity.is_known() { ApiError::forbidden() } else { ApiError::unauthenticated() })
}
