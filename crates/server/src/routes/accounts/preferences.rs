//! `PUT /api/v1/account/preferences`

use super::views::Done;
use crate::identity::Applicant;
use crate::input::Json;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::extract::State;
use serde::Deserialize;
use shiming_domain::account::Locale;
use shiming_engine::account;

/// What is preferred.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PreferencesBody {
    /// Mails and notices come in this language: `zh-CN` or `en`.
    #[schema(value_type = String)]
    locale: Locale,
}

/// Changes one's own preferences. The page sends the language when its reader chooses another.
#[utoipa::path(put, path = "/api/v1/account/preferences", tag = "accounts", request_body = PreferencesBody, responses(
    (status = 200, description = "Kept", body = Done),
    (status = 422, description = "No such language", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn prefer(
    State(state): State<AppState>,
    Applicant(caller): Applicant,
    Json(body): Json<PreferencesBody>,
) -> Result<axum::Json<Done>, ApiError> {
    account::prefer(&state.service, &caller, body.locale).await?.commit().await?;
    Ok(axum::Json(Done::with("preferences")))
}
