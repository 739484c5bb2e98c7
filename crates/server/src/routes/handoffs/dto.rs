//! Hand-offs on the wire.

use crate::routes::applications::dto::StepDto;
use crate::when::When;
use serde::{Deserialize, Serialize};
use shiming_domain::id::{ApplicationId, HandoffId};
use shiming_engine::application::handoff::HandoffView;

/// Pictures that were handed to a phone.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Handoff {
    /// Always `handoff`.
    object: &'static str,
    /// `hof_…`
    #[schema(value_type = String)]
    id: HandoffId,
    #[schema(value_type = String)]
    application: ApplicationId,
    /// `waiting`, `opened`, `claimed`, `done`, `expired` or `ended`.
    state: &'static str,
    /// The pictures that are asked for.
    steps: Vec<StepDto>,
    /// Until when the link, or the phone that took it, is worth something.
    expires_at: When,
}

/// The token of a link.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LinkBody {
    /// What stands behind `#` in the link.
    #[schema(max_length = 64)]
    pub(super) token: String,
}

impl From<&HandoffView> for Handoff {
    fn from(view: &HandoffView) -> Self {
        Self {
            object: "handoff",
            id: view.id,
            application: view.application,
            state: view.progress.as_str(),
            steps: view.steps.iter().map(StepDto::from).collect(),
            expires_at: When(view.expires_at),
        }
    }
}
