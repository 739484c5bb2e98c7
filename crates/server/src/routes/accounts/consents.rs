//! Consents: which texts are in force, what was answered, taking a consent back, giving it again.

use crate::idempotent::Idempotent;
use crate::identity::Applicant;
use crate::input::{Json, Path};
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use crate::when::When;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use shiming_domain::policy::Consent;
use shiming_engine::account::{self, ConsentView};
use shiming_store::account::ConsentState;

/// The text of a consent that is in force.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct ConsentText {
    /// Always `consent_text`.
    object: &'static str,
    /// `general`, `id_images`, `face`, `source_query`.
    #[schema(value_type = String)]
    kind: Consent,
    /// Nothing can go on without it; others may be refused.
    required: bool,
    /// Version of the text to show.
    text_version: String,
}

/// Texts.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct ConsentTexts {
    /// Always `list`.
    object: &'static str,
    data: Vec<ConsentText>,
}

/// A consent of an account.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct ConsentShown {
    /// Always `consent`.
    object: &'static str,
    /// `general`, `id_images`, `face`, `source_query`.
    #[schema(value_type = String)]
    kind: Consent,
    /// Nothing can go on without it; others may be refused.
    required: bool,
    /// `given`, `outdated` (given to a text that has changed since), `refused`, `withdrawn` or `not_asked`.
    state: &'static str,
    /// Version of the text that was answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    text_version: Option<String>,
    /// Language it was shown in.
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<String>,
    /// When it was given, refused or withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<When>,
    /// Version of the text in force.
    current_text_version: String,
}

/// The consents of an account.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct ConsentList {
    /// Always `list`.
    object: &'static str,
    data: Vec<ConsentShown>,
}

/// A consent that is given.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GivenBody {
    /// Version of the text that was shown.
    #[schema(max_length = 32)]
    text_version: String,
    /// Language it was shown in: `zh-CN` or `en`.
    #[schema(max_length = 32)]
    locale: String,
}

impl ConsentShown {
    fn of(view: &ConsentView) -> Self {
        let state = match &view.answer {
            None => "not_asked",
            Some(_) if view.is_outdated() => "outdated",
            Some(answer) => match answer.state {
                ConsentState::Given => "given",
                ConsentState::Refused => "refused",
                ConsentState::Withdrawn => "withdrawn",
            },
        };
        Self {
            object: "consent",
            kind: view.kind,
            required: view.required,
            state,
            text_version: view.answer.as_ref().map(|answer| answer.text_version.clone()),
            locale: view.answer.as_ref().map(|answer| answer.locale.clone()),
            at: view.answer.as_ref().map(|answer| answer.at.into()),
            current_text_version: view.current_text.clone(),
        }
    }
}

impl ConsentList {
    fn of(views: &[ConsentView]) -> Self {
        Self { object: "list", data: views.iter().map(ConsentShown::of).collect() }
    }
}

/// The consents that are asked for, with the version of the text that is in force.
#[utoipa::path(get, path = "/api/v1/consents", tag = "accounts", responses((status = 200, body = ConsentTexts)))]
pub(super) async fn texts(State(state): State<AppState>) -> axum::Json<ConsentTexts> {
    let section = &state.service.policy().consents;
    let text = |kind: Consent| ConsentText {
        object: "consent_text",
        kind,
        required: !section.optional.contains(&kind),
        text_version: account::current_text(&state.service, kind).unwrap_or_default().to_owned(),
    };
    axum::Json(ConsentTexts { object: "list", data: section.kinds.iter().copied().map(text).collect() })
}

/// What whoever asks has consented to, in which text, and how each stands.
#[utoipa::path(get, path = "/api/v1/account/consents", tag = "accounts", responses(
    (status = 200, body = ConsentList),
))]
pub(super) async fn list(
    State(state): State<AppState>,
    Applicant(caller): Applicant,
) -> Result<axum::Json<ConsentList>, ApiError> {
    Ok(axum::Json(ConsentList::of(&account::consents(&state.service, &caller).await?)))
}

/// Takes a consent back. Of `face` everything is destroyed at once, and an application that was not submitted
/// goes on without. Without any other the open application ends, and the account is restricted until the consent
/// is given again. Taking it back again changes nothing.
#[utoipa::path(post, path = "/api/v1/account/consents/{kind}/withdraw", tag = "accounts",
    params(("kind" = String, Path)),
    responses(
        (status = 200, description = "All consents as they stand now", body = ConsentList),
        (status = 409, description = "It was never given", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn withdraw(
    State(state): State<AppState>,
    Applicant(caller): Applicant,
    Path(kind): Path<Consent>,
    idempotent: Idempotent,
) -> Result<Response, ApiError> {
    let pending = account::withdraw_consent(&state.service, &caller, kind).await?;
    idempotent.finish(pending, StatusCode::OK, |views| ConsentList::of(views)).await
}

/// Gives a consent again, or to a text that has changed.
#[utoipa::path(post, path = "/api/v1/account/consents/{kind}/give", tag = "accounts",
    params(("kind" = String, Path)), request_body = GivenBody,
    responses(
        (status = 200, description = "All consents as they stand now", body = ConsentList),
        (status = 409, description = "This is not the text in force", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn give(
    State(state): State<AppState>,
    Applicant(caller): Applicant,
    Path(kind): Path<Consent>,
    idempotent: Idempotent,
    Json(body): Json<GivenBody>,
) -> Result<Response, ApiError> {
    let GivenBody { text_version, locale } = body;
    let pending = account::give_consent(&state.service, &caller, kind, (&text_version, &locale)).await?;
    idempotent.finish(pending, StatusCode::OK, |views| ConsentList::of(views)).await
}
