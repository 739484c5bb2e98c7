//! `GET /people/{id}/entitlements`, and how entitlements look.

use super::levels::Label;
use super::view::{CapView, LeftView, moment, word, words};
use crate::identity::Machine;
use crate::input::Path;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use crate::when::When;
use axum::extract::State;
use serde::Serialize;
use shiming_domain::account::RestrictionEffect;
use shiming_domain::id::PersonId;
use shiming_domain::level::{Entitlements, Missing, Raise};
use shiming_domain::policy::money::Currency;
use shiming_engine::wallet;

/// Something a level asks for that is not there.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct MissingView {
    /// `contact`, `identity`, `selfie_match`, `channels`, `lasting_document`, `first_account`,
    /// `accounts_full`.
    kind: &'static str,
    /// How many more channels.
    #[serde(skip_serializing_if = "Option::is_none")]
    more: Option<u32>,
    /// A face-to-face check would do instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    or_face_to_face: Option<bool>,
}

impl From<&Missing> for MissingView {
    fn from(missing: &Missing) -> Self {
        let plain = |kind| Self { kind, more: None, or_face_to_face: None };
        match missing {
            Missing::Contact => plain("contact"),
            Missing::Identity => plain("identity"),
            Missing::SelfieMatch => plain("selfie_match"),
            Missing::Channels { more, or_face_to_face } => {
                Self { kind: "channels", more: Some(*more), or_face_to_face: Some(*or_face_to_face) }
            }
            Missing::LastingDocument => plain("lasting_document"),
            Missing::FirstAccount => plain("first_account"),
            Missing::AccountsFull => plain("accounts_full"),
        }
    }
}

/// A higher level and the way to it.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct RaiseView {
    /// The level.
    level: u8,
    /// Its stable name.
    code: String,
    /// What is missing.
    missing: Vec<MissingView>,
    /// Uses it adds.
    adds: Vec<String>,
    /// Its caps.
    caps: Vec<CapView>,
}

impl RaiseView {
    fn of(raise: &Raise, currency: Currency) -> Self {
        Self {
            level: raise.level,
            code: raise.code.clone(),
            missing: raise.missing.iter().map(Into::into).collect(),
            adds: words(&raise.adds),
            caps: raise.caps.iter().map(|rule| CapView::of(*rule, currency)).collect(),
        }
    }
}

/// What somebody may do now, what is left of it, and what would raise it.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct EntitlementsView {
    /// Always `entitlements`.
    object: &'static str,
    /// The level; missing until a contact is confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<u8>,
    /// Its stable name.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// Its shown name.
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<Label>,
    /// The identity is verified and current, whatever the level.
    verified: bool,
    /// The strongest restriction: `restricted` or `frozen`.
    #[serde(skip_serializing_if = "Option::is_none")]
    effect: Option<String>,
    /// What the money may be used for now.
    uses: Vec<String>,
    /// What the level allows and a restriction holds back.
    suspended: Vec<String>,
    /// Caps with what is left of them.
    limits: Vec<LeftView>,
    /// Higher levels, nearest first.
    raises: Vec<RaiseView>,
    /// When this may change by time alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    changes_at: Option<When>,
}

impl EntitlementsView {
    pub(super) fn of(state: &AppState, of: Entitlements) -> Self {
        let currency = state.service.policy().rules().money.currency;
        Self {
            object: "entitlements",
            level: of.level,
            code: of.code,
            label: of.label.map(|label| Label { zh_cn: label.zh_cn, en: label.en }),
            verified: of.verified,
            // A full freeze reads as a freeze: nobody may be warned of what is behind it.
            effect: of.effect.map(|effect| word(&effect.min(RestrictionEffect::Frozen))),
            uses: words(&of.uses),
            suspended: words(&of.suspended),
            limits: of.limits.iter().map(|left| LeftView::of(*left, currency)).collect(),
            raises: of.raises.iter().map(|raise| RaiseView::of(raise, currency)).collect(),
            changes_at: moment(of.recompute_us),
        }
    }
}

/// What a person may do: that of their account with the highest level.
#[utoipa::path(get, path = "/api/v1/people/{id}/entitlements", tag = "limits", params(("id" = String, Path)), responses(
    (status = 200, description = "Level, uses, limits, and what raises them", body = EntitlementsView),
    (status = 404, description = "Nobody", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn entitlements(
    State(state): State<AppState>,
    Machine(caller): Machine,
    Path(id): Path<PersonId>,
) -> Result<axum::Json<EntitlementsView>, ApiError> {
    let found = wallet::entitlements_of_person(&state.service, &caller, id).await?;
    Ok(axum::Json(EntitlementsView::of(&state, found)))
}
