//! `PUT /api/v1/applications/{id}/steps/consent`

use super::dto::Application;
use crate::idempotent::Idempotent;
use crate::identity::ApplicantOrMachine;
use crate::input::{Json, Path};
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use shiming_domain::id::ApplicationId;
use shiming_domain::policy::Consent;
use shiming_domain::steps::Answer;
use shiming_engine::application::save_consent as save;
use std::collections::BTreeMap;

/// Answers to consents, each of its own.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Consents {
    /// `general`, `id_images`, `face`, `source_query` → `given` or `refused`.
    #[schema(value_type = std::collections::HashMap<String, String>)]
    answers: BTreeMap<Consent, Answer>,
    /// Version of the text that was shown.
    #[schema(max_length = 32)]
    text_version: String,
    /// Language it was shown in: `zh-CN` or `en`.
    #[schema(max_length = 32)]
    locale: String,
}

/// Saves answers to consents. Refusing `face` opens the way with a person.
#[utoipa::path(
    put, path = "/api/v1/applications/{id}/steps/consent", tag = "applications",
    params(("id" = String, Path)), request_body = Consents,
    responses((status = 200, body = Application), (status = 404, body = Problem), (status = 409, body = Problem))
)]
pub(crate) async fn save_consent(
    State(state): State<AppState>,
    ApplicantOrMachine(caller): ApplicantOrMachine,
    Path(id): Path<ApplicationId>,
    idempotent: Idempotent,
    Json(body): Json<Consents>,
) -> Result<Response, ApiError> {
    let Consents { answers, text_version, locale } = body;
    let pending = save(&state.service, &caller, id, answers, (&text_version, &locale)).await?;
    idempotent.finish(pending, StatusCode::OK, Application::of).await
}
