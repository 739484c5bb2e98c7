//! Where each field stands (Doc 9303 parts 4 to 7), zero-based.

use super::Format;

/// Characters `start..end` of one line.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub(super) line: usize,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Span {
    /// The characters in lines that fit the layout; empty if they do not.
    pub(super) fn of<'a>(&self, lines: &'a [String]) -> &'a str {
        lines.get(self.line).and_then(|line| line.get(self.start..self.end)).unwrap_or_default()
    }

    /// Its first character; a filler if there is none.
    pub(super) fn char_of(&self, lines: &[String]) -> char {
        self.of(lines).chars().next().unwrap_or('<')
    }
}

const fn span(line: usize, start: usize, end: usize) -> Span {
    Span { line, start, end }
}

/// The positions of one format.
pub(super) struct Layout {
    pub(super) format: Format,
    pub(super) document_code: Span,
    pub(super) issuer: Span,
    pub(super) names: Span,
    pub(super) number: Span,
    pub(super) number_check: Span,
    pub(super) nationality: Span,
    pub(super) birth: Span,
    pub(super) birth_check: Span,
    pub(super) sex: Span,
    pub(super) expiry: Span,
    pub(super) expiry_check: Span,
    pub(super) optional: Span,
    pub(super) optional_2: Option<Span>,
    pub(super) optional_check: Option<Span>,
    /// The composite digit and what it covers.
    pub(super) composite: Option<(Span, &'static [Span])>,
    /// Whether a document number may run over into the optional field.
    pub(super) long_numbers: bool,
}

const TD1: Layout = Layout {
    format: Format::Td1,
    document_code: span(0, 0, 2),
    issuer: span(0, 2, 5),
    names: span(2, 0, 30),
    number: span(0, 5, 14),
    number_check: span(0, 14, 15),
    nationality: span(1, 15, 18),
    birth: span(1, 0, 6),
    birth_check: span(1, 6, 7),
    sex: span(1, 7, 8),
    expiry: span(1, 8, 14),
    expiry_check: span(1, 14, 15),
    optional: span(0, 15, 30),
    optional_2: Some(span(1, 18, 29)),
    optional_check: None,
    composite: Some((span(1, 29, 30), &[span(0, 5, 30), span(1, 0, 7), span(1, 8, 15), span(1, 18, 29)])),
    long_numbers: true,
};

/// All two-line formats share the second line up to the expiry date; the ends differ.
const fn two_lines(format: Format, width: usize) -> Layout {
    Layout {
        format,
        document_code: span(0, 0, 2),
        issuer: span(0, 2, 5),
        names: span(0, 5, width),
        number: span(1, 0, 9),
        number_check: span(1, 9, 10),
        nationality: span(1, 10, 13),
        birth: span(1, 13, 19),
        birth_check: span(1, 19, 20),
        sex: span(1, 20, 21),
        expiry: span(1, 21, 27),
        expiry_check: span(1, 27, 28),
        optional: span(1, 28, width),
        optional_2: None,
        optional_check: None,
        composite: None,
        long_numbers: false,
    }
}

const TD2: Layout = Layout {
    optional: span(1, 28, 35),
    composite: Some((span(1, 35, 36), &[span(1, 0, 10), span(1, 13, 20), span(1, 21, 35)])),
    long_numbers: true,
    ..two_lines(Format::Td2, 36)
};

const TD3: Layout = Layout {
    optional: span(1, 28, 42),
    optional_check: Some(span(1, 42, 43)),
    composite: Some((span(1, 43, 44), &[span(1, 0, 10), span(1, 13, 20), span(1, 21, 43)])),
    ..two_lines(Format::Td3, 44)
};

const MRV_A: Layout = two_lines(Format::MrvA, 44);
const MRV_B: Layout = two_lines(Format::MrvB, 36);

/// Every size that a zone can have: number of lines and their width.
pub(super) const SIZES: [(usize, usize); 3] = [(3, 30), (2, 36), (2, 44)];

/// The layout of lines with these lengths (in characters) and this first character.
pub(super) fn layout_of(lengths: &[usize], first: Option<char>) -> Option<&'static Layout> {
    let is_visa = matches!(first, Some('V' | 'v'));
    match (lengths, is_visa) {
        ([30, 30, 30], _) => Some(&TD1),
        ([36, 36], false) => Some(&TD2),
        ([36, 36], true) => Some(&MRV_B),
        ([44, 44], false) => Some(&TD3),
        ([44, 44], true) => Some(&MRV_A),
        _ => None,
    }
}
