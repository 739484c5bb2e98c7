//! `POST /api/v1/handoffs/claim`

use super::dto::{Handoff, LinkBody};
use crate::cookies;
use crate::identity::Anyone;
use crate::input::Json;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use shiming_engine::application::handoff;
use shiming_engine::service::Caller;

/// Takes a link, once. The answer sets a cookie that is good for half an hour and for nothing but the pictures of
/// this application.
#[utoipa::path(
    post, path = "/api/v1/handoffs/claim", tag = "handoffs", request_body = LinkBody,
    responses(
        (status = 201, body = Handoff),
        (status = 404, body = Problem, description = "no such link"),
        (status = 409, body = Problem, description = "used, replaced, taken back or too old"),
    )
)]
pub(super) async fn claim(
    State(state): State<AppState>,
    Anyone(caller): Anyone,
    Json(body): Json<LinkBody>,
) -> Result<Response, ApiError> {
    let caller = Caller::anyone(caller.request_id, caller.network);
    let claimed = handoff::claim(&state.service, &caller, &body.token).await?.commit().await?;
    let mut response = (StatusCode::CREATED, axum::Json(Handoff::from(&claimed.view))).into_response();
    let cookie = cookies::set(cookies::PHONE, &claimed.token).ok_or_else(ApiError::internal)?;
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}
