//! `PUT /api/v1/applications/{id}/steps/form`

use super::dto::{Application, ReasonDto};
use crate::idempotent::Idempotent;
use crate::identity::ApplicantOrMachine;
use crate::input::{Json, Path};
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use crate::version::{IF_MATCH, IfMatch, tagged};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use shiming_domain::Declared;
use shiming_domain::id::ApplicationId;
use shiming_domain::personal::Personal;
use shiming_engine::application::{FormAnswer, save_form as save};
use shiming_engine::service::At;

/// Name and number as they are printed on the card.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Form {
    /// Legal name, 1 to 60 characters.
    #[serde(with = "shiming_domain::personal::full_view")]
    #[schema(value_type = String, max_length = 120)]
    name: Personal,
    /// Citizen number, 18 characters.
    #[serde(with = "shiming_domain::personal::full_view")]
    #[schema(value_type = String, max_length = 32)]
    number: Personal,
}

/// What the fields themselves say.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct FormSaved {
    /// Always `form`.
    object: &'static str,
    /// It was taken. If not, nothing was counted.
    accepted: bool,
    reasons: Vec<ReasonDto>,
    application: Application,
}

impl FormSaved {
    /// From what `engine` answers; no `From`, whose lifetime would be fixed too early for a handler.
    pub(super) fn of(answer: &FormAnswer) -> Self {
        let reasons = answer.reasons.iter();
        Self {
            object: "form",
            accepted: answer.accepted,
            reasons: reasons.map(|reason| ReasonDto::new(reason, false, Vec::new())).collect(),
            application: Application::of(&answer.application),
        }
    }
}

/// Saves name and number; slips are told at once.
#[utoipa::path(
    put, path = "/api/v1/applications/{id}/steps/form", tag = "applications",
    params(("id" = String, Path), ("If-Match" = Option<String>, Header, description = IF_MATCH)), request_body = Form,
    responses((status = 200, body = FormSaved), (status = 404, body = Problem), (status = 409, body = Problem), (status = 412, body = Problem))
)]
pub(crate) async fn save_form(
    State(state): State<AppState>,
    ApplicantOrMachine(caller): ApplicantOrMachine,
    Path(id): Path<ApplicationId>,
    IfMatch(version): IfMatch,
    idempotent: Idempotent,
    Json(body): Json<Form>,
) -> Result<Response, ApiError> {
    let declared = Declared { name: body.name, number: body.number };
    let pending = save(&state.service, &caller, At { id, version }, &declared).await?;
    let version = pending.value.application.version;
    Ok(tagged(idempotent.finish(pending, StatusCode::OK, FormSaved::of).await?, version))
}
