//! How a command ends.

use std::process::ExitCode;

/// The answers to the question "did it work?". Whatever was decided about a person is an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// An answer was given.
    Answered,
    /// What was looked at is not as it should be; what was printed says where.
    Failed,
    /// The input cannot be used; what was printed says why, in the same shape.
    UnusableInput,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Answered => Self::SUCCESS,
            Exit::Failed => Self::FAILURE,
            Exit::UnusableInput => Self::from(3),
        }
    }
}

/// Exit status of wrong usage, as clap uses it.
const USAGE: u8 = 2;

/// Why there is no answer at all. Printed on stderr; nothing is on stdout.
#[derive(Debug)]
pub(crate) struct Failure {
    error: anyhow::Error,
    status: u8,
    hint: Option<String>,
}

impl Failure {
    /// An argument that was understood but cannot be used.
    pub(crate) fn usage(error: impl Into<anyhow::Error>) -> Self {
        Self { error: error.into(), status: USAGE, hint: None }
    }

    /// Adds what to do about it.
    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// The error with its causes, in one line.
    pub(crate) fn text(&self) -> String {
        format!("{:#}", self.error)
    }

    /// Prints the error with its causes.
    pub(crate) fn report(&self) -> ExitCode {
        eprintln!("error: {:#}", self.error);
        if let Some(hint) = &self.hint {
            eprintln!("  try: {hint}");
        }
        ExitCode::from(self.status)
    }
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self { error: error.into(), status: 1, hint: None }
    }
}
