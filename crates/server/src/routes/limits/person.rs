//! `GET /people/{id}`

use super::view::words;
use crate::identity::Machine;
use crate::input::Path;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::extract::State;
use serde::Serialize;
use shiming_domain::id::PersonId;
use shiming_engine::wallet;

/// A person, without any claims about them.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct PersonBody {
    /// Always `person`.
    object: &'static str,
    /// Its id; another one than was asked for if the ID number lawfully changed and that one leads to it.
    id: String,
    /// Real people.
    livemode: bool,
    /// The identity is verified and current.
    verified: bool,
    /// The highest level of their accounts; missing if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<u8>,
    /// The account that has it.
    account: String,
    /// Restrictions of that account. One that nobody may be warned of is not among them.
    restrictions: Vec<String>,
}

/// Who a person is: verified or not, at which level, restricted or not.
#[utoipa::path(get, path = "/api/v1/people/{id}", tag = "limits", params(("id" = String, Path)), responses(
    (status = 200, description = "The person", body = PersonBody),
    (status = 404, description = "Nobody", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn person(
    State(state): State<AppState>,
    Machine(caller): Machine,
    Path(id): Path<PersonId>,
) -> Result<axum::Json<PersonBody>, ApiError> {
    let view = wallet::person(&state.service, &caller, id).await?;
    Ok(axum::Json(PersonBody {
        object: "person",
        id: view.id.to_string(),
        livemode: state.service.settings().live,
        verified: view.verified,
        level: view.level,
        account: view.account.to_string(),
        restrictions: words(&view.restrictions),
    }))
}
