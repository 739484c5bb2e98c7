//! `GET /api/v1/decisions/{id}`

use super::dto::Decision;
use crate::identity::ApplicantOrMachine;
use crate::input::Path;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use shiming_domain::id::DecisionId;
use shiming_engine::application;

/// One decision. Suspicions are named by neutral codes unless the key has the scope `reasons:internal`.
#[utoipa::path(
    get, path = "/api/v1/decisions/{id}", tag = "applications", params(("id" = String, Path)),
    responses((status = 200, body = Decision), (status = 404, body = Problem))
)]
pub(crate) async fn decision(
    State(state): State<AppState>,
    ApplicantOrMachine(caller): ApplicantOrMachine,
    Path(id): Path<DecisionId>,
) -> Result<Json<Decision>, ApiError> {
    let shown = application::decision(&state.service, &caller, id).await?;
    Ok(Json(Decision::from(&shown)))
}
