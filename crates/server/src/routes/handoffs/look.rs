//! `POST /api/v1/handoffs/look`

use super::dto::LinkBody;
use crate::identity::Anyone;
use crate::input::Json;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use crate::when::When;
use axum::extract::State;
use serde::Serialize;
use shiming_domain::application::Purpose;
use shiming_domain::reason::Step;
use shiming_engine::application::handoff;
use shiming_engine::service::Caller;

/// What a link is for.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Landing {
    /// Whom the pictures are for.
    operator: String,
    /// `first`, `upgrade`, `renewal`, `info_change` or `reverify`.
    #[schema(value_type = String)]
    purpose: Purpose,
    /// A contact of the account, masked, to recognise it by.
    #[serde(skip_serializing_if = "Option::is_none")]
    account_masked: Option<String>,
    /// The pictures that are asked for.
    #[schema(value_type = Vec<String>)]
    steps: Vec<Step>,
    expires_at: When,
}

/// Tells what a link is for, before anybody takes it. Asking does not use it up.
#[utoipa::path(
    post, path = "/api/v1/handoffs/look", tag = "handoffs", request_body = LinkBody,
    responses(
        (status = 200, body = Landing),
        (status = 404, body = Problem, description = "no such link"),
        (status = 409, body = Problem, description = "used, replaced, taken back or too old"),
    )
)]
pub(super) async fn look(
    State(state): State<AppState>,
    Anyone(caller): Anyone,
    Json(body): Json<LinkBody>,
) -> Result<axum::Json<Landing>, ApiError> {
    // Whoever holds a link is nobody yet, whatever cookie came along.
    let caller = Caller::anyone(caller.request_id, caller.network);
    let landing = handoff::look(&state.service, &caller, &body.token).await?.commit().await?;
    Ok(axum::Json(Landing {
        operator: landing.operator,
        purpose: landing.purpose,
        account_masked: landing.account,
        steps: landing.steps,
        expires_at: When(landing.expires_at),
    }))
}
