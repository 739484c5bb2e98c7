//! Who fixes it: the applicant, a person of ours, or nobody.

use serde::{Deserialize, Serialize};

/// The kind a reason has in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Kind {
    retry: Option<Retry>,
    review: bool,
    r#final: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Retry {
    Always,
    /// So many times in one application, then a person looks.
    Times(u32),
}

/// The kind that was applied in one decision; the code alone does not imply it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppliedKind {
    /// The applicant fixes it.
    Retry,
    /// A person decides.
    Review,
    /// Proposed as final; a person must confirm it.
    Final,
}

impl Kind {
    /// A person decides.
    pub const REVIEW: Self = Self { retry: None, review: true, r#final: false };

    /// The applicant may try at least once.
    pub const fn is_retry(self) -> bool {
        self.retry.is_some()
    }

    /// A person may close it for good.
    pub const fn allows_final(self) -> bool {
        self.r#final
    }

    /// What applies when this reason was already given `earlier` times in this application.
    ///
    /// Never [`AppliedKind::Final`]: whether a final answer is proposed also depends on the check.
    pub const fn applied(self, earlier: u32) -> AppliedKind {
        match self.retry {
            Some(Retry::Always) => AppliedKind::Retry,
            Some(Retry::Times(n)) if earlier < n => AppliedKind::Retry,
            Some(Retry::Times(_)) | None => AppliedKind::Review,
        }
    }
}

impl TryFrom<String> for Kind {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let mut kind = Self { retry: None, review: false, r#final: false };
        for (place, part) in text.split('>').enumerate() {
            match part {
                "retry" if place == 0 => kind.retry = Some(Retry::Always),
                "review" if !kind.review && !kind.r#final => kind.review = true,
                "final" if !kind.r#final => kind.r#final = true,
                _ => {
                    let times = part.strip_prefix("retry(").and_then(|p| p.strip_suffix(')'));
                    match times.and_then(|t| t.parse().ok()) {
                        Some(n) if place == 0 && n > 0 => kind.retry = Some(Retry::Times(n)),
                        _ => return Err(format!("unknown kind `{text}`")),
                    }
                }
            }
        }
        match kind.retry {
            Some(Retry::Times(_)) if !kind.review => {
                Err(format!("`{text}`: after the retries a person looks"))
            }
            Some(Retry::Always) if kind.review || kind.r#final => {
                Err(format!("`{text}`: say after how many retries"))
            }
            _ => Ok(kind),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> Kind {
        Kind::try_from(text.to_owned()).unwrap()
    }

    #[test]
    fn a_retry_turns_into_a_review_after_n_repeats() {
        let twice = kind("retry(2)>review>final");
        assert_eq!(twice.applied(0), AppliedKind::Retry);
        assert_eq!(twice.applied(1), AppliedKind::Retry);
        assert_eq!(twice.applied(2), AppliedKind::Review);
        assert!(twice.allows_final());
        assert_eq!(kind("retry").applied(u32::MAX), AppliedKind::Retry);
        assert_eq!(kind("review").applied(0), AppliedKind::Review);
    }

    #[test]
    fn nonsense_is_refused() {
        for text in
            ["", "retry(0)>review", "retry(2)", "retry>review", "review>retry", "final>review", "retry(x)"]
        {
            assert!(Kind::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
