//! Levels, what they entitle to, and using limits.

mod capture;
mod check;
mod consume;
mod entitlements;
mod get;
mod levels;
mod own_entitlements;
mod person;
mod request;
mod view;
mod void;

use crate::access::{Row, Who, row};
use crate::state::AppState;
use shiming_engine::service::Scope;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const LIMITS: &[Who] = &[Who::Machine(Scope::LimitsUse)];
const PERSONS: &[Who] = &[Who::Machine(Scope::PersonsRead)];

pub(crate) const ACCESS: &[Row] = &[
    row("GET", "/api/v1/levels", &[Who::Anyone]),
    row("GET", "/api/v1/people/{id}", PERSONS),
    row("GET", "/api/v1/people/{id}/entitlements", PERSONS),
    row("GET", "/api/v1/me/entitlements", &[Who::Applicant]),
    row("POST", "/api/v1/limits/check", LIMITS),
    row("POST", "/api/v1/limits/consume", LIMITS),
    row("GET", "/api/v1/limits/{id}", LIMITS),
    row("POST", "/api/v1/limits/{id}/capture", LIMITS),
    row("POST", "/api/v1/limits/{id}/void", LIMITS),
];

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(levels::levels))
        .routes(routes!(person::person))
        .routes(routes!(entitlements::entitlements))
        .routes(routes!(own_entitlements::own_entitlements))
        .routes(routes!(check::check))
        .routes(routes!(consume::consume))
        .routes(routes!(get::get))
        .routes(routes!(capture::capture))
        .routes(routes!(void::void))
}
