//! What the console reads beside cases and tickets: who one is, the catalogue with its notes, the policy in force,
//! people by what they say of themselves, what happened in numbers, and the audit.

mod audit;
mod figures;
mod me;
mod people;
mod policy;
mod reasons;

use crate::access::{Row, Who, row};
use crate::state::AppState;
use shiming_domain::case::Role;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Everybody who works for the operator.
const STAFF: &[Who] = &[
    Who::Staff(Role::Support),
    Who::Staff(Role::Reviewer),
    Who::Staff(Role::Supervisor),
    Who::Staff(Role::Compliance),
    Who::Staff(Role::Operator),
];

pub(crate) const ACCESS: &[Row] = &[
    row("GET", "/api/v1/staff/me", STAFF),
    row("GET", "/api/v1/staff/reasons", STAFF),
    row("GET", "/api/v1/policy", STAFF),
    row("GET", "/api/v1/audit", &[Who::Staff(Role::Operator)]),
    row(
        "GET",
        "/api/v1/figures",
        &[Who::Staff(Role::Supervisor), Who::Staff(Role::Compliance), Who::Staff(Role::Operator)],
    ),
    row(
        "POST",
        "/api/v1/people/search",
        &[Who::Staff(Role::Support), Who::Staff(Role::Supervisor), Who::Staff(Role::Compliance)],
    ),
];

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(me::me))
        .routes(routes!(reasons::reasons))
        .routes(routes!(policy::policy))
        .routes(routes!(audit::rows))
        .routes(routes!(figures::figures))
        .routes(routes!(people::search))
}

/// The stable name of an enumeration without data.
fn word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
