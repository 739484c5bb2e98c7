//! What was typed beside what was read and what a source said, field by field: for the person who decides.

use super::Declared;
use super::card::trust;
use crate::evidence::{EmblemSideFields, Evidence, Field, PictureEvidence, PortraitSideFields};
use crate::known::SourceFinding;
use crate::personal::Personal;
use serde::{Deserialize, Serialize};
use shiming_idcard::number::{self, MAX_AGE_YEARS, NumberReport};
use shiming_idcard::{NameMatch, NumberKind, Sex, name, parse_printed_date};
use time::Date;

/// A field of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldName {
    /// 姓名.
    Name,
    /// 公民身份号码.
    Number,
    /// 出生; what was typed says it in the number.
    BirthDate,
    /// 性别; likewise.
    Sex,
    /// 民族.
    Ethnicity,
    /// 住址.
    Address,
    /// 签发机关.
    Issuer,
    /// First day.
    ValidFrom,
    /// Last day.
    ValidUntil,
}

impl FieldName {
    /// A value of this field, masked: one format each.
    pub fn mask(self, value: &Personal) -> String {
        match self {
            Self::Name => value.masked_name(),
            Self::Number => value.masked_number(),
            Self::BirthDate | Self::ValidFrom | Self::ValidUntil => value.masked_date(),
            Self::Sex | Self::Ethnicity | Self::Address | Self::Issuer => value.masked_text(),
        }
    }
}

/// Whether the sides of a field say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Agreement {
    /// They do.
    Match,
    /// They do not.
    Mismatch,
    /// A side is missing, so there is nothing to compare.
    Absent,
    /// It cannot be told: badly read, a rare character, or a source that does not say which field is wrong.
    Uncertain,
}

/// One field on all sides.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// Which.
    pub field: FieldName,
    /// As typed.
    pub declared: Option<Personal>,
    /// As read.
    pub read: Option<Personal>,
    /// What a source said about it.
    pub source: Option<SourceFinding>,
    /// Whether they agree.
    pub verdict: Agreement,
    /// How sure the reading is, 0–1.
    pub confidence: Option<f32>,
}

/// What there is to compare.
#[derive(Clone, Copy, Debug)]
pub struct Sides<'a> {
    /// What was typed.
    pub declared: Option<&'a Declared>,
    /// What was read.
    pub evidence: Option<&'a Evidence>,
    /// What a source said.
    pub source: Option<SourceFinding>,
    /// The day it was judged.
    pub today: Date,
    /// A reading below this confidence proves nothing.
    pub trusted_from: f32,
}

/// Every field of the document, in the order of the card.
pub fn compared(sides: &Sides<'_>) -> Vec<Compared> {
    let check = |text: &Personal| {
        number::check(text.reveal(), Some(NumberKind::Resident), sides.today, MAX_AGE_YEARS)
    };
    let typed = sides.declared.map(|declared| check(&declared.number));
    let birth = typed.as_ref().and_then(|typed| typed.birth).map(|date| Personal::new(date.to_string()));
    let sex = typed.as_ref().and_then(|typed| typed.sex).map(|sex| Personal::new(sex.printed()));
    let empty = (PortraitSideFields::default(), EmblemSideFields::default());
    let portrait = sides.evidence.and_then(|e| portrait(&e.portrait_side)).unwrap_or(&empty.0);
    let emblem = sides.evidence.and_then(Evidence::issue).unwrap_or(&empty.1);
    let rows: [(FieldName, Option<Personal>, &Option<Field>); 9] = [
        (FieldName::Name, sides.declared.map(|declared| declared.name.clone()), &portrait.name),
        (FieldName::Number, sides.declared.map(|declared| declared.number.clone()), &portrait.number),
        (FieldName::BirthDate, birth, &portrait.birth_date),
        (FieldName::Sex, sex, &portrait.sex),
        (FieldName::Ethnicity, None, &portrait.ethnicity),
        (FieldName::Address, None, &portrait.address),
        (FieldName::Issuer, None, &emblem.issuer),
        (FieldName::ValidFrom, None, &emblem.valid_from),
        (FieldName::ValidUntil, None, &emblem.valid_until),
    ];
    rows.into_iter()
        .map(|(field, declared, read)| {
            let read = read.as_ref().filter(|read| !read.text.reveal().trim().is_empty());
            let source = sides.source.and_then(|finding| said_of(field, finding));
            let verdict = match (&declared, read) {
                (_, None) => Agreement::Absent,
                (None, Some(_)) => of_source(source),
                (Some(declared), Some(read)) => {
                    let same = alike(field, declared, read, typed.as_ref(), check);
                    doubted(same, source, trust(read) < sides.trusted_from)
                }
            };
            let confidence = read.map(|read| read.confidence);
            Compared {
                field,
                declared,
                read: read.map(|read| read.text.clone()),
                source,
                verdict,
                confidence,
            }
        })
        .collect()
}

/// A source speaks of name and number together, and of whether the card is current.
fn said_of(field: FieldName, finding: SourceFinding) -> Option<SourceFinding> {
    use SourceFinding as S;
    match (field, finding) {
        // Whatever became of the card, name and number belong together.
        (FieldName::Name | FieldName::Number, S::DocumentInvalid) => Some(S::Confirmed),
        (FieldName::Name | FieldName::Number, _)
        | (
            FieldName::ValidFrom | FieldName::ValidUntil,
            S::Confirmed | S::DocumentInvalid | S::Unavailable,
        ) => Some(finding),
        _ => None,
    }
}

