//! Restrictions that people set: an owner who fears for their account, and support.

use super::views::Done;
use crate::idempotent::Idempotent;
use crate::identity::{Applicant, StaffMember};
use crate::input::{Json, Path};
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use shiming_domain::account::Restriction;
use shiming_domain::id::{AccountId, TicketId};
use shiming_engine::{account, wallet};

/// A restriction.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RestrictBody {
    /// `phone_conflict`, `duplicate_person` or `compromise_reported`.
    #[schema(value_type = String)]
    restriction: Restriction,
}

/// Why it is lifted.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LiftBody {
    /// The resolved ticket in which it was explained; needed for `phone_conflict` and `duplicate_person`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    ticket: Option<TicketId>,
}

/// Freezes one's own account at once, such as after a theft. Nothing else is needed.
#[utoipa::path(post, path = "/api/v1/account/compromise", tag = "accounts", responses(
    (status = 200, description = "It is frozen", body = Done),
))]
pub(super) async fn report(
    State(state): State<AppState>,
    Applicant(caller): Applicant,
    idempotent: Idempotent,
) -> Result<Response, ApiError> {
    let pending = account::report_compromise(&state.service, &caller).await?;
    idempotent.finish(pending, StatusCode::OK, |()| Done::with("compromise_report")).await
}

/// Opens it again: with two factors, and after verifying again with a live selfie.
#[utoipa::path(post, path = "/api/v1/account/compromise/clear", tag = "accounts", responses(
    (status = 200, description = "It is open again", body = Done),
    (status = 403, description = "Show two factors first", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "Nothing was reported, or verify again first", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn clear(
    State(state): State<AppState>,
    Applicant(caller): Applicant,
    idempotent: Idempotent,
) -> Result<Response, ApiError> {
    let pending = account::clear_compromise(&state.service, &caller).await?;
    idempotent.finish(pending, StatusCode::OK, |()| Done::with("compromise_cleared")).await
}

/// Support restricts an account.
#[utoipa::path(post, path = "/api/v1/accounts/{id}/restrictions", tag = "accounts",
    params(("id" = String, Path, description = "The account")), request_body = RestrictBody,
    responses(
        (status = 200, description = "It is restricted", body = Done),
        (status = 403, description = "Somebody else sets this", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such account", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn restrict(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
    Path(id): Path<AccountId>,
    idempotent: Idempotent,
    Json(body): Json<RestrictBody>,
) -> Result<Response, ApiError> {
    let pending = wallet::restrict_by_staff(&state.service, &caller, id, body.restriction).await?;
    idempotent.finish(pending, StatusCode::OK, |()| Done::with("restriction")).await
}

/// Support lifts a restriction.
#[utoipa::path(post, path = "/api/v1/accounts/{id}/restrictions/{restriction}/lift", tag = "accounts",
    params(("id" = String, Path, description = "The account"), ("restriction" = String, Path)),
    request_body = LiftBody,
    responses(
        (status = 200, description = "It is lifted", body = Done),
        (status = 403, description = "Something else lifts this", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such account", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The ticket was not resolved since the restriction was set", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn lift(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
    Path((id, restriction)): Path<(AccountId, Restriction)>,
    idempotent: Idempotent,
    Json(body): Json<LiftBody>,
) -> Result<Response, ApiError> {
    let pending = wallet::lift_by_staff(&state.service, &caller, id, restriction, body.ticket).await?;
    idempotent.finish(pending, StatusCode::OK, |()| Done::with("restriction_lifted")).await
}
