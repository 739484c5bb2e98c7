//! `POST /api/v1/applications`

use super::dto::Application;
use crate::idempotent::Idempotent;
use crate::identity::ApplicantOrMachine;
use crate::input::Json;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use shiming_domain::application::Purpose;
use shiming_domain::id::AccountId;
use shiming_engine::application::{NewApplication, create as begin};

/// What somebody wants to be verified for.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateApplication {
    /// `acc_…`; an applicant leaves it out.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    account: Option<AccountId>,
    /// `first`, `upgrade`, `renewal`, `info_change` or `reverify`.
    #[schema(value_type = String)]
    purpose: Purpose,
    /// 1 to 3.
    requested_level: u8,
}

/// Begins an application. An account has one open application at a time.
#[utoipa::path(
    post, path = "/api/v1/applications", tag = "applications", request_body = CreateApplication,
    responses(
        (status = 201, body = Application),
        (status = 409, body = Problem, description = "another one is open"),
        (status = 422, body = Problem),
        (status = 429, body = Problem, description = "too many ended without success"),
    )
)]
pub(crate) async fn create(
    State(state): State<AppState>,
    ApplicantOrMachine(caller): ApplicantOrMachine,
    idempotent: Idempotent,
    Json(body): Json<CreateApplication>,
) -> Result<Response, ApiError> {
    let CreateApplication { account, purpose, requested_level } = body;
    let new = NewApplication { account, purpose, requested_level };
    let pending = begin(&state.service, &caller, new).await?;
    idempotent.finish(pending, StatusCode::CREATED, Application::of).await
}
