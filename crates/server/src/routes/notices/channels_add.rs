//! `POST /api/v1/channels`

use super::kind_text;
use crate::idempotent::Idempotent;
use crate::identity::Applicant;
use crate::input::Json;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use crate::when::When;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use shiming_domain::personal::{Personal, full_view};
use shiming_domain::policy::ChannelKind;
use shiming_engine::source::{self, Channel, ChannelRequest, RequestState, Wanted};

/// A channel to be confirmed.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum NewChannel {
    /// A bank card in the person's name.
    BankCard {
        /// Its number.
        #[serde(with = "full_view")]
        #[schema(value_type = String, max_length = 40)]
        number: Personal,
        /// Whose source; without it the first that has not confirmed the person yet.
        #[serde(default)]
        #[schema(max_length = 64)]
        organisation: Option<String>,
    },
    /// A phone in the person's name.
    MobileOperator {
        /// Its number.
        #[serde(with = "full_view")]
        #[schema(value_type = String, max_length = 40)]
        phone: Personal,
        /// Whose source.
        #[serde(default)]
        #[schema(max_length = 64)]
        organisation: Option<String>,
    },
    /// A network identity service.
    NetworkIdentity {
        /// Whose source.
        #[serde(default)]
        #[schema(max_length = 64)]
        organisation: Option<String>,
    },
    /// The tax authority.
    Tax {
        /// Whose source.
        #[serde(default)]
        #[schema(max_length = 64)]
        organisation: Option<String>,
    },
    /// Social security.
    SocialSecurity {
        /// Whose source.
        #[serde(default)]
        #[schema(max_length = 64)]
        organisation: Option<String>,
    },
    /// A credit bureau.
    CreditBureau {
        /// Whose source.
        #[serde(default)]
        #[schema(max_length = 64)]
        organisation: Option<String>,
    },
}

/// A channel that was asked for.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct RequestView {
    /// Always `channel_request`.
    object: &'static str,
    /// Its id.
    id: String,
    /// What kind of channel.
    kind: String,
    /// Whose.
    organisation: String,
    /// `asking`, `confirmed`, `refused` or `unavailable`.
    status: &'static str,
    /// Why it was refused or could not be answered: `SRC_MISMATCH`, `SRC_NO_RECORD`, `SRC_DOC_INVALID`;
    /// `SRC_UNAVAILABLE`, `channel_tries`, `channel_not_set_up`, `not_verified`.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// The proof it became.
    #[serde(skip_serializing_if = "Option::is_none")]
    channel_proof: Option<String>,
    created_at: When,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<When>,
}

impl From<&ChannelRequest> for RequestView {
    fn from(request: &ChannelRequest) -> Self {
        Self {
            object: "channel_request",
            id: request.id.to_string(),
            kind: kind_text(request.kind),
            organisation: request.organisation.clone(),
            status: match request.state {
                RequestState::Asking => "asking",
                RequestState::Confirmed => "confirmed",
                RequestState::Refused => "refused",
                RequestState::Unavailable => "unavailable",
            },
            code: request.code.clone(),
            channel_proof: request.proof.map(|id| id.to_string()),
            created_at: request.asked_at.into(),
            ended_at: request.ended_at.map(Into::into),
        }
    }
}

impl From<NewChannel> for Wanted {
    fn from(new: NewChannel) -> Self {
        let (channel, organisation) = match new {
            NewChannel::BankCard { number, organisation } => (Channel::BankCard(number), organisation),
            NewChannel::MobileOperator { phone, organisation } => {
                (Channel::MobileOperator(phone), organisation)
            }
            NewChannel::NetworkIdentity { organisation } => {
                (Channel::Other(ChannelKind::NetworkIdentity), organisation)
            }
            NewChannel::Tax { organisation } => (Channel::Other(ChannelKind::Tax), organisation),
            NewChannel::SocialSecurity { organisation } => {
                (Channel::Other(ChannelKind::SocialSecurity), organisation)
            }
            NewChannel::CreditBureau { organisation } => {
                (Channel::Other(ChannelKind::CreditBureau), organisation)
            }
        };
        Self { channel, organisation }
    }
}

/// Has a source of this kind asked about the verified person; what came of it is read at the request, and may
/// raise the level.
#[utoipa::path(post, path = "/api/v1/channels", tag = "channels", request_body = NewChannel,
    responses(
        (status = 202, description = "The source is asked", body = RequestView),
        (status = 404, description = "No source of this kind or organisation is set up", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The person is not verified, the source is being asked, or has confirmed already", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "No such number", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "No more tries today", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn add(
    State(state): State<AppState>,
    Applicant(caller): Applicant,
    idempotent: Idempotent,
    Json(new): Json<NewChannel>,
) -> Result<Response, ApiError> {
    let pending = source::add_channel(&state.service, &caller, new.into()).await?;
    idempotent.finish(pending, StatusCode::ACCEPTED, |request| RequestView::from(request)).await
}
