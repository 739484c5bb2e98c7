//! Accounts, sessions, second factors, staff, keys of machines.

mod account;
mod changes;
mod consents;
mod factors;
mod held;
mod holds;
mod keys;
mod passkeys;
mod preferences;
mod recovery;
mod register;
mod restrictions;
mod retention;
mod sessions;
mod staff;
mod views;
mod webauthn;

pub(crate) use keys::KeyEntry;
pub(crate) use staff::InvitedView;

use crate::access::{Row, Who, row};
use crate::state::AppState;
use shiming_domain::case::Role;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const ANYONE: &[Who] = &[Who::Anyone];
const APPLICANT: &[Who] = &[Who::Applicant];
const OPERATOR: &[Who] = &[Who::Staff(Role::Operator)];
const SUPERVISOR: &[Who] = &[Who::Staff(Role::Supervisor)];
const SUPPORT: &[Who] = &[Who::Staff(Role::Support), Who::Staff(Role::Supervisor)];
/// To show or set up the second factor.
const SESSION: &[Who] = &[Who::Session];
/// With every factor that is due: whoever has only a password neither sees nor ends other sessions.
const SIGNED_IN: &[Who] = &[
    Who::Applicant,
    Who::Staff(Role::Support),
    Who::Staff(Role::Reviewer),
    Who::Staff(Role::Supervisor),
    Who::Staff(Role::Compliance),
    Who::Staff(Role::Operator),
];

pub(crate) const ACCESS: &[Row] = &[
    row("POST", "/api/v1/accounts", ANYONE),
    row("POST", "/api/v1/accounts/confirm", ANYONE),
    row("POST", "/api/v1/codes/{id}/resend", ANYONE),
    row("GET", "/api/v1/account", APPLICANT),
    row("GET", "/api/v1/account/changes", APPLICANT),
    row("GET", "/api/v1/account/retention", APPLICANT),
    row("PUT", "/api/v1/account/preferences", APPLICANT),
    row("GET", "/api/v1/consents", ANYONE),
    row("GET", "/api/v1/account/consents", APPLICANT),
    row("POST", "/api/v1/account/consents/{kind}/withdraw", APPLICANT),
    row("POST", "/api/v1/account/consents/{kind}/give", APPLICANT),
    row("POST", "/api/v1/account/compromise", APPLICANT),
    row("POST", "/api/v1/account/compromise/clear", APPLICANT),
    row("POST", "/api/v1/accounts/{id}/restrictions", SUPPORT),
    row("POST", "/api/v1/accounts/{id}/restrictions/{restriction}/lift", SUPPORT),
    row("GET", "/api/v1/holds", SUPERVISOR),
    row("POST", "/api/v1/accounts/{id}/hold", SUPERVISOR),
    row("POST", "/api/v1/accounts/{id}/hold/lift", SUPERVISOR),
    row("POST", "/api/v1/account/contact", APPLICANT),
    row("POST", "/api/v1/account/contact/confirm", APPLICANT),
    row("POST", "/api/v1/account/close", APPLICANT),
    row("POST", "/api/v1/account/keep_open", APPLICANT),
    row("POST", "/api/v1/sessions", ANYONE),
    row("GET", "/api/v1/sessions", SIGNED_IN),
    row("POST", "/api/v1/sessions/second-factor", SESSION),
    row("POST", "/api/v1/sessions/second-factor/options", SESSION),
    row("POST", "/api/v1/sessions/passkey", ANYONE),
    row("POST", "/api/v1/sessions/passkey/options", ANYONE),
    row("POST", "/api/v1/sessions/code", APPLICANT),
    row("POST", "/api/v1/sessions/end_others", SIGNED_IN),
    row("DELETE", "/api/v1/sessions/current", ANYONE),
    row("DELETE", "/api/v1/sessions/{id}", SIGNED_IN),
    row("POST", "/api/v1/factors/totp", SESSION),
    row("POST", "/api/v1/factors/totp/confirm", SESSION),
    row("POST", "/api/v1/factors/recovery-codes", SIGNED_IN),
    row("GET", "/api/v1/factors/passkeys", SIGNED_IN),
    row("POST", "/api/v1/factors/passkeys", SESSION),
    row("POST", "/api/v1/factors/passkeys/options", SESSION),
    row("PUT", "/api/v1/factors/passkeys/{id}", SIGNED_IN),
    row("DELETE", "/api/v1/factors/passkeys/{id}", SIGNED_IN),
    row("POST", "/api/v1/recovery", ANYONE),
    row("POST", "/api/v1/recovery/complete", ANYONE),
    row("POST", "/api/v1/staff/setup", ANYONE),
    row("GET", "/api/v1/staff", OPERATOR),
    row("POST", "/api/v1/staff", OPERATOR),
    row("POST", "/api/v1/staff/{id}/disable", OPERATOR),
    row("GET", "/api/v1/keys", OPERATOR),
    row("POST", "/api/v1/keys", OPERATOR),
    row("POST", "/api/v1/keys/{id}/rotate", OPERATOR),
    row("DELETE", "/api/v1/keys/{id}", OPERATOR),
];

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(register::register))
        .routes(routes!(register::confirm))
        .routes(routes!(register::resend))
        .routes(routes!(account::read))
        .routes(routes!(preferences::prefer))
        .routes(routes!(changes::changes))
        .routes(routes!(retention::retention))
        .routes(routes!(restrictions::report))
        .routes(routes!(restrictions::clear))
        .routes(routes!(restrictions::restrict))
        .routes(routes!(restrictions::lift))
        .routes(routes!(holds::list))
        .routes(routes!(holds::hold))
        .routes(routes!(holds::lift))
        .routes(routes!(consents::texts))
        .routes(routes!(consents::list))
        .routes(routes!(consents::withdraw))
        .routes(routes!(consents::give))
        .routes(routes!(account::change_contact))
        .routes(routes!(account::confirm_contact))
        .routes(routes!(account::close))
        .routes(routes!(account::keep_open))
        .routes(routes!(sessions::sign_in, sessions::list))
        .routes(routes!(sessions::second_factor))
        .routes(routes!(sessions::code))
        .routes(routes!(sessions::end_others))
        .routes(routes!(sessions::sign_out))
        .routes(routes!(sessions::end))
        .routes(routes!(factors::enrol))
        .routes(routes!(factors::confirm))
        .routes(routes!(factors::recovery_codes))
        .routes(routes!(passkeys::list, passkeys::finish))
        .routes(routes!(passkeys::begin))
        .routes(routes!(passkeys::rename, passkeys::remove))
        .routes(routes!(passkeys::begin_factor))
        .routes(routes!(passkeys::begin_sign_in))
        .routes(routes!(passkeys::sign_in_with_passkey))
        .routes(routes!(recovery::begin))
        .routes(routes!(recovery::complete))
        .routes(routes!(staff::set_up))
        .routes(routes!(staff::list, staff::create))
        .routes(routes!(staff::disable))
        .routes(routes!(keys::list, keys::create))
        .routes(routes!(keys::rotate))
        .routes(routes!(keys::revoke))
}
