//! `POST /api/v1/applications/{id}/handoffs`

use super::dto::Handoff;
use crate::identity::Applicant;
use crate::input::Path;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use shiming_domain::id::ApplicationId;
use shiming_engine::application::handoff;

/// A hand-off and the way to it, told once.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct HandoffOffered {
    handoff: Handoff,
    /// What to open on the phone. Whoever opens it first may send the pictures.
    link: String,
    /// The same as a QR code, SVG.
    qr_svg: String,
}

/// Hands the pictures that are missing to a phone: a link for ten minutes, good once. An older link of this
/// application is worth nothing from then on.
#[utoipa::path(
    post, path = "/api/v1/applications/{id}/handoffs", tag = "handoffs", params(("id" = String, Path)),
    responses(
        (status = 201, body = HandoffOffered),
        (status = 404, body = Problem),
        (status = 409, body = Problem, description = "no picture is missing"),
    )
)]
pub(super) async fn offer(
    State(state): State<AppState>,
    Applicant(caller): Applicant,
    Path(id): Path<ApplicationId>,
) -> Result<Response, ApiError> {
    let offered = handoff::offer(&state.service, &caller, id).await?.commit().await?;
    let qr_svg = crate::qr::svg(&offered.link).ok_or_else(ApiError::internal)?;
    let answer = HandoffOffered { handoff: Handoff::from(&offered.view), link: offered.link, qr_svg };
    Ok((StatusCode::CREATED, axum::Json(answer)).into_response())
}
