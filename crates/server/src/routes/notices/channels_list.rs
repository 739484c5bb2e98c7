//! `GET /api/v1/channels`

use super::kind_text;
use crate::identity::Applicant;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use crate::when::When;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use shiming_engine::source::{self, ChannelView};

/// A channel that confirmed the person.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ChannelProofView {
    /// Always `channel_proof`.
    object: &'static str,
    /// Its id.
    id: String,
    /// What kind of channel.
    kind: String,
    /// Whose.
    organisation: String,
    /// It only plays one.
    simulated: bool,
    /// When it confirmed.
    confirmed_at: When,
    /// Until when it counts.
    valid_until: When,
}

/// The channels of an account.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Channels {
    /// Always `list`.
    object: &'static str,
    /// Oldest first.
    data: Vec<ChannelProofView>,
}

impl From<ChannelView> for ChannelProofView {
    fn from(view: ChannelView) -> Self {
        Self {
            object: "channel_proof",
            id: view.id.to_string(),
            kind: kind_text(view.kind),
            organisation: view.organisation,
            simulated: view.simulated,
            confirmed_at: view.confirmed_at.into(),
            valid_until: view.valid_until.into(),
        }
    }
}

/// The channels that confirmed the person, oldest first.
#[utoipa::path(get, path = "/api/v1/channels", tag = "channels", responses(
    (status = 200, description = "All of them", body = Channels),
    (status = 401, description = "Not signed in", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn list(
    State(state): State<AppState>,
    Applicant(caller): Applicant,
) -> Result<Json<Channels>, ApiError> {
    let channels = source::channels(&state.service, &caller).await?;
    Ok(Json(Channels { object: "list", data: channels.into_iter().map(ChannelProofView::from).collect() }))
}
