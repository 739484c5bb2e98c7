//! `POST /api/v1/tickets`

use super::body::Ticket;
use crate::idempotent::Idempotent;
use crate::identity::Applicant;
use crate::input::Json;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use shiming_domain::id::ApplicationId;
use shiming_domain::reason::Code;
use shiming_engine::ticket::{self, NewTicket};

/// A question, and where it comes from.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Open {
    /// The application it is about.
    #[schema(value_type = Option<String>)]
    application: Option<ApplicationId>,
    /// Codes that were on the screen.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 20)]
    reasons: Vec<Code>,
    /// Frozen account, reported compromise, missing money, accessibility, repeated selfie lock.
    #[serde(default)]
    urgent: bool,
    #[schema(min_length = 1, max_length = 4000)]
    text: String,
}

/// Asks support.
#[utoipa::path(post, path = "/api/v1/tickets", tag = "tickets", request_body = Open, responses(
    (status = 201, description = "Opened", body = Ticket),
    (status = 422, description = "Nothing is written, or too much", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn open(
    State(state): State<AppState>,
    Applicant(caller): Applicant,
    key: Idempotent,
    Json(sent): Json<Open>,
) -> Result<Response, ApiError> {
    let new = NewTicket {
        application: sent.application,
        reasons: sent.reasons,
        urgent: sent.urgent,
        text: sent.text,
    };
    let pending = ticket::open(&state.service, &caller, new).await?;
    key.finish(pending, StatusCode::CREATED, |ticket| Ticket::from(ticket)).await
}
