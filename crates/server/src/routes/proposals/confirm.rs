//! `POST /api/v1/proposals/{id}/confirm`

use super::body::ChannelBody;
use crate::idempotent::Idempotent;
use crate::identity::StaffMember;
use crate::input::Path;
use crate::problem::{ApiError, Problem};
use crate::routes::accounts::{InvitedView, KeyEntry};
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use shiming_domain::id::ProposalId;
use shiming_engine::four_eyes::{self, Confirmed};

/// What the act made.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(untagged)]
pub(crate) enum ConfirmedBody {
    /// Somebody was invited; the link is shown once.
    Invited(InvitedView),
    /// A key was made; its secret is shown once.
    Key(KeyEntry),
    /// A channel counts.
    Channel(ChannelBody),
}

impl From<&Confirmed> for ConfirmedBody {
    fn from(confirmed: &Confirmed) -> Self {
        match confirmed {
            Confirmed::Invited(invited) => Self::Invited(InvitedView::from(invited)),
            Confirmed::Key(made) => Self::Key(KeyEntry::made(made)),
            Confirmed::Channel(added) => Self::Channel(ChannelBody::from(added)),
        }
    }
}

/// Confirms what another person proposed, which is done at once.
#[utoipa::path(post, path = "/api/v1/proposals/{id}/confirm", tag = "proposals", params(("id" = String, Path)), responses(
    (status = 201, description = "Done", body = ConfirmedBody),
    (status = 403, description = "Show a factor again first", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "No such proposal for this role", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "One's own, confirmed already, over, or of somebody who was put out", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn confirm(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
    idempotent: Idempotent,
    Path(id): Path<ProposalId>,
) -> Result<Response, ApiError> {
    let pending = four_eyes::confirm(&state.service, &caller, id).await?;
    idempotent.finish(pending, StatusCode::CREATED, |done| ConfirmedBody::from(done)).await
}
