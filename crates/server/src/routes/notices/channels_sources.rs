//! `GET /api/v1/channels/sources`

use super::kind_text;
use crate::identity::Applicant;
use crate::problem::ApiError;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use shiming_engine::source::{self, Offered};

/// A source that can be asked.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct SourceView {
    /// Always `channel_source`.
    object: &'static str,
    /// What kind of channel.
    kind: String,
    /// Whose; to be named in `POST /channels`.
    organisation: String,
    /// It has confirmed the person already, and still counts.
    confirmed: bool,
}

/// The sources there are.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Sources {
    /// Always `list`.
    object: &'static str,
    /// In the order in which they are asked.
    data: Vec<SourceView>,
}

impl From<Offered> for SourceView {
    fn from(offered: Offered) -> Self {
        Self {
            object: "channel_source",
            kind: kind_text(offered.kind),
            organisation: offered.organisation,
            confirmed: offered.confirmed,
        }
    }
}

/// The sources that can be asked for a channel.
#[utoipa::path(get, path = "/api/v1/channels/sources", tag = "channels", responses(
    (status = 200, description = "All of them", body = Sources),
))]
pub(super) async fn sources(
    State(state): State<AppState>,
    Applicant(caller): Applicant,
) -> Result<Json<Sources>, ApiError> {
    let offered = source::offered(&state.service, &caller).await?;
    Ok(Json(Sources { object: "list", data: offered.into_iter().map(SourceView::from).collect() }))
}
