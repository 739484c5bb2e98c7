//! What an application consists of: consent, form, both sides of the card, selfie, and what may be asked
//! for besides.
//!
//! Only references and circumstances are kept here; names, numbers and pictures lie sealed elsewhere.
//! Consent, form, both sides and the selfie are required, a channel when the level asks for one, further
//! papers only when a reviewer named them. Refusing the face consent takes the selfie out: it opens the way
//! with a person and is never a dead end.

mod content;

pub use content::{Answer, Content, Side, Verdict};

use crate::moment::Timestamp;
use crate::policy::{self, Consent};
use crate::reason::Step;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Which consents are asked for, and which of them may be refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentRules {
    /// Asked for separately.
    pub asked: BTreeSet<Consent>,
    /// May be refused.
    pub optional: BTreeSet<Consent>,
    /// The text of each that is in force. A consent to another text is asked for again.
    pub texts: BTreeMap<Consent, String>,
}

impl From<&policy::Consents> for ConsentRules {
    fn from(section: &policy::Consents) -> Self {
        Self {
            asked: section.kinds.iter().copied().collect(),
            optional: section.optional.iter().copied().collect(),
            texts: section.text_versions.clone(),
        }
    }
}

impl ConsentRules {
    /// The consents that a step's data need.
    pub fn needed_for(&self, step: Step) -> BTreeSet<Consent> {
        let needed: &[Consent] = match step {
            Step::Consent => &[],
            Step::Form | Step::Evidence => &[Consent::General],
            Step::PortraitSide | Step::EmblemSide => &[Consent::General, Consent::IdImages],
            Step::Selfie => &[Consent::General, Consent::Face],
            Step::Channel => &[Consent::General, Consent::SourceQuery],
        };
        needed.iter().copied().filter(|consent| self.asked.contains(consent)).collect()
    }

    /// Without which nothing can go on.
    pub fn required(&self) -> impl Iterator<Item = Consent> {
        self.asked.difference(&self.optional).copied()
    }
}

/// What a step holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// What was saved.
    pub content: Content,
    /// How often the step was saved, this time included.
    pub version: u32,
    /// When.
    pub at: Timestamp,
    /// A photo taken after repeated soft failures, so that a person looks at it.
    pub for_person: bool,
}

/// The steps of one application.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Steps {
    channel_required: bool,
    consents: BTreeMap<Consent, Answer>,
    /// The text that each answer was given to.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    texts: BTreeMap<Consent, String>,
    done: BTreeMap<Step, Done>,
    refused: BTreeMap<Step, u32>,
}

impl Steps {
    /// Nothing done yet; `channel_required` if the requested level asks for an outside channel.
    pub fn new(channel_required: bool) -> Self {
        Self { channel_required, ..Self::default() }
    }

    /// Whether the applicant may begin this step on their own: all but further papers, which a reviewer
    /// must have named.
    pub const fn offered(step: Step) -> bool {
        !matches!(step, Step::Evidence)
    }

    /// The consents a step still lacks.
    pub fn consents_missing(&self, step: Step, rules: &ConsentRules) -> BTreeSet<Consent> {
        let lacks = |consent: &Consent| !self.is_given(*consent, rules);
        rules.needed_for(step).into_iter().filter(lacks).collect()
    }

    /// The required steps that are not done, in the order of the flow.
    pub fn missing(&self, rules: &ConsentRules) -> Vec<Step> {
        let mut required = vec![Step::Consent, Step::Form, Step::PortraitSide, Step::EmblemSide];
        if !self.face_refused() {
            required.push(Step::Selfie);
        }
        if self.channel_required {
            required.push(Step::Channel);
        }
        required.retain(|step| !self.is_done(*step, rules));
        required
    }

