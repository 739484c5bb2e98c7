//! `PUT /api/v1/applications/{id}/files/{step}`

use super::dto::{Application, ReasonDto};
use crate::body::{self, Unread};
use crate::idempotent::Idempotent;
use crate::identity::Identity;
use crate::input::{Path, Query};
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::Extension;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use shiming_domain::id::{ApplicationId, FileId};
use shiming_domain::reason::{Code, Reason, Step};
use shiming_engine::Given;
use shiming_engine::application::{FileAnswer, Upload, put_file as put};

/// Where a picture comes from.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(crate) struct Claimed {
    /// `live` for a selfie taken now, `file` for one that was chosen. A claim, never evidence.
    #[param(value_type = Option<String>)]
    origin: Origin,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Origin {
    Live,
    #[default]
    File,
}

/// What the gate says.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct FileSaved {
    /// Always `file`.
    object: &'static str,
    /// `file_…`, if it was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    id: Option<FileId>,
    /// It was taken.
    accepted: bool,
    /// It was taken although it is not good: a person will look at it.
    for_person: bool,
    /// What is wrong with it, most important first, with boxes where it shows.
    reasons: Vec<ReasonDto>,
    /// Width of the upright picture, which boxes refer to.
    #[serde(skip_serializing_if = "Option::is_none")]
    width_px: Option<u32>,
    /// Height of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    height_px: Option<u32>,
    application: Application,
}

impl FileSaved {
    /// From what `engine` answers; no `From`, whose lifetime would be fixed too early for a handler.
    pub(super) fn of(answer: &FileAnswer) -> Self {
        let boxes = |reason: &Reason| {
            let of_reason = answer.checks.iter().filter(|check| reason.checks.contains(&check.reference()));
            of_reason.flat_map(|check| check.regions.iter().copied()).collect()
        };
        let (width_px, height_px) = answer.size_px.unzip();
        Self {
            object: "file",
            id: answer.file,
            accepted: answer.file.is_some(),
            for_person: answer.for_person,
            reasons: answer.reasons.iter().map(|r| ReasonDto::new(r, false, boxes(r))).collect(),
            width_px,
            height_px,
            application: Application::of(&answer.application),
        }
    }
}

/// Sends one picture for a step: the file itself is the body, 10 MiB at most. Its bytes say what it is, not the
/// header. The same file again changes nothing.
#[utoipa::path(
    put, path = "/api/v1/applications/{id}/files/{step}", tag = "applications",
    params(("id" = String, Path), ("step" = String, Path), Claimed),
    request_body(content(
        (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"), (Vec<u8> = "image/webp"),
    )),
    responses(
        (status = 200, body = FileSaved, description = "looked at; `accepted` says whether it was taken"),
        (status = 422, body = Problem, description = "no picture that can be opened, or steps before it are missing"),
        (status = 429, body = Problem, description = "no tries left for now, or too many pictures lately"),
        (status = 503, body = Problem, description = "all slots are taken: keep the photo"),
    )
)]
pub(crate) async fn put_file(
    State(state): State<AppState>,
    Extension(identity): Extension<Identity>,
    Path((id, step)): Path<(ApplicationId, Step)>,
    Query(claimed): Query<Claimed>,
    idempotent: Idempotent,
    request: Request,
) -> Result<Response, ApiError> {
    if !is_picture(request.headers()) {
        let detail = "Send a photo as `image/jpeg`, `image/png` or `image/webp`.";
        return Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content_type", detail));
    }
    let most = usize::try_from(Given::bytes_max()).unwrap_or(usize::MAX);
    let space = state.uploads.clone();
    let (bytes, _room) = body::upload(request.into_body(), most, &space).await.map_err(|why| match why {
        Unread::TooLarge => {
            let detail = "A picture has 10 MiB at most. Send the photo as the camera made it.";
            ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "file_too_large", detail)
        }
        other => other.into(),
    })?;
    let upload = Upload { step, bytes: Vec::from(bytes), live: claimed.origin == Origin::Live };
    let caller = identity.sender(id).ok_or_else(ApiError::unauthenticated)?;
    let pending = put(&state.service, caller, id, upload).await?;
    if let Some(why) = pending.value.unreadable.clone() {
        // The try is counted all the same.
        let answer = pending.commit().await?;
        let reasons = answer.reasons.iter().map(|reason| ReasonDto::new(reason, false, Vec::new())).collect();
        let code = Code::ImgUnreadableFile.as_str();
        return Err(ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, code, why.en).reasons(reasons));
    }
    idempotent.finish(pending, StatusCode::OK, FileSaved::of).await
}

fn is_picture(headers: &HeaderMap) -> bool {
    let declared =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    ["image/jpeg", "image/png", "image/webp"].iter().any(|kind| declared.trim().eq_ignore_ascii_case(kind))
}
