//! What a person would read of a decision, before it is made: by the functions that make it.

use crate::application::review as applications;
use shiming_domain::application::asks;
use shiming_domain::case::Verdict;
use shiming_domain::reason::{Code, Reason, Step};

/// The reasons as they would be kept and told; `None` if a step has no reason that leads back to it.
pub fn preview(verdict: Verdict, reasons: &[Code], steps: &[Step]) -> Option<Vec<Reason>> {
    match verdict {
        Verdict::Resubmit => asks(reasons, steps).map(|asks| applications::asked(&asks)),
        Verdict::Reject => Some(applications::refused_for(reasons)),
        _ => Some(Vec::new()),
    }
}
