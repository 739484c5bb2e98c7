//! `POST /api/v1/cases/{id}/reveal`

use crate::identity::StaffMember;
use crate::input::{Json, Path};
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use crate::when::When;
use axum::extract::State;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use shiming_domain::id::CaseId;
use shiming_engine::review::{self, Element, Purpose};

/// What to look at, and what for.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reveal {
    /// `name`, `id_number`, `fields`, `portrait_side`, `emblem_side`, `selfie`, `challenge`, `evidence` or
    /// `contact`.
    #[schema(value_type = String)]
    element: Element,
    /// `decide`, `contact_person`, `compare` or `authority`.
    #[schema(value_type = String)]
    purpose: Purpose,
}

/// A value, for a short time. It is never kept for a repeated request.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Revealed {
    /// Always `revealed`.
    object: &'static str,
    #[schema(value_type = String)]
    element: Element,
    /// The text, in base64; of a picture its bytes.
    value_base64: String,
    /// When it must be covered again.
    until: When,
    /// Until when further elements can be looked at for this purpose.
    granted_until: When,
    /// To be laid over it.
    watermark: String,
}

/// Shows one element in clear to the holder of a case. A row that tells of it is written first.
#[utoipa::path(post, path = "/api/v1/cases/{id}/reveal", tag = "cases", params(("id" = String, Path, description = "The case")),
    request_body = Reveal,
    responses(
        (status = 200, description = "The value", body = Revealed),
        (status = 403, description = "Show a second factor first", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The case is not held", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many looks today", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn reveal(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
    Path(id): Path<CaseId>,
    Json(sent): Json<Reveal>,
) -> Result<axum::Json<Revealed>, ApiError> {
    let shown = review::reveal(&state.service, &caller, id, sent.element, sent.purpose).await?;
    Ok(axum::Json(Revealed {
        object: "revealed",
        element: shown.element,
        value_base64: STANDARD.encode(&shown.value),
        until: When(shown.until),
        granted_until: When(shown.granted_until),
        watermark: shown.watermark,
    }))
}
