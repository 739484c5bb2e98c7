//! `GET /levels`

use super::view::{CapView, words};
use crate::state::AppState;
use axum::extract::State;
use serde::Serialize;
use shiming_domain::limit::level_rules;

/// Shown names.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Label {
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    pub(super) zh_cn: String,
    /// English.
    pub(super) en: String,
}

/// What a level asks for.
#[expect(clippy::struct_excessive_bools, reason = "conditions that are independent of each other")]
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct LevelRequires {
    /// A confirmed contact.
    contact_confirmed: bool,
    /// A verified identity.
    identity_approved: bool,
    /// Distinct outside channels.
    channels_min: u32,
    /// Only the first account of a person.
    first_account_of_person: bool,
    /// A face-to-face record stands for the channels.
    face_to_face_replaces_channels: bool,
    /// A live selfie match, or the recorded route with a person.
    selfie_match: bool,
}

/// A level.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct LevelView {
    /// Always `level`.
    object: &'static str,
    /// 0 to 3.
    level: u8,
    /// Stable name.
    code: String,
    /// Shown name.
    label: Label,
    /// What it allows.
    uses: Vec<String>,
    /// What it asks for.
    requires: LevelRequires,
    /// What it limits.
    caps: Vec<CapView>,
    /// Accounts of one person at this level; missing if any number.
    #[serde(skip_serializing_if = "Option::is_none")]
    accounts_per_person_max: Option<u32>,
}

/// All levels.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Levels {
    /// Always `list`.
    object: &'static str,
    /// Lowest first.
    data: Vec<LevelView>,
    /// The edition of the policy they come from.
    policy: String,
    /// Real people; otherwise a sandbox. Whoever is about to sign in may know.
    livemode: bool,
}

/// What each level asks for and allows.
#[utoipa::path(get, path = "/api/v1/levels", tag = "limits", responses((status = 200, description = "The levels", body = Levels)))]
pub(super) async fn levels(State(state): State<AppState>) -> axum::Json<Levels> {
    let rules = state.service.policy().rules();
    let view = |level: &shiming_domain::policy::Level| LevelView {
        object: "level",
        level: level.id,
        code: level.code.clone(),
        label: Label { zh_cn: level.label.zh_cn.clone(), en: level.label.en.clone() },
        uses: words(&level.uses),
        requires: LevelRequires {
            contact_confirmed: level.requires.contact_confirmed,
            identity_approved: level.requires.identity.is_some(),
            channels_min: level.requires.channels_min,
            first_account_of_person: level.requires.first_account_of_person,
            face_to_face_replaces_channels: level.requires.face_to_face_replaces_channels,
            selfie_match: level.requires.selfie_match,
        },
        caps: level_rules(rules, level)
            .into_iter()
            .map(|rule| CapView::of(rule, rules.money.currency))
            .collect(),
        accounts_per_person_max: level.accounts_per_person_max,
    };
    let data = rules.levels.iter().map(view).collect();
    let livemode = state.service.settings().live;
    axum::Json(Levels { object: "list", data, policy: rules.label.clone(), livemode })
}
