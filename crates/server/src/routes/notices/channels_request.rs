//! `GET /api/v1/channels/requests/{id}`

use super::channels_add::RequestView;
use crate::identity::Applicant;
use crate::input::Path;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use shiming_domain::id::ChannelRequestId;
use shiming_engine::source;

/// What came of asking for a channel; to be read every few seconds while its status is `asking`.
#[utoipa::path(get, path = "/api/v1/channels/requests/{id}", tag = "channels", params(("id" = String, Path)),
    responses(
        (status = 200, description = "As it stands", body = RequestView),
        (status = 404, description = "No such request of the caller", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn request(
    State(state): State<AppState>,
    Applicant(caller): Applicant,
    Path(id): Path<ChannelRequestId>,
) -> Result<Json<RequestView>, ApiError> {
    let request = source::channel_request(&state.service, &caller, id).await?;
    Ok(Json(RequestView::from(&request)))
}
