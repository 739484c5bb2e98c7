//! Those who work for the operator.

use super::views::{Done, List};
use crate::idempotent::Idempotent;
use crate::identity::{Anyone, StaffMember};
use crate::input::{Json, Path};
use crate::problem::{ApiError, Problem};
use crate::routes::proposals::body::{ActedBody, ProposalBody, status};
use crate::state::AppState;
use crate::when::When;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use shiming_domain::case::Role;
use shiming_domain::id::StaffId;
use shiming_engine::account::staff::{self, Invitation, Invited, SetUp, StaffView};

/// What the owner of a set-up link sends.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SetUpBody {
    /// What stands after the `#` of the link.
    token: String,
    /// At least 8 characters; a second factor is set up next.
    #[schema(min_length = 8, max_length = 128)]
    password: String,
    /// For the administrator of the first start.
    #[serde(default)]
    administrator: Option<AdministratorBody>,
}

/// The administrator.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AdministratorBody {
    /// What colleagues call them.
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    /// Mail address to sign in with.
    #[schema(max_length = 254)]
    email: String,
}

/// Somebody to be invited.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct InviteBody {
    /// What colleagues call them.
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    /// Mail address to sign in with.
    #[schema(max_length = 254)]
    email: String,
    /// `support`, `reviewer`, `supervisor`, `compliance` or `operator`.
    #[schema(value_type = String)]
    role: Role,
}

/// Somebody was invited.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct InvitedView {
    /// Always `staff`.
    object: &'static str,
    /// Who.
    id: String,
    /// The link that sets them up; shown once, for 24 hours.
    link: String,
}

impl From<&Invited> for InvitedView {
    fn from(invited: &Invited) -> Self {
        Self { object: "staff", id: invited.id.to_string(), link: invited.link.clone() }
    }
}

/// A member of staff.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct StaffEntry {
    /// Always `staff`.
    object: &'static str,
    /// Who.
    id: String,
    /// As what.
    role: &'static str,
    /// `invited`, `active` or `disabled`.
    status: String,
    /// What colleagues call them.
    name: String,
    /// Mail address.
    email: String,
    /// Since when.
    created_at: When,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    disabled_at: Option<When>,
}

impl From<StaffView> for StaffEntry {
    fn from(view: StaffView) -> Self {
        Self {
            object: "staff",
            id: view.id.to_string(),
            role: view.role.as_str(),
            status: view.state,
            name: view.name.reveal().to_owned(),
            email: view.email.reveal().to_owned(),
            created_at: view.created_at.into(),
            disabled_at: view.disabled_at.map(Into::into),
        }
    }
}

/// Sets a password with a set-up link. Sign in next, as staff, and set up the second factor.
#[utoipa::path(post, path = "/api/v1/staff/setup", tag = "staff", request_body = SetUpBody, responses(
    (status = 201, description = "Set up", body = Done),
    (status = 404, description = "The link is over or was used", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn set_up(
    State(state): State<AppState>,
    Anyone(caller): Anyone,
    idempotent: Idempotent,
    Json(body): Json<SetUpBody>,
) -> Result<Response, ApiError> {
    let administrator = body.administrator.map(|who| (who.name, who.email));
    let set_up = SetUp { token: body.token, password: body.password, administrator };
    let pending = staff::set_up(&state.service, &caller, set_up).await?;
    idempotent.finish(pending, StatusCode::CREATED, |_| Done::with("staff_setup")).await
}

/// Everybody who works or worked here, oldest first.
#[utoipa::path(get, path = "/api/v1/staff", tag = "staff", responses(
    (status = 200, description = "Staff", body = List<StaffEntry>),
))]
pub(super) async fn list(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
) -> Result<axum::Json<List<StaffEntry>>, ApiError> {
    let views = staff::list(&state.service, &caller).await?;
    Ok(axum::Json(List::of(views.into_iter().map(StaffEntry::from).collect())))
}

/// Invites somebody.
#[utoipa::path(post, path = "/api/v1/staff", tag = "staff", request_body = InviteBody, responses(
    (status = 201, description = "Invited", body = InvitedView),
    (status = 202, description = "It waits for another operator", body = ProposalBody),
    (status = 409, description = "Works here already, or twenty proposals of yours wait", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn create(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
    idempotent: Idempotent,
    Json(body): Json<InviteBody>,
) -> Result<Response, ApiError> {
    let invitation = Invitation { name: body.name, email: body.email, role: body.role };
    let pending = staff::create(&state.service, &caller, invitation).await?;
    let code = status(&pending.value);
    idempotent.finish(pending, code, |acted| ActedBody::of(acted, |invited| InvitedView::from(invited))).await
}

/// Ends somebody's work here, and all their sessions at once.
#[utoipa::path(post, path = "/api/v1/staff/{id}/disable", tag = "staff", params(("id" = String, Path)), responses(
    (status = 200, description = "Disabled", body = Done),
    (status = 409, description = "Yourself, or disabled already", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn disable(
    State(state): State<AppState>,
    StaffMember(caller): StaffMember,
    idempotent: Idempotent,
    Path(id): Path<StaffId>,
) -> Result<Response, ApiError> {
    let pending = staff::disable(&state.service, &caller, id).await?;
    idempotent.finish(pending, StatusCode::OK, |()| Done::with("staff_disabled")).await
}
