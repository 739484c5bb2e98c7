//! `GET /api/v1/account/changes`

use crate::identity::Applicant;
use crate::problem::ApiError;
use crate::state::AppState;
use crate::when::When;
use axum::extract::State;
use serde::Serialize;
use shiming_engine::review;

/// What support has permitted to change.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct PermittedChanges {
    /// Always `permitted_changes`.
    object: &'static str,
    /// Until when an application of purpose `info_change` may be begun, once, that proves the new data.
    #[serde(skip_serializing_if = "Option::is_none")]
    application_until: Option<When>,
    /// Until when the contact may be changed, once.
    #[serde(skip_serializing_if = "Option::is_none")]
    contact_until: Option<When>,
}

/// Which changes of what is known of oneself support has permitted and nobody has made yet.
#[utoipa::path(get, path = "/api/v1/account/changes", tag = "accounts", responses(
    (status = 200, description = "The permissions in force", body = PermittedChanges),
))]
pub(super) async fn changes(
    State(state): State<AppState>,
    Applicant(caller): Applicant,
) -> Result<axum::Json<PermittedChanges>, ApiError> {
    let permitted = review::permitted_changes(&state.service, &caller).await?;
    Ok(axum::Json(PermittedChanges {
        object: "permitted_changes",
        application_until: permitted.application_until.map(When),
        contact_until: permitted.contact_until.map(When),
    }))
}
