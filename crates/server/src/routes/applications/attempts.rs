//! `GET /api/v1/applications/{id}/attempts`

use super::dto::Attempt;
use crate::identity::ApplicantOrMachine;
use crate::input::Path;
use crate::page::Page;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use shiming_domain::id::ApplicationId;
use shiming_engine::application;

/// The submissions of an application, first to last. There are few, so they come at once.
#[utoipa::path(
    get, path = "/api/v1/applications/{id}/attempts", tag = "applications", params(("id" = String, Path)),
    responses((status = 200, body = Page<Attempt>), (status = 404, body = Problem))
)]
pub(crate) async fn attempts(
    State(state): State<AppState>,
    ApplicantOrMachine(caller): ApplicantOrMachine,
    Path(id): Path<ApplicationId>,
) -> Result<Json<Page<Attempt>>, ApiError> {
    let all = application::attempts(&state.service, &caller, id).await?;
    let data = all.iter().map(Attempt::from).collect();
    Ok(Json(Page::new(&state.service, &caller, data, None)?))
}