/// Of a field nobody types.
const fn of_source(source: Option<SourceFinding>) -> Agreement {
    match source {
        Some(SourceFinding::Confirmed) => Agreement::Match,
        Some(SourceFinding::DocumentInvalid) => Agreement::Mismatch,
        _ => Agreement::Absent,
    }
}

fn alike(
    field: FieldName,
    declared: &Personal,
    read: &Field,
    typed: Option<&NumberReport>,
    check: impl Fn(&Personal) -> NumberReport,
) -> Agreement {
    let plain = |same: bool| if same { Agreement::Match } else { Agreement::Mismatch };
    match field {
        FieldName::Name => match name::compare(declared.reveal(), read.text.reveal()) {
            NameMatch::Same => Agreement::Match,
            NameMatch::Uncertain => Agreement::Uncertain,
            NameMatch::Different => Agreement::Mismatch,
        },
        FieldName::Number => {
            let printed = check(&read.text).normalized;
            let typed = typed.and_then(|typed| typed.normalized.as_ref());
            match (printed, typed) {
                (Some(printed), Some(typed)) => plain(printed.reveal() == typed.reveal()),
                // What has not the shape of a number was misread.
                _ => Agreement::Uncertain,
            }
        }
        FieldName::BirthDate => match parse_printed_date(read.text.reveal()) {
            Some(printed) => plain(typed.and_then(|typed| typed.birth) == Some(printed)),
            None => Agreement::Uncertain,
        },
        FieldName::Sex => match Sex::parse_printed(read.text.reveal()) {
            Some(printed) => plain(typed.and_then(|typed| typed.sex) == Some(printed)),
            None => Agreement::Uncertain,
        },
        _ => Agreement::Absent,
    }
}

/// A reading that is not trusted proves nothing, and a source that denies does not say which field.
const fn doubted(same: Agreement, source: Option<SourceFinding>, badly_read: bool) -> Agreement {
    let denied = matches!(source, Some(SourceFinding::Mismatch | SourceFinding::NoRecord));
    match same {
        Agreement::Match | Agreement::Mismatch if badly_read => Agreement::Uncertain,
        Agreement::Match if denied => Agreement::Uncertain,
        same => same,
    }
}

fn portrait(picture: &PictureEvidence) -> Option<&PortraitSideFields> {
    picture.seen()?.fields.portrait()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Fields;
    use crate::fixtures::{Case, OTHER_NUMBER};
    use Agreement::{Absent, Match, Mismatch, Uncertain};

    /// The verdicts of name, number, birth date, sex and last day.
    fn verdicts(case: &Case, source: Option<SourceFinding>) -> [Agreement; 5] {
        let sides = Sides {
            declared: Some(&case.declared),
            evidence: Some(&case.evidence),
            source,
            today: case.context.today,
            trusted_from: 0.5,
        };
        let found = compared(&sides);
        let of = |name| found.iter().find(|row| row.field == name).unwrap().verdict;
        [FieldName::Name, FieldName::Number, FieldName::BirthDate, FieldName::Sex, FieldName::ValidUntil]
            .map(of)
    }

    fn read(case: &mut Case) -> &mut PortraitSideFields {
        match &mut case.evidence.portrait_side {
            PictureEvidence::Seen(image) => match &mut image.fields {
                Fields::Portrait(fields) => fields,
                _ => panic!("the good case shows a portrait side"),
            },
            PictureEvidence::Unusable(_) => panic!("the good case is seen"),
        }
    }

    #[test]
    fn each_field_is_told_on_its_own() {
        let good = Case::good();
        assert_eq!(verdicts(&good, None), [Match, Match, Match, Match, Absent]);

        let mut other = Case::good();
        other.declared.name = Personal::new("李四");
        other.declared.number = Personal::new(OTHER_NUMBER);
        assert_eq!(verdicts(&other, None), [Mismatch, Mismatch, Mismatch, Mismatch, Absent]);

        let mut blurred = other.clone();
        let fields = read(&mut blurred);
        for field in [&mut fields.name, &mut fields.number, &mut fields.birth_date, &mut fields.sex] {
            field.as_mut().unwrap().confidence = 0.4;
        }
        assert_eq!(verdicts(&blurred, None), [Uncertain, Uncertain, Uncertain, Uncertain, Absent]);

        let mut gone = Case::good();
        *read(&mut gone) = PortraitSideFields::default();
        assert_eq!(verdicts(&gone, None), [Absent; 5]);
    }

    #[test]
    fn a_source_never_says_which_of_name_and_number_is_wrong() {
        let good = Case::good();
        let asked = |finding| verdicts(&good, Some(finding));
        assert_eq!(asked(SourceFinding::Confirmed), [Match, Match, Match, Match, Match]);
        assert_eq!(asked(SourceFinding::Mismatch), [Uncertain, Uncertain, Match, Match, Absent]);
        assert_eq!(asked(SourceFinding::DocumentInvalid), [Match, Match, Match, Match, Mismatch]);
        assert_eq!(asked(SourceFinding::Unavailable), [Match, Match, Match, Match, Absent]);
    }

    #[test]
    fn a_mask_shows_nothing_of_a_field_but_the_ends_of_the_number() {
        let masked: Vec<_> = compared(&Sides {
            declared: Some(&Case::good().declared),
            evidence: Some(&Case::good().evidence),
            source: None,
            today: Case::good().context.today,
            trusted_from: 0.5,
        })
        .iter()
        .map(|row| row.field.mask(row.read.as_ref().unwrap()))
        .collect();
        assert_eq!(
            masked,
            [
                "***",
                "1101**********9964",
                "****-**-**",
                "***",
                "***",
                "***",
                "***",
                "****-**-**",
                "****-**-**"
            ]
        );
    }
}
