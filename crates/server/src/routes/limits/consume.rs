//! `POST /limits/consume`

use super::request::LimitAsk;
use super::view::{LimitAnswer, LimitUseView};
use crate::idempotent::Idempotent;
use crate::identity::Machine;
use crate::input::Json;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use shiming_domain::moment::Span;
use shiming_engine::wallet::{self, Consume};

/// What is to be counted.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LimitConsume {
    /// Who, how much, what for.
    ask: LimitAsk,
    /// The caller's name for it, used once: a repetition is answered as the first time and counts nothing.
    #[schema(min_length = 1, max_length = 64)]
    reference: String,
    /// Held for so many seconds and then captured or given back; counted for good at once if missing.
    #[schema(minimum = 60, maximum = 2_592_000)]
    hold_s: Option<u32>,
}

/// What came of it.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct LimitConsumed {
    /// Always `limit_consumed`.
    object: &'static str,
    /// The answer.
    answer: LimitAnswer,
    /// The use; missing if better authentication is asked for, which leaves the reference free.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit_use: Option<LimitUseView>,
    /// The reference was used before, and nothing was counted again.
    repeated: bool,
}

/// Counts, at once or held. A refusal is an answer with status 200.
#[utoipa::path(post, path = "/api/v1/limits/consume", tag = "limits", request_body = LimitConsume, responses(
    (status = 200, description = "The answer, which may be no", body = LimitConsumed),
    (status = 409, description = "The account is not in use", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "Not a question about limits, or the reference means another one", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn consume(
    State(state): State<AppState>,
    Machine(caller): Machine,
    idempotent: Idempotent,
    Json(body): Json<LimitConsume>,
) -> Result<Response, ApiError> {
    let LimitConsume { ask, reference, hold_s } = body;
    let request = ask.read(&state, &caller).await?;
    let currency = request.amount.currency();
    let consume = Consume { request, reference, hold: hold_s.map(Span::seconds) };
    let pending = wallet::consume(&state.service, &caller, &consume).await?;
    let view = |done: &wallet::Consumed| LimitConsumed {
        object: "limit_consumed",
        answer: LimitAnswer::of(&done.quote, currency),
        limit_use: done.limit_use.as_ref().map(|of| LimitUseView::of(&state, of)),
        repeated: done.repeated,
    };
    idempotent.finish(pending, StatusCode::OK, view).await
}
