//! What these routes answer.

use crate::when::When;
use serde::Serialize;
use shiming_engine::account::{Asked, SignedIn, Still};

/// A code is on its way.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct CodeView {
    /// Always `code`.
    object: &'static str,
    /// Send it with the code.
    id: String,
    /// The code is worth nothing from then on.
    expires_at: When,
    /// Another may be asked for from then on.
    resend_at: When,
}

impl From<&Asked> for CodeView {
    fn from(asked: &Asked) -> Self {
        Self {
            object: "code",
            id: asked.request.to_string(),
            expires_at: asked.expires_at.into(),
            resend_at: asked.again_at.into(),
        }
    }
}

/// A session was begun, or is stronger now. Its token is in the cookie alone.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct SignedInView {
    /// Always `session`.
    object: &'static str,
    /// Its id.
    id: String,
    /// The account or member of staff.
    owner: String,
    /// It ends then at the latest.
    expires_at: When,
    /// What is still to be done before it opens anything: `nothing`, `second_factor` (show it) or `enrolment`
    /// (set one up).
    still: &'static str,
    /// The rules ask staff for a passkey, and this member has none: ask for one now.
    passkey_wanted: bool,
}

impl From<&SignedIn> for SignedInView {
    fn from(signed_in: &SignedIn) -> Self {
        Self {
            object: "session",
            id: signed_in.session.to_string(),
            owner: signed_in.owner.clone(),
            expires_at: signed_in.until.into(),
            still: match signed_in.still {
                Still::Nothing => "nothing",
                Still::SecondFactor => "second_factor",
                Still::Enrolment => "enrolment",
            },
            passkey_wanted: signed_in.passkey_wanted,
        }
    }
}

/// It was done.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Done {
    /// What was done.
    object: &'static str,
    /// Always `true`.
    done: bool,
}

impl Done {
    pub(super) const fn with(object: &'static str) -> Self {
        Self { object, done: true }
    }
}

/// A whole list; these are short.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct List<T> {
    /// Always `list`.
    object: &'static str,
    /// The entries.
    data: Vec<T>,
}

impl<T> List<T> {
    pub(super) const fn of(data: Vec<T>) -> Self {
        Self { object: "list", data }
    }
}
