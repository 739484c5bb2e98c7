//! The identity behind an account, and the label that is shown: both derived, never stored.

use super::{Life, RestrictionEffect};
use crate::verification::StandingName;
use serde::{Deserialize, Serialize};

/// What is known about who the person is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identity {
    /// Nothing.
    Unverified,
    /// A first application is open.
    InProgress,
    /// Verified.
    Verified,
    /// Verified, and the document has ended a short while ago.
    Grace,
    /// The document ended too long ago.
    Lapsed,
    /// Taken back.
    Revoked,
}

impl Identity {
    /// Derives it from the person's last verification, if there is one, and whether a first application is
    /// open.
    pub const fn of(verification: Option<StandingName>, first_application_open: bool) -> Self {
        match verification {
            Some(StandingName::Valid) => Self::Verified,
            Some(StandingName::Grace) => Self::Grace,
            Some(StandingName::Lapsed) => Self::Lapsed,
            Some(StandingName::Revoked) => Self::Revoked,
            // A superseded one is never the last; taken for the last it proves nothing.
            Some(StandingName::Superseded) | None if first_application_open => Self::InProgress,
            Some(StandingName::Superseded) | None => Self::Unverified,
        }
    }
}

/// The label of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// 已注销
    Closed,
    /// 已冻结
    Frozen,
    /// 受限
    Restricted,
    /// 正式账户
    Verified,
    /// 认证中
    InReview,
    /// 注册用户（未认证）
    Registered,
}

/// The label; the first that holds, in the order of [`Label`].
pub const fn label(life: &Life, strongest: Option<RestrictionEffect>, identity: Identity) -> Label {
    match (life, strongest, identity) {
        (Life::Closed { .. }, _, _) => Label::Closed,
        (_, Some(RestrictionEffect::Frozen | RestrictionEffect::FrozenFull), _) => Label::Frozen,
        (_, Some(RestrictionEffect::Restricted), _) => Label::Restricted,
        (_, None, Identity::Verified | Identity::Grace) => Label::Verified,
        (_, None, Identity::InProgress) => Label::InReview,
        (_, None, Identity::Unverified | Identity::Lapsed | Identity::Revoked) => Label::Registered,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Closure;
    use crate::moment::Timestamp;

    #[test]
    fn the_first_that_holds_is_shown() {
        let at = Timestamp::from_unix_s(0).unwrap();
        let open = Life::Active { opened_at: at };
        let closed = Life::Closed { at, closure: Closure::Requested };
        let frozen = Some(RestrictionEffect::Frozen);
        assert_eq!(label(&closed, frozen, Identity::Verified), Label::Closed);
        assert_eq!(label(&open, frozen, Identity::Verified), Label::Frozen);
        assert_eq!(label(&open, Some(RestrictionEffect::FrozenFull), Identity::Grace), Label::Frozen);
        assert_eq!(label(&open, Some(RestrictionEffect::Restricted), Identity::Lapsed), Label::Restricted);
        assert_eq!(label(&open, None, Identity::Grace), Label::Verified);
        assert_eq!(label(&open, None, Identity::InProgress), Label::InReview);
        assert_eq!(label(&open, None, Identity::Unverified), Label::Registered);
    }

    #[test]
    fn the_last_verification_speaks_before_an_open_application() {
        assert_eq!(Identity::of(None, false), Identity::Unverified);
        assert_eq!(Identity::of(None, true), Identity::InProgress);
        assert_eq!(Identity::of(Some(StandingName::Valid), true), Identity::Verified);
        assert_eq!(Identity::of(Some(StandingName::Revoked), true), Identity::Revoked);
        assert_eq!(Identity::of(Some(StandingName::Superseded), true), Identity::InProgress);
    }
}
