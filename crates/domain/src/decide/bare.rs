//! A decision without anything that was typed or read, for columns that are not sealed.

use super::Decision;
use crate::check::CheckResult;
use crate::reason::{Details, Reason};

impl Decision {
    /// The same decision without masked names, numbers and dates: its texts say "…" in their place. The
    /// full one stays in the sealed record.
    #[must_use]
    pub fn bare(&self) -> Self {
        let mut bare = self.clone();
        for reason in bare.reasons.iter_mut().chain(&mut bare.tips) {
            reason.text = reason.reworded(&fields(reason, &self.checks));
        }
        for check in &mut bare.checks {
            let fields = std::mem::take(&mut check.details.fields);
            check.details = Details { fields, ..Details::default() };
        }
        bare
    }
}

/// The names of fields, which say nothing about a person.
fn fields(reason: &Reason, checks: &[CheckResult]) -> Details {
    let of_reason = checks.iter().filter(|check| reason.checks.contains(&check.reference()));
    let mut fields: Vec<String> = Vec::new();
    for field in of_reason.flat_map(|check| &check.details.fields) {
        if !fields.contains(field) {
            fields.push(field.clone());
        }
    }
    Details { fields, ..Details::default() }
}

#[cfg(test)]
mod tests {
    use crate::fixtures::Case;
    use crate::personal::Personal;

    #[test]
    fn nothing_that_was_typed_or_read_is_left() {
        let mut case = Case::good();
        case.declared.number = Personal::new("11010519491231002X");
        let masked = case.declared.number.masked_number();
        let decision = case.decide();
        let (full, bare) = (serde_json::to_string(&decision), serde_json::to_string(&decision.bare()));
        assert!(full.unwrap().contains(&masked));
        let bare = bare.unwrap();
        assert!(!bare.contains(&masked) && !bare.contains("**********"), "{bare}");
        assert_eq!(decision.bare().outcome, decision.outcome);
        assert_eq!(decision.bare().bare(), decision.bare());
    }
}
