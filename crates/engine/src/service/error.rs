//! Why a use case did not do what was asked.

use shiming_domain::moment::Timestamp;
use shiming_store as store;

/// What kind of refusal it is: what a client can do about it, and which HTTP status says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The input is malformed: 400.
    Malformed,
    /// Sign in first: 401.
    Unauthenticated,
    /// Not with this role, scope or strength: 403.
    Forbidden,
    /// There is no such thing, or it is nobody's business here: 404.
    NotFound,
    /// Not in this state: 409.
    Conflict,
    /// It has changed since it was read: 412.
    Stale,
    /// More than a limit allows: 413.
    TooLarge,
    /// Well-formed and not acceptable: 422.
    Unacceptable,
    /// Too often: 429.
    TooMany,
    /// Busy, come back: 503.
    Busy,
}

/// A refusal. It repeats nothing of what was sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// What kind.
    pub kind: Kind,
    /// Stable code, `snake_case` for machines' mistakes and a catalogue code for people's.
    pub code: &'static str,
    /// What happened and what to do, for developers and logs.
    pub detail: String,
    /// When it makes sense to try again.
    pub retry_at: Option<Timestamp>,
}

/// Why a use case did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It was refused.
    #[error("refused: {}", .0.code)]
    Refused(Box<Refused>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// Keys are missing or do not fit.
    #[error(transparent)]
    Keys(#[from] super::KeysError),
    /// The networks failed.
    #[error(transparent)]
    Run(#[from] crate::RunError),
    /// Something that cannot be. The text names the place.
    #[error("internal: {0}")]
    Internal(&'static str),
}

impl Refused {
    /// A refusal.
    pub fn new(kind: Kind, code: &'static str, detail: impl Into<String>) -> Self {
        Self { kind, code, detail: detail.into(), retry_at: None }
    }

    /// Later.
    #[must_use]
    pub fn until(mut self, at: Option<Timestamp>) -> Self {
        self.retry_at = at;
        self
    }
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        Self::Refused(Box::new(refused))
    }
}

impl Error {
    /// There is no such thing, or it is not the caller's.
    pub fn not_found() -> Self {
        Refused::new(Kind::NotFound, "not_found", "There is nothing here that you may see.").into()
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(refused) => refused.code,
            Self::Store(error) => error.code(),
            Self::Keys(_) => "keys",
            Self::Run(error) => error.code(),
            Self::Internal(_) => "internal",
        }
    }

    /// Trying the same again may help.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Store(error) => error.is_passing() || matches!(error, store::Error::Conflict { .. }),
            Self::Refused(refused) => matches!(refused.kind, Kind::Busy | Kind::TooMany | Kind::Stale),
            Self::Run(_) => true,
            Self::Keys(_) | Self::Internal(_) => false,
        }
    }
}
