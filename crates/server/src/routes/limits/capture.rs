//! `POST /limits/{id}/capture`

use super::request::Money;
use super::view::LimitUseView;
use crate::idempotent::Idempotent;
use crate::identity::Machine;
use crate::input::{Json, Path};
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use shiming_domain::amount::Amount;
use shiming_domain::id::LimitUseId;
use shiming_engine::wallet;

/// How much is paid of what was held.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LimitCapture {
    /// All of it if missing; the rest is released.
    #[schema(value_type = Option<Money>)]
    amount: Option<Amount>,
}

/// What was held is paid.
#[utoipa::path(post, path = "/api/v1/limits/{id}/capture", tag = "limits", params(("id" = String, Path)),
    request_body = LimitCapture, responses(
    (status = 200, description = "Captured", body = LimitUseView),
    (status = 409, description = "Not held any more, or the limits are used up meanwhile", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "More than was held", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn capture(
    State(state): State<AppState>,
    Machine(caller): Machine,
    Path(id): Path<LimitUseId>,
    idempotent: Idempotent,
    Json(body): Json<LimitCapture>,
) -> Result<Response, ApiError> {
    let pending = wallet::capture(&state.service, &caller, id, body.amount).await?;
    idempotent.finish(pending, StatusCode::OK, |of| LimitUseView::of(&state, of)).await
}
