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
use shiming_engine::source::{self, AddedChannel, Channel};

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
    },
    /// A phone in the person's name.
    MobileOperator {
        /// Its number.
        #[serde(with = "full_view")]
        #[schema(value_type = String, max_length = 40)]
        phone: Personal,
    },
    /// A network identity service.
    NetworkIdentity {},
    /// The tax authority.
    Tax {},
    /// Social security.
    SocialSecurity {},
    /// A credit bureau.
    CreditBureau {},
}

/// A channel that was confirmed.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct AddedView {
    /// Always `channel_proof`.
    object: &'static str,
    /// Its id.
    id: String,
    /// What kind of channel.
    kind: String,
    /// Whose.
    organisation: String,
    /// When it confirmed.
    confirmed_at: When,
}

impl From<&AddedChannel> for AddedView {
    fn from(added: &AddedChannel) -> Self {
        Self {
            object: "channel_proof",
            id: added.id.to_string(),
            kind: kind_text(added.kind),
            organisation: added.organisation.clone(),
            confirmed_at: added.confirmed_at.into(),
        }
    }
}

impl From<NewChannel> for Channel {
    fn from(new: NewChannel) -> Self {
        match new {
            NewChannel::BankCard { number } => Self::BankCard(number),
            NewChannel::MobileOperator { phone } => Self::MobileOperator(phone),
            NewChannel::NetworkIdentity {} => Self::Other(ChannelKind::NetworkIdentity),
            NewChannel::Tax {} => Self::Other(ChannelKind::Tax),
            NewChannel::SocialSecurity {} => Self::Other(ChannelKind::SocialSecurity),
            NewChannel::CreditBureau {} => Self::Other(ChannelKind::CreditBureau),
        }
    }
}

/// Asks a source of this kind to confirm the verified person, which may raise the level.
#[utoipa::path(post, path = "/api/v1/channels", tag = "channels", request_body = NewChannel,
    responses(
        (status = 201, description = "Confirmed", body = AddedView),
        (status = 404, description = "No source of this kind is set up", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The person is not verified", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Not confirmed, or no such number", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "No more tries today", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The source does not answer", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn add(
    State(state): State<AppState>,
    Applicant(caller): Applicant,
    idempotent: Idempotent,
    Json(new): Json<NewChannel>,
) -> Result<Response, ApiError> {
    let pending = source::add_channel(&state.service, &caller, new.into()).await?;
    idempotent.finish(pending, StatusCode::CREATED, |added| AddedView::from(added)).await
}
