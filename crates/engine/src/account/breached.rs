//! A list of stolen passwords that the operator gives: a text file with one line for each, `SHA-1:COUNT`, sorted by
//! the hash, as the well-known lists are published. It may have tens of gigabytes; it is searched where it lies.

use shiming_vault::password::BreachFingerprint;
use std::cmp::Ordering;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

/// Bytes of a line at most: the hash, a colon, a count, an end.
const LINE_BYTES_MAX: usize = 80;
/// Lines that are looked at before a file is believed, evenly spread.
const SAMPLES: u64 = 2000;

/// An opened list.
#[derive(Debug)]
pub struct BreachedPasswords {
    file: File,
    bytes: u64,
}

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BreachedError {
    /// It cannot be read.
    #[error("it cannot be read")]
    Read(#[from] io::Error),
    /// It is something else.
    #[error("near byte {0} there is no line `SHA-1:COUNT` with 40 hexadecimal digits and a number")]
    Line(u64),
    /// It is sorted by something else, or not at all.
    #[error(
        "it is not sorted by the hash: near byte {0} a smaller one follows; download the list ordered by hash"
    )]
    Order(u64),
    /// There is nothing in it.
    #[error("it is empty")]
    Empty,
}

/// One line.
struct Line {
    start: u64,
    end: u64,
    hash: [u8; BreachFingerprint::CHARS],
}

impl BreachedPasswords {
    /// Opens a list and looks at some of its lines: that they are lines of such a list, in order.
    pub fn open(path: &Path) -> Result<Self, BreachedError> {
        let file = File::open(path)?;
        let bytes = file.metadata()?.len();
        let list = Self { file, bytes };
        if bytes == 0 {
            return Err(BreachedError::Empty);
        }
        let mut last: Option<Line> = None;
        for sample in 0..=SAMPLES {
            // Without rounding: 2⁵³ bytes are more than any disk has.
            let at =
                ((bytes - 1) / SAMPLES * sample + (bytes - 1) % SAMPLES * sample / SAMPLES).min(bytes - 1);
            let line = list.line(at)?;
            if let Some(last) = last.filter(|last| last.start != line.start)
                && last.hash >= line.hash
            {
                return Err(BreachedError::Order(line.start));
            }
            last = Some(line);
        }
        Ok(list)
    }

    /// Bytes of the file.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether a password is on the list. A few dozen small reads, whatever the size.
    pub fn contains(&self, password: &str) -> Result<bool, BreachedError> {
        let sought = BreachFingerprint::of(password);
        let (mut low, mut high) = (0, self.bytes);
        while low < high {
            let line = self.line(low + (high - low) / 2)?;
            match line.hash.as_slice().cmp(sought.digits().as_bytes()) {
                Ordering::Equal => return Ok(true),
                Ordering::Less => low = line.end,
                Ordering::Greater => high = line.start,
            }
        }
        Ok(false)
    }

    /// The line that a byte belongs to, its end included.
    fn line(&self, at: u64) -> Result<Line, BreachedError> {
        let from = at.saturating_sub(LINE_BYTES_MAX as u64);
        let mut window = [0; 2 * LINE_BYTES_MAX];
        let length = self.fill(&mut window, from)?;
        let window = window.get(..length).unwrap_or_default();
        let place = usize::try_from(at - from).unwrap_or(usize::MAX);
        let wrong = || BreachedError::Line(at);
        let (before, after) = window.split_at_checked(place).ok_or_else(wrong)?;
        let start = before.iter().rposition(|byte| *byte == b'\n').map(|newline| newline + 1);
        let start = match start {
            Some(start) => start,
            None if from == 0 => 0,
            None => return Err(wrong()),
        };
        let newline = after.iter().position(|byte| *byte == b'\n').map(|newline| place + newline + 1);
        let end = match newline {
            Some(end) => end,
            None if from + length as u64 == self.bytes => length,
            None => return Err(wrong()),
        };
        let hash = window.get(start..end).and_then(hash_of).ok_or_else(wrong)?;
        Ok(Line { start: from + start as u64, end: from + end as u64, hash })
    }

