//! `POST /api/v1/applications/{id}/liveness`

use super::PROTOCOL;
use crate::idempotent::Idempotent;
use crate::identity::Identity;
use crate::input::Path;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use crate::when::When;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use shiming_domain::id::{ApplicationId, LivenessId};
use shiming_engine::application::liveness::{self, Challenge};

pub(super) const PATH: &str = "/api/v1/applications/{id}/liveness";

/// A challenge that waits.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Liveness {
    /// Always `liveness`.
    object: &'static str,
    /// `lvn_…`
    #[schema(value_type = String)]
    id: LivenessId,
    /// Opens it, once: the first message on the socket, never part of an address.
    ticket: String,
    /// Where the socket is, on this host.
    socket_path: String,
    /// The subprotocol to ask for.
    protocol: &'static str,
    /// Until when the ticket is good.
    expires_at: When,
}

impl Liveness {
    fn of(challenge: &Challenge) -> Self {
        Self {
            object: "liveness",
            id: challenge.id,
            ticket: challenge.ticket.clone(),
            socket_path: format!("/api/v1/liveness/{}/socket", challenge.id),
            protocol: PROTOCOL,
            expires_at: challenge.expires_at.into(),
        }
    }
}

/// Draws a live challenge before the selfie. Each is run once; a new one takes the place of any other. Whoever
/// cannot take one asks for a person (`ask-human`).
#[utoipa::path(
    post, path = PATH, tag = "liveness", params(("id" = String, Path)),
    responses(
        (status = 201, body = Liveness),
        (status = 409, body = Problem, description = "the policy asks for no challenge, or the step is closed"),
        (status = 422, body = Problem, description = "consents come first"),
        (status = 429, body = Problem, description = "no tries left for now"),
        (status = 503, body = Problem, description = "all places are taken: `retry_at` says when to come back"),
    )
)]
pub(crate) async fn create(
    State(state): State<AppState>,
    Extension(identity): Extension<Identity>,
    Path(id): Path<ApplicationId>,
    idempotent: Idempotent,
) -> Result<Response, ApiError> {
    let caller = identity.sender(id).ok_or_else(ApiError::unauthenticated)?;
    let pending = liveness::create(&state.service, caller, id).await?;
    idempotent.finish(pending, StatusCode::CREATED, Liveness::of).await
}
