//! `GET /api/v1/applications/{id}`

use super::dto::Application;
use crate::identity::ApplicantOrMachine;
use crate::input::Path;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use crate::version::tagged;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use shiming_domain::id::ApplicationId;
use shiming_engine::application::view;

/// One application.
#[utoipa::path(
    get, path = "/api/v1/applications/{id}", tag = "applications", params(("id" = String, Path)),
    responses((status = 200, body = Application), (status = 404, body = Problem))
)]
pub(crate) async fn get(
    State(state): State<AppState>,
    ApplicantOrMachine(caller): ApplicantOrMachine,
    Path(id): Path<ApplicationId>,
) -> Result<Response, ApiError> {
    let shown = view(&state.service, &caller, id).await?;
    Ok(tagged(Json(Application::of(&shown)).into_response(), shown.version))
}
