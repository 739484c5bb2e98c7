//! What is known beyond the pictures and the form: other accounts, other applications, an outside source.
//!
//! These are facts, gathered by whoever runs the checks and kept with the record of the attempt, so that a
//! replay years later judges what was known then and not what is known now.

use crate::reason::Step;
use serde::{Deserialize, Serialize};

/// What was known when an attempt was judged. Whoever gathers it has seen to it that every step was saved
/// under its consents, its counters and a live session, in a supported region.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// Other accounts of the person with this ID number.
    pub other_accounts: u32,
    /// Accounts one person may have.
    pub accounts_max: u32,
    /// Steps whose picture was seen in an application of another account.
    pub pictures_elsewhere: Vec<Step>,
    /// The number is the one this account was verified with; `None` if it never was.
    pub same_person: Option<bool>,
    /// The account has used more ID numbers lately than it may.
    pub many_ids: bool,
    /// The selfie was chosen from a folder, or nobody said where it came from.
    pub selfie_not_live: bool,
    /// What a source said; `None` if none was asked.
    pub source: Option<SourceFinding>,
}

/// What an outside source said about name and number. It never says which of them was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceFinding {
    /// They belong together.
    Confirmed,
    /// They do not.
    Mismatch,
    /// Nothing is known of them.
    NoRecord,
    /// They belong together, and the document is no longer current or was reported lost.
    DocumentInvalid,
    /// It gave no answer.
    Unavailable,
}

impl Known {
    /// The person has as many accounts as they may, this one not counted.
    pub const fn too_many_accounts(&self) -> bool {
        self.other_accounts >= self.accounts_max
    }
}
