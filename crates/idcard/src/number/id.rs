//! Numbers as values: redacted in `Debug`, without `Display`.

use time::Date;

use super::{MAX_AGE_YEARS, NumberKind, NumberReport, check};

/// A number in normal form: right length and characters for its kind, not necessarily a valid number.
///
/// The kind of text to compare and to index; personal data.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NormalNumber(String);

impl NormalNumber {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The whole number, in clear.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The number with its middle hidden, `1101**********0014`.
    ///
    /// First and last four characters of numbers with fifteen and more, first and last two of shorter ones. A
    /// mask helps to recognise; it does not protect: masked numbers stay personal data.
    pub fn masked(&self) -> String {
        let len = self.0.chars().count();
        let keep = if len >= 15 { 4 } else { 2 };
        self.0.chars().enumerate().map(|(i, ch)| if i < keep || i + keep >= len { ch } else { '*' }).collect()
    }
}

impl std::fmt::Debug for NormalNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NormalNumber(redacted)")
    }
}

/// A valid number of a known kind. It can only be had by checking one.
///
/// ```
/// use shiming_idcard::{IdNumber, NumberKind, number};
/// let today = shiming_idcard::date::calendar_date(2026, 11, 22).unwrap();
/// let number = IdNumber::parse("11010519491231002x", None, today).unwrap();
/// assert_eq!(number.kind(), NumberKind::Resident);
/// assert_eq!(number.reveal(), "11010519491231002X");
/// assert_eq!(number.masked(), "1101**********002X");
/// assert_eq!(format!("{number:?}"), "IdNumber(Resident, redacted)");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IdNumber {
    kind: NumberKind,
    number: NormalNumber,
}

impl IdNumber {
    pub(super) fn new(kind: NumberKind, number: NormalNumber) -> Self {
        Self { kind, number }
    }

    /// Checks and takes a number. `today` judges future births and the age limit of [`MAX_AGE_YEARS`].
    ///
    /// # Errors
    /// The whole report, which says what is wrong.
    pub fn parse(input: &str, kind: Option<NumberKind>, today: Date) -> Result<Self, Box<NumberReport>> {
        let report = check(input, kind, today, MAX_AGE_YEARS);
        report.id_number().ok_or_else(|| Box::new(report))
    }

    /// The document the number belongs to.
    pub fn kind(&self) -> NumberKind {
        self.kind
    }

    /// The normal form.
    pub fn number(&self) -> &NormalNumber {
        &self.number
    }

    /// The whole number, in clear.
    pub fn reveal(&self) -> &str {
        self.number.reveal()
    }

    /// The number with its middle hidden; see [`NormalNumber::masked`].
    pub fn masked(&self) -> String {
        self.number.masked()
    }
}

impl std::fmt::Debug for IdNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "IdNumber({:?}, redacted)", self.kind)
    }
}
