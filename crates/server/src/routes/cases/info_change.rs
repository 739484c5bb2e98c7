//! `POST /api/v1/info_changes`

use super::body::Case;
use crate::idempotent::Idempotent;
use crate::identity::StaffMember;
use crate::input::Json;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use shiming_domain::id::AccountId;
use shiming_engine::review::{self, FieldClass};
use std::collections::BTreeSet;

/// Whose data, and which.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InfoChange {
    #[schema(value_type = String)]
    account: AccountId,
    /// `identity`, `declared`, `contact`.
    #[schema(value_type = Vec<String>)]
    changes: BTreeSet<FieldClass>,
}

/// Opens a case for a change of a verified person's data. Whoever opens it does not decide it.
#[utoipa::path(post, path = "/api/v1/info_changes", tag = "cases", request_body = InfoChange, responses(
    (status = 201, description = "Opened", body = Case),
    (status = 409, description = "One is open", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn open(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
    key: Idempotent,
    Json(sent): Json<InfoChange>,
) -> Result<Response, ApiError> {
    let pending = review::open_info_change(&state.service, &caller, sent.account, &sent.changes).await?;
    key.finish(pending, StatusCode::CREATED, |line| Case::from(line)).await
}
