//! `POST /limits/{id}/void`

use super::view::LimitUseView;
use crate::idempotent::Idempotent;
use crate::identity::Machine;
use crate::input::Path;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use shiming_domain::id::LimitUseId;
use shiming_engine::wallet;

/// What was held is taken back.
#[utoipa::path(post, path = "/api/v1/limits/{id}/void", tag = "limits", params(("id" = String, Path)), responses(
    (status = 200, description = "Voided", body = LimitUseView),
    (status = 409, description = "Not held any more", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn void(
    State(state): State<AppState>,
    Machine(caller): Machine,
    Path(id): Path<LimitUseId>,
    idempotent: Idempotent,
) -> Result<Response, ApiError> {
    let pending = wallet::void(&state.service, &caller, id).await?;
    idempotent.finish(pending, StatusCode::OK, |of| LimitUseView::of(&state, of)).await
}