    /// Whether a step is done. Consent is done when everything but what may be refused is given.
    pub fn is_done(&self, step: Step, rules: &ConsentRules) -> bool {
        match step {
            Step::Consent => {
                rules.required().all(|consent| self.is_given(consent, rules))
                    && self.outdated(rules).is_empty()
            }
            _ => self.done.contains_key(&step),
        }
    }

    /// Given, to the text that is in force.
    fn is_given(&self, consent: Consent, rules: &ConsentRules) -> bool {
        self.consents.get(&consent) == Some(&Answer::Given) && self.is_current(consent, rules)
    }

    fn is_current(&self, consent: Consent, rules: &ConsentRules) -> bool {
        self.texts.get(&consent) == rules.texts.get(&consent)
    }

    /// Consents that were given to a text that is no longer in force. Whoever refused is not asked again.
    pub fn outdated(&self, rules: &ConsentRules) -> BTreeSet<Consent> {
        let given = self.consents.iter().filter(|(_, answer)| **answer == Answer::Given);
        let given = given.map(|(consent, _)| *consent).filter(|consent| rules.asked.contains(consent));
        given.filter(|consent| !self.is_current(*consent, rules)).collect()
    }

    /// What a step holds.
    pub fn get(&self, step: Step) -> Option<&Done> {
        self.done.get(&step)
    }

    /// The answer to a consent, if there was one.
    pub fn consent(&self, consent: Consent) -> Option<Answer> {
        self.consents.get(&consent).copied()
    }

    /// Name and number are there.
    pub fn has_form(&self) -> bool {
        self.done.contains_key(&Step::Form)
    }

    /// Both sides of the card are there.
    pub fn has_document(&self) -> bool {
        self.done.contains_key(&Step::PortraitSide) && self.done.contains_key(&Step::EmblemSide)
    }

    /// The selfie was taken live in front of the camera, and its use is consented to.
    pub fn has_live_selfie(&self) -> bool {
        let live = self.done.get(&Step::Selfie).is_some_and(|d| d.content.is_live_selfie());
        live && !self.face_refused()
    }

    /// The use of the face was refused.
    pub fn face_refused(&self) -> bool {
        self.consents.get(&Consent::Face) == Some(&Answer::Refused)
    }

    /// A photo was accepted only for a person to look at.
    pub fn needs_person(&self) -> bool {
        self.done.values().any(|done| done.for_person)
    }

    /// Tries that the instant checks refused, over all steps.
    pub fn tries_refused(&self) -> u32 {
        self.refused.values().fold(0, |sum, n| sum.saturating_add(*n))
    }

    /// Keeps what was accepted; remembers that a try was refused.
    pub(crate) fn save(&mut self, content: Content, verdict: &Verdict, rules: &ConsentRules, at: Timestamp) {
        let step = content.step();
        let for_person = match verdict {
            Verdict::Refused(_) => {
                let refused = self.refused.entry(step).or_insert(0);
                *refused = refused.saturating_add(1);
                return;
            }
            Verdict::Accepted => false,
            Verdict::AcceptedForPerson => true,
        };
        if let Content::Consents(answers) = &content {
            self.consents.extend(answers.iter().map(|(consent, answer)| (*consent, *answer)));
            // Only answers to the texts in force are taken.
            let texts = answers.keys().filter_map(|consent| rules.texts.get_key_value(consent));
            self.texts.extend(texts.map(|(consent, text)| (*consent, text.clone())));
            self.drop_refused();
        }
        let version = self.done.get(&step).map_or(0, |done| done.version).saturating_add(1);
        self.done.insert(step, Done { content, version, at, for_person });
    }

    /// The applicant refuses the use of their face.
    pub(crate) fn refuse_face(&mut self) {
        self.consents.insert(Consent::Face, Answer::Refused);
        self.drop_refused();
    }

    /// What is no longer consented to is no longer used.
    fn drop_refused(&mut self) {
        if self.face_refused() {
            self.done.remove(&Step::Selfie);
        }
    }
}

#[cfg(test)]
mod tests;
