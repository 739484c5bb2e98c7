//! `PUT /api/v1/applications/{id}/steps/channel`

use super::dto::Application;
use crate::idempotent::Idempotent;
use crate::identity::ApplicantOrMachine;
use crate::input::{Json, Path};
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use shiming_domain::id::{ApplicationId, ChannelProofId};
use shiming_engine::application::save_channel as save;

/// What confirms.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChannelStep {
    /// `id` of an answer of `POST /channels`, or of one in the list of channels.
    #[schema(value_type = String)]
    proof: ChannelProofId,
}

/// Names one of the account's confirmations as the further source that a reviewer asked for.
#[utoipa::path(
    put, path = "/api/v1/applications/{id}/steps/channel", tag = "applications",
    params(("id" = String, Path)), request_body = ChannelStep,
    responses(
        (status = 200, body = Application), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem, description = "no such confirmation, or it counts no more"),
    )
)]
pub(crate) async fn save_channel(
    State(state): State<AppState>,
    ApplicantOrMachine(caller): ApplicantOrMachine,
    Path(id): Path<ApplicationId>,
    idempotent: Idempotent,
    Json(body): Json<ChannelStep>,
) -> Result<Response, ApiError> {
    let pending = save(&state.service, &caller, id, body.proof).await?;
    idempotent.finish(pending, StatusCode::OK, Application::of).await
}
