//! The one client for everything outgoing over HTTP.
//!
//! Addresses come from operators and integrators, answers from strangers. A request goes to an address that
//! was looked at and found public, follows no redirect, carries nothing of the environment, and its answer
//! has a size and a time limit. What the operator keeps in inner networks on purpose is listed by name or
//! range in [`Rules`].

mod address;
mod client;
mod target;

pub use address::{Exception, ExceptionError, is_public};
pub use client::{Answer, Client};
pub use target::Target;

/// Where requests may go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// This machine may be asked, also without TLS and on any port. For development and tests.
    pub allow_loopback: bool,
    /// Ports besides 443.
    pub ports: Vec<u16>,
    /// Inner names and ranges that may be asked nevertheless.
    pub exceptions: Vec<Exception>,
}

/// Why nothing was fetched. None of them repeats the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GuardError {
    /// Not an address of the web, or one with characters that two readers would read differently.
    #[error("this is no address that can be asked")]
    Malformed,
    /// Not `https`.
    #[error("only https is asked")]
    Scheme,
    /// A name or a password stands in it.
    #[error("an address holds no name and no password")]
    UserInfo,
    /// A number in one of the forms that hide which host is meant.
    #[error("a host is a name or an address in its usual form")]
    Host,
    /// A port that is not listed.
    #[error("this port is not listed")]
    Port,
    /// It leads into a network that is nobody's business.
    #[error("this address lies in a network that is not asked")]
    Address,
    /// It does not answer, or not in time.
    #[error("no answer in time")]
    Unreachable,
    /// The answer is larger than anything we ask for.
    #[error("the answer is too large")]
    TooLarge,
}

impl GuardError {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "url_malformed",
            Self::Scheme => "url_scheme",
            Self::UserInfo => "url_user_info",
            Self::Host => "url_host",
            Self::Port => "url_port",
            Self::Address => "url_address",
            Self::Unreachable => "unreachable",
            Self::TooLarge => "answer_too_large",
        }
    }
}
