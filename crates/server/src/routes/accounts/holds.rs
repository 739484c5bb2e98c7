//! Holds: a supervisor limits an account for a reason, until somebody looks again.

use super::views::Done;
use crate::idempotent::Idempotent;
use crate::identity::StaffMember;
use crate::input::{Json, Path};
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use crate::when::When;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use shiming_domain::account::RestrictionEffect;
use shiming_domain::id::AccountId;
use shiming_domain::moment::Span;
use shiming_domain::personal::Personal;
use shiming_engine::wallet::{self, Hold, HoldLine};

/// A hold.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HoldBody {
    /// `restricted`, `frozen` or `frozen_full`.
    #[schema(value_type = String)]
    effect: RestrictionEffect,
    /// After so many days it is looked at again. From its beginning one supervisor may hold for seven; beyond, another
    /// one than held it last.
    #[schema(minimum = 1, maximum = 90)]
    review_in_days: u8,
    /// Why; only supervisors read it.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// Holds in force.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Holds {
    /// Always `list`.
    object: &'static str,
    data: Vec<HoldView>,
    /// There are more; lift or review some of these first.
    partial: bool,
}

/// A hold in force.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct HoldView {
    /// Always `hold`.
    object: &'static str,
    /// The account.
    account: String,
    #[schema(value_type = String)]
    effect: RestrictionEffect,
    /// Since when the account has been held.
    since: When,
    /// The supervisor who set it last.
    set_by: String,
    /// The supervisor who had set it before.
    #[serde(skip_serializing_if = "Option::is_none")]
    set_before_by: Option<String>,
    review_at: When,
    /// Whether the review is due.
    overdue: bool,
    reason: String,
}

impl From<HoldLine> for HoldView {
    fn from(line: HoldLine) -> Self {
        Self {
            object: "hold",
            account: line.account.to_string(),
            effect: line.effect,
            since: When(line.since),
            set_by: line.set_by.to_string(),
            set_before_by: line.set_before_by.map(|staff| staff.to_string()),
            review_at: When(line.review_at),
            overdue: line.overdue,
            reason: line.reason.reveal().to_owned(),
        }
    }
}

/// All holds in force, at most a hundred; the review that is due first comes first. Reading them leaves a row.
#[utoipa::path(get, path = "/api/v1/holds", tag = "holds", responses(
    (status = 200, description = "Holds", body = Holds),
))]
pub(super) async fn list(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
) -> Result<axum::Json<Holds>, ApiError> {
    let found = wallet::holds(&state.service, &caller).await?;
    let data = found.lines.into_iter().map(HoldView::from).collect();
    Ok(axum::Json(Holds { object: "list", data, partial: found.partial }))
}

/// A supervisor holds an account, or goes on holding it.
#[utoipa::path(post, path = "/api/v1/accounts/{id}/hold", tag = "holds",
    params(("id" = String, Path, description = "The account")), request_body = HoldBody,
    responses(
        (status = 200, description = "It is held", body = Done),
        (status = 404, description = "No such account", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The account is not in use", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "No reason, no such number of days, or another supervisor must go on", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn hold(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
    Path(id): Path<AccountId>,
    idempotent: Idempotent,
    Json(body): Json<HoldBody>,
) -> Result<Response, ApiError> {
    let review_at = state.service.now() + Span::days(u32::from(body.review_in_days));
    let hold = Hold { effect: body.effect, review_at, reason: Personal::new(body.reason) };
    let pending = wallet::hold(&state.service, &caller, id, &hold).await?;
    idempotent.finish(pending, StatusCode::OK, |()| Done::with("hold")).await
}

/// A supervisor lifts a hold.
#[utoipa::path(post, path = "/api/v1/accounts/{id}/hold/lift", tag = "holds",
    params(("id" = String, Path, description = "The account")),
    responses(
        (status = 200, description = "It is lifted", body = Done),
        (status = 404, description = "No such account", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Nobody holds it", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn lift(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
    Path(id): Path<AccountId>,
    idempotent: Idempotent,
) -> Result<Response, ApiError> {
    let pending = wallet::release(&state.service, &caller, id).await?;
    idempotent.finish(pending, StatusCode::OK, |()| Done::with("hold_lifted")).await
}
