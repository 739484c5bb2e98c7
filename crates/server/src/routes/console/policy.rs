//! `GET /api/v1/policy`

use crate::identity::StaffMember;
use crate::problem::ApiError;
use crate::state::AppState;
use axum::extract::State;
use serde::Serialize;

/// The policy in force.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct PolicyInForce {
    /// Always `policy`.
    object: &'static str,
    /// Name of this edition, stored with every decision.
    label: String,
    /// The preset it is a copy of.
    preset: String,
    /// The file, word for word.
    text: String,
    /// The same, read: sections by name.
    #[schema(value_type = Object)]
    rules: serde_json::Value,
}

/// The policy in force: what every decision, level and limit follows.
#[utoipa::path(get, path = "/api/v1/policy", tag = "staff", responses(
    (status = 200, description = "The policy", body = PolicyInForce),
))]
pub(super) async fn policy(
    State(state): State<AppState>,
    _caller: StaffMember,
) -> Result<axum::Json<PolicyInForce>, ApiError> {
    let policy = state.service.policy();
    let rules = policy.rules();
    Ok(axum::Json(PolicyInForce {
        object: "policy",
        label: rules.label.clone(),
        preset: rules.preset.clone(),
        text: policy.text().to_owned(),
        rules: serde_json::to_value(rules).map_err(|_| ApiError::internal())?,
    }))
}
