//! Proposals on the wire.

use crate::when::When;
use axum::http::StatusCode;
use serde::Serialize;
use shiming_engine::four_eyes::{Act, Acted, Proposal};
use shiming_engine::source::AddedChannel;

/// An act that waits for a second person.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ProposalBody {
    /// Always `proposal`.
    object: &'static str,
    /// `prp_…`
    id: String,
    /// The rule of the policy's `four_eyes` that asks for the second person.
    rule: String,
    /// What is to be done, word for word: `kind` is `invite_staff` (`name`, `email`, `role`), `create_key` (`label`,
    /// `scopes`, `days`), `rotate_key` (`key`) or `record_portal` (`account`, `organisation`, `reference`).
    #[schema(value_type = Object)]
    act: Act,
    proposed_by: String,
    proposed_at: When,
    /// Nobody can confirm it from then on.
    until: When,
}

impl From<&Proposal> for ProposalBody {
    fn from(proposal: &Proposal) -> Self {
        let rule = serde_json::to_value(proposal.rule).ok();
        Self {
            object: "proposal",
            id: proposal.id.to_string(),
            rule: rule.and_then(|rule| rule.as_str().map(str::to_owned)).unwrap_or_default(),
            act: proposal.act.clone(),
            proposed_by: proposal.proposed_by.to_string(),
            proposed_at: When(proposal.proposed_at),
            until: When(proposal.until),
        }
    }
}

/// What was done, or the proposal that waits.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum ActedBody<V> {
    Done(V),
    Waits(ProposalBody),
}

impl<V> ActedBody<V> {
    pub(crate) fn of<T>(acted: &Acted<T>, done: impl FnOnce(&T) -> V) -> Self {
        match acted {
            Acted::Done(what) => Self::Done(done(what)),
            Acted::Waits(proposal) => Self::Waits(ProposalBody::from(proposal)),
        }
    }
}

/// 201 for what is done, 202 for what waits.
pub(crate) const fn status<T>(acted: &Acted<T>) -> StatusCode {
    match acted {
        Acted::Done(_) => StatusCode::CREATED,
        Acted::Waits(_) => StatusCode::ACCEPTED,
    }
}

/// A channel that counts from now on.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ChannelBody {
    /// Always `channel_proof`.
    object: &'static str,
    /// `chp_…`
    id: String,
    /// What kind of channel.
    kind: String,
    /// Whose.
    organisation: String,
    confirmed_at: When,
}

impl From<&AddedChannel> for ChannelBody {
    fn from(added: &AddedChannel) -> Self {
        let kind = serde_json::to_value(added.kind).ok();
        Self {
            object: "channel_proof",
            id: added.id.to_string(),
            kind: kind.and_then(|kind| kind.as_str().map(str::to_owned)).unwrap_or_default(),
            organisation: added.organisation.clone(),
            confirmed_at: When(added.confirmed_at),
        }
    }
}
