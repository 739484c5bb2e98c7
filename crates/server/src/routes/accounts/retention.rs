//! `GET /api/v1/account/retention`

use crate::identity::Applicant;
use crate::state::AppState;
use axum::extract::State;
use serde::Serialize;

/// For how long what is kept.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct RetentionTerms {
    /// Always `retention`.
    object: &'static str,
    /// Name, number, what the card says and its pictures: years after the relationship ends.
    identity_years: u32,
    /// Transactions: years after each.
    transaction_years: u32,
    /// Answers to consents.
    consent_years: u32,
    /// The record of decisions and looks.
    audit_years: u32,
    /// Sign-ins.
    security_log_months: u32,
    /// The selfie, after the decision.
    selfie_days: u32,
    /// Pictures of what was not finished, withdrawn or not approved; of a rejection, from when the time to appeal
    /// is over.
    abandoned_images_days: u32,
    /// How long a rejection may be appealed.
    appeal_window_days: u32,
}

/// The operator's terms of keeping, as the policy in force has them.
#[utoipa::path(get, path = "/api/v1/account/retention", tag = "accounts", responses(
    (status = 200, description = "The terms", body = RetentionTerms),
))]
pub(super) async fn retention(State(state): State<AppState>, _: Applicant) -> axum::Json<RetentionTerms> {
    let rules = state.service.policy().rules();
    let terms = &rules.retention;
    axum::Json(RetentionTerms {
        object: "retention",
        identity_years: terms.identity_years,
        transaction_years: terms.transaction_years,
        consent_years: terms.consent_years,
        audit_years: terms.audit_years,
        security_log_months: terms.security_log_months,
        selfie_days: terms.selfie_days,
        abandoned_images_days: terms.abandoned_images_days,
        appeal_window_days: rules.review.appeal_window_days,
    })
}
