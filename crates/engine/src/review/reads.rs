//! What the person will read, for every decision the case can end in, before anybody decides.
//!
//! Keys are `<verdict>`, `<verdict>.<CODE>` and, where the text names a step, `<verdict>.<CODE>.<step>`; the words
//! that fill `{steps}` stand under `step.<step>`.

use crate::notice;
use crate::service::Service;
use shiming_domain::application::asks;
use shiming_domain::case::{CaseType, Verdict};
use shiming_domain::notice::Notice;
use shiming_domain::reason::{AppliedKind, Reason, Step, Text, catalogue};
use std::collections::BTreeMap;

pub(super) fn reads(service: &Service, kind: CaseType) -> BTreeMap<String, Text> {
    let appeal_until = service.now() + crate::application::review::appeal_window(service);
    let until = service.calendar().day(appeal_until).date();
    let value = |name: &str| match name {
        "date" => Some(until.to_string()),
        "steps" => Some("{steps}".to_owned()),
        _ => None,
    };
    let mut reads = BTreeMap::new();
    for &verdict in kind.verdicts() {
        let word = super::act::word(&verdict);
        if let Some(notice) = told(kind, verdict) {
            reads.insert(word.clone(), notice::preview(notice, value));
        }
        match verdict {
            Verdict::Resubmit => {
                let pairs = catalogue().entries().flat_map(|entry| Step::ALL.map(|step| (entry.code, step)));
                for (code, step) in pairs.filter(|(code, step)| asks(&[*code], &[*step]).is_some()) {
                    let reason = Reason::given(code, AppliedKind::Retry, vec![step]);
                    let step = super::act::word(&step);
                    reads.insert(format!("{word}.{code}.{step}"), reason.text);
                }
                for step in Step::ALL.map(|step| super::act::word(&step)) {
                    if let Some(text) = notice::step_word(&step) {
                        reads.insert(format!("step.{step}"), text);
                    }
                }
            }
            Verdict::Reject => {
                for entry in catalogue().entries().filter(|entry| entry.kind.allows_final()) {
                    let reason = Reason::rejected(entry.code, until);
                    reads.insert(format!("{word}.{}", entry.code), reason.text);
                }
            }
            _ => {}
        }
    }
    reads
}

/// The notice a verdict leads to, where it leads to one at once.
const fn told(kind: CaseType, verdict: Verdict) -> Option<Notice> {
    match (kind, verdict) {
        (CaseType::Appeal, _) => Some(Notice::AppealAnswered),
        (CaseType::InfoChange | CaseType::Screening | CaseType::Qa, _) => None,
        (_, Verdict::Approve) => Some(Notice::ApplicationApproved),
        (_, Verdict::Resubmit) => Some(Notice::ApplicationResubmit),
        (_, Verdict::Reject) => Some(Notice::ApplicationRejected),
        _ => None,
    }
}
