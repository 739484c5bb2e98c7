//! `POST /api/v1/applications/{id}/withdraw`

use super::dto::Application;
use crate::idempotent::Idempotent;
use crate::identity::ApplicantOrMachine;
use crate::input::Path;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use crate::version::{IF_MATCH, IfMatch, tagged};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use shiming_domain::id::ApplicationId;
use shiming_engine::application;
use shiming_engine::service::At;

/// Takes an application back. Its pictures are kept only for a short while.
#[utoipa::path(
    post, path = "/api/v1/applications/{id}/withdraw", tag = "applications", params(("id" = String, Path), ("If-Match" = Option<String>, Header, description = IF_MATCH)),
    responses((status = 200, body = Application), (status = 404, body = Problem), (status = 409, body = Problem), (status = 412, body = Problem))
)]
pub(crate) async fn withdraw(
    State(state): State<AppState>,
    ApplicantOrMachine(caller): ApplicantOrMachine,
    Path(id): Path<ApplicationId>,
    IfMatch(version): IfMatch,
    idempotent: Idempotent,
) -> Result<Response, ApiError> {
    let pending = application::withdraw(&state.service, &caller, At { id, version }).await?;
    let version = pending.value.version;
    Ok(tagged(idempotent.finish(pending, StatusCode::OK, Application::of).await?, version))
}
