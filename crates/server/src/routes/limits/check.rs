//! `POST /limits/check`

use super::request::LimitAsk;
use super::view::LimitAnswer;
use crate::identity::Machine;
use crate::input::Json;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::extract::State;
use shiming_engine::wallet;

/// Would it be allowed? Counts nothing.
#[utoipa::path(post, path = "/api/v1/limits/check", tag = "limits", request_body = LimitAsk, responses(
    (status = 200, description = "The answer, which may be no", body = LimitAnswer),
    (status = 409, description = "The account is not in use", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "Not a question about limits", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn check(
    State(state): State<AppState>,
    Machine(caller): Machine,
    Json(ask): Json<LimitAsk>,
) -> Result<axum::Json<LimitAnswer>, ApiError> {
    let request = ask.read(&state, &caller).await?;
    let quote = wallet::check(&state.service, &caller, &request).await?;
    Ok(axum::Json(LimitAnswer::of(&quote, request.amount.currency())))
}
