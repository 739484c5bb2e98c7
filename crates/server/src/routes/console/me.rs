//! `GET /api/v1/staff/me`

use crate::identity::StaffMember;
use crate::problem::ApiError;
use crate::state::AppState;
use axum::extract::State;
use serde::Serialize;
use shiming_engine::account::staff;

/// Whoever of staff asks.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Me {
    /// Always `staff`.
    object: &'static str,
    /// Who.
    id: String,
    /// As what: `support`, `reviewer`, `supervisor`, `compliance` or `operator`.
    role: &'static str,
    /// What colleagues call them.
    name: String,
    /// Real people; otherwise a sandbox.
    livemode: bool,
    /// The product's name.
    product: String,
}

/// Who one is here, and as what.
#[utoipa::path(get, path = "/api/v1/staff/me", tag = "staff", responses(
    (status = 200, description = "Oneself", body = Me),
))]
pub(super) async fn me(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
) -> Result<axum::Json<Me>, ApiError> {
    let view = staff::me(&state.service, &caller).await?;
    let settings = state.service.settings();
    Ok(axum::Json(Me {
        object: "staff",
        id: view.id.to_string(),
        role: view.role.as_str(),
        name: view.name.reveal().to_owned(),
        livemode: settings.live,
        product: settings.product_name.clone(),
    }))
}
