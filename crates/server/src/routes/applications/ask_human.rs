//! `POST /api/v1/applications/{id}/ask-human`

use super::dto::Application;
use crate::idempotent::Idempotent;
use crate::identity::ApplicantOrMachine;
use crate::input::{Json, Path};
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use crate::version::{IF_MATCH, IfMatch, tagged};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use shiming_domain::id::ApplicationId;
use shiming_engine::application::{Wish, ask_human as ask};
use shiming_engine::service::At;

/// Why a person is wanted.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskHuman {
    /// `tries_failed`, `accessibility` or `face_refused`.
    reason: Why,
}

#[derive(Clone, Copy, Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum Why {
    TriesFailed,
    Accessibility,
    FaceRefused,
}

/// Asks for a person. Offered after two tries that failed, and at once for accessibility or a refused face.
#[utoipa::path(
    post, path = "/api/v1/applications/{id}/ask-human", tag = "applications",
    params(("id" = String, Path), ("If-Match" = Option<String>, Header, description = IF_MATCH)), request_body = AskHuman,
    responses((status = 200, body = Application), (status = 404, body = Problem), (status = 409, body = Problem), (status = 412, body = Problem))
)]
pub(crate) async fn ask_human(
    State(state): State<AppState>,
    ApplicantOrMachine(caller): ApplicantOrMachine,
    Path(id): Path<ApplicationId>,
    IfMatch(version): IfMatch,
    idempotent: Idempotent,
    Json(body): Json<AskHuman>,
) -> Result<Response, ApiError> {
    let wish = match body.reason {
        Why::TriesFailed => Wish::TriesFailed,
        Why::Accessibility => Wish::Accessibility,
        Why::FaceRefused => Wish::FaceRefused,
    };
    let pending = ask(&state.service, &caller, At { id, version }, wish).await?;
    let version = pending.value.version;
    Ok(tagged(idempotent.finish(pending, StatusCode::OK, Application::of).await?, version))
}
