//! How strongly one transaction was authenticated.
#![deny(clippy::float_arithmetic)]

use crate::policy::{AuthTier, Factor, Rules};
use serde::{Deserialize, Serialize};

/// The tiers of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// A printed code was paid, whatever the factors.
    StaticQr,
    /// Fewer than two independent factors.
    C,
    /// Two.
    B,
    /// Two, one of them a certificate or a signature.
    A,
}

impl Strength {
    /// What can be reached by authenticating better, weakest first.
    pub const BY_FACTORS: [Self; 3] = [Self::C, Self::B, Self::A];

    /// Its section of the policy.
    pub const fn tier(self, rules: &Rules) -> &AuthTier {
        match self {
            Self::A => &rules.auth_tiers.a,
            Self::B => &rules.auth_tiers.b,
            Self::C => &rules.auth_tiers.c,
            Self::StaticQr => &rules.auth_tiers.static_qr,
        }
    }

    /// The strength a transaction counts as. Where the cap is a matter of agreement and nothing was agreed,
    /// stronger factors count as the next weaker strength: they neither open a cap nor take one away.
    #[must_use]
    pub fn under(self, rules: &Rules, agreed: bool) -> Self {
        match (self, agreed || !self.tier(rules).day_out_max_by_agreement) {
            (Self::A, false) => Self::B.under(rules, agreed),
            (Self::B, false) => Self::C,
            (same, _) => same,
        }
    }

    /// As it stands in a key.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::B => "b",
            Self::C => "c",
            Self::StaticQr => "static_qr",
        }
    }
}

/// The strength of these factors; `None` if the policy knows no tier that weak.
///
/// Two factors of one class are one: they fall together.
pub fn strength(rules: &Rules, factors: &[Factor], static_qr: bool) -> Option<Strength> {
    if static_qr {
        return Some(Strength::StaticQr);
    }
    let classes = [&rules.factors.knowledge, &rules.factors.possession, &rules.factors.inherence];
    let independent = classes.into_iter().filter(|class| factors.iter().any(|f| class.contains(f))).count();
    let reached = |s: &Strength| {
        let tier = s.tier(rules);
        let enough = usize::try_from(tier.factors_min.unwrap_or(0)).is_ok_and(|min| independent >= min);
        enough && (tier.needs_any.is_empty() || tier.needs_any.iter().any(|f| factors.contains(f)))
    };
    Strength::BY_FACTORS.into_iter().rev().find(reached)
}