    fn fill(&self, window: &mut [u8], from: u64) -> io::Result<usize> {
        let mut filled = 0;
        while let Some(rest) = window.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.file.read_at(rest, from + filled as u64) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }
}

/// The hash of a line in upper case, if it is such a line.
fn hash_of(line: &[u8]) -> Option<[u8; BreachFingerprint::CHARS]> {
    let (hash, rest) = line.split_first_chunk::<{ BreachFingerprint::CHARS }>()?;
    let count = std::str::from_utf8(rest.strip_prefix(b":")?).ok()?.trim_end_matches(['\r', '\n']);
    let is_count = !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit());
    (is_count && hash.iter().all(u8::is_ascii_hexdigit)).then(|| hash.map(|digit| digit.to_ascii_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn file(text: &str) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file
    }

    fn password(n: u32) -> String {
        format!("stolen password {n}")
    }

    /// A list of so many passwords, sorted.
    fn lines(count: u32, end: &str) -> Vec<String> {
        let digits = |n| BreachFingerprint::of(&password(n)).digits().to_owned();
        let mut lines: Vec<String> =
            (0..count).map(|n| format!("{}:{}{end}", digits(n), n * n + 1)).collect();
        lines.sort();
        lines
    }

    #[test]
    fn every_password_of_a_list_is_found_and_no_other() {
        for (count, end) in [(1, "\n"), (2, "\r\n"), (3, "\n"), (700, "\r\n"), (5000, "\n")] {
            for cut in [false, true] {
                let mut text = lines(count, end).concat();
                if cut {
                    text.truncate(text.trim_end().len());
                }
                let file = file(&text);
                let list = BreachedPasswords::open(file.path()).unwrap();
                assert_eq!(list.bytes(), text.len() as u64);
                for n in (0..count).step_by(1 + count as usize / 500) {
                    assert!(list.contains(&password(n)).unwrap(), "{n} of {count}");
                }
                for n in count..count + 100 {
                    assert!(!list.contains(&password(n)).unwrap(), "{n} of {count}");
                }
            }
        }
    }

    #[test]
    fn hashes_in_lower_case_are_as_good() {
        let file = file(&lines(50, "\n").concat().to_ascii_lowercase());
        let list = BreachedPasswords::open(file.path()).unwrap();
        assert!((0..50).all(|n| list.contains(&password(n)).unwrap()));
    }

    #[test]
    fn what_is_no_such_list_is_refused_when_it_is_opened() {
        let refused = |text: &str| {
            let file = file(text);
            BreachedPasswords::open(file.path()).map(|_| ()).unwrap_err().to_string()
        };
        assert_eq!(refused(""), "it is empty");
        let mut unsorted = lines(300, "\n");
        unsorted.swap(10, 200);
        assert!(refused(&unsorted.concat()).contains("not sorted"));
        let mut by_count = lines(300, "\n");
        by_count.sort_by_key(|line| line.split(':').nth(1).unwrap().trim().parse::<u32>().unwrap());
        assert!(refused(&by_count.concat()).contains("not sorted"));
        let twice = [lines(1, "\n"), lines(1, "\n")].concat().concat();
        assert!(refused(&twice).contains("not sorted"));
        for odd in ["password\n", "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8\n", "\n", &"A".repeat(1000)] {
            assert!(refused(odd).contains("SHA-1:COUNT"), "{odd}");
        }
        let ntlm = format!("{}:1\n", "A".repeat(32));
        assert!(refused(&ntlm).contains("SHA-1:COUNT"));
        assert!(BreachedPasswords::open(Path::new("nowhere/at/all")).is_err());
    }

    #[test]
    fn a_line_that_is_spoilt_later_is_an_error_and_no_answer() {
        let mut all = lines(5000, "\n");
        for line in &mut all[2400..2600] {
            *line = "x".repeat(50) + "\n";
        }
        let file = file(&all.concat());
        let (bytes, file) = (file.as_file().metadata().unwrap().len(), file.reopen().unwrap());
        let list = BreachedPasswords { file, bytes };
        assert!(matches!(list.contains("anything"), Err(BreachedError::Line(_))));
    }
}
