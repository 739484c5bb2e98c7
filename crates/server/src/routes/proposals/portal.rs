//! `POST /api/v1/portal_records`

use super::body::{ActedBody, ChannelBody, ProposalBody, status};
use crate::idempotent::Idempotent;
use crate::identity::StaffMember;
use crate::input::Json;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use shiming_domain::id::AccountId;
use shiming_engine::source::{self, PortalRecord};

/// A positive answer that was got by hand.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PortalBody {
    /// Whose account.
    #[schema(value_type = String)]
    account: AccountId,
    /// Whose portal was asked.
    #[schema(min_length = 1, max_length = 64)]
    organisation: String,
    /// The organisation's reference of the query.
    #[schema(min_length = 1, max_length = 64)]
    reference: String,
}

/// Records what was looked up by hand at an organisation's portal. It counts as a channel once another member of
/// staff has confirmed it.
#[utoipa::path(post, path = "/api/v1/portal_records", tag = "proposals", request_body = PortalBody, responses(
    (status = 201, description = "It counts", body = ChannelBody),
    (status = 202, description = "It waits for a second person", body = ProposalBody),
    (status = 403, description = "Show a factor again first", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "No such account", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "The person is not verified, or twenty proposals of yours wait", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "No such record, or by the policy no channel", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn record(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
    idempotent: Idempotent,
    Json(body): Json<PortalBody>,
) -> Result<Response, ApiError> {
    let PortalBody { account, organisation, reference } = body;
    let record = PortalRecord { account, organisation, reference };
    let pending = source::record_portal(&state.service, &caller, &record).await?;
    let code = status(&pending.value);
    idempotent.finish(pending, code, |acted| ActedBody::of(acted, |added| ChannelBody::from(added))).await
}
