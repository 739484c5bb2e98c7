//! Many people like one that is there: their rows are copied with other ids, inside the database.
//!
//! Every id and every hash in a copy gets four characters of its own, so that copies of one person's rows
//! still belong together. What is sealed stays sealed for the one who is copied; nobody can open the copies.

use super::bare::{Bare, Value};
use super::rows::{Change, Schema};
use std::collections::BTreeSet;

/// As many as four characters of the alphabet of ids tell apart.
pub const COPIES_MAX: u32 = 1 << 20;
/// Where in an id they stand: after its time, so that copies lie among everybody else.
const PLACE: usize = 12;
const MARK: usize = 4;
const BODY: usize = shiming_domain::id::BODY_CHARACTERS;
const ALPHABET: &str = "0123456789abcdefghjkmnpqrstvwxyz";
/// Shortest run of hexadecimal digits that is a hash.
const HASH_DIGITS: usize = 32;
const HASH_BYTES: usize = 32;
/// The audit trail, whose rows have places instead of ids.
const AUDIT: &str = "audit_entry";

/// Makes the marks of all copies.
pub async fn prepare(bare: &mut Bare) {
    bare.run("CREATE TEMPORARY TABLE ballast (n INTEGER PRIMARY KEY, mark TEXT NOT NULL)", &[]).await;
    let digit = |shift: u32| format!("substr('{ALPHABET}', 1 + (n / {}) % 32, 1)", 1_u32 << shift);
    let mark = [15, 10, 5, 0].map(digit).join(" || ");
    let sql = format!(
        "WITH RECURSIVE every (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM every WHERE n < {}) \
         INSERT INTO ballast SELECT n, {mark} FROM every",
        COPIES_MAX - 1
    );
    bare.run(&sql, &[]).await;
    if bare.is_postgres() {
        // The copies are consistent; checking each of them would take most of the time.
        bare.run("SET session_replication_role = replica", &[]).await;
    }
}

/// Copies the rows that were inserted, once for each mark of a range. Columns in `without` stay empty. Marks that the
/// person has anywhere already are left out: rows of such a copy would be taken for the person's own.
pub async fn copy(
    bare: &mut Bare,
    schema: &Schema,
    person: &[Change],
    tables: &[&str],
    without: &[(&str, &str)],
    marks: std::ops::Range<u32>,
) {
    let own: Vec<String> = own_marks(person).iter().map(|mark| quoted(mark)).collect();
    bare.run(&format!("DELETE FROM ballast WHERE mark IN ({})", own.join(", ")), &[]).await;
    let mut audited = false;
    for change in person {
        let Change::Insert(name, row) = change else { continue };
        // What was made with the first person and is everybody's stays one.
        if !tables.contains(&name.as_str()) || row.contains(&Value::from("service")) {
            continue;
        }
        // Of each life one entry of the audit trail: as it stands, nearly all rows would be its.
        if name == AUDIT && std::mem::replace(&mut audited, true) {
            continue;
        }
        let columns = &schema.table(name).columns;
        let names: Vec<&str> = columns.iter().map(|(column, _)| column.as_str()).collect();
        let postgres = bare.is_postgres();
        let values: Vec<String> = names
            .iter()
            .zip(row)
            .map(|(column, value)| {
                if without.contains(&(name, column)) {
                    "NULL".to_owned()
                } else if let (AUDIT, "idx", Value::Int(Some(place))) = (name.as_str(), *column, value) {
                    // Places are counted from zero on; those of copies lie before.
                    format!("-({place} * {COPIES_MAX} + n + 1)")
                } else {
                    copied(value, postgres)
                }
            })
            .collect();
        let sql = format!(
            "INSERT INTO {name} ({}) SELECT {} FROM ballast WHERE n >= {} AND n < {} ORDER BY n",
            names.join(", "),
            values.join(", "),
            marks.start,
            marks.end
        );
        bare.run(&sql, &[]).await;
    }
}

/// A value with the mark where a copy must differ, as SQL.
fn copied(value: &Value, postgres: bool) -> String {
    match value {
        Value::Bool(Some(value)) => value.to_string(),
        Value::Int(Some(value)) => value.to_string(),
        Value::Text(Some(text)) => marked(text),
        Value::Bytes(Some(bytes)) => {
            let (head, tail) =
                if bytes.len() == HASH_BYTES { (true, &bytes[MARK..]) } else { (false, &bytes[..]) };
            let hex: String = tail.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
            match (postgres, head) {
                (true, false) => format!("'\\x{hex}'::bytea"),
                (true, true) => format!("convert_to(mark, 'UTF8') || '\\x{hex}'::bytea"),
                (false, false) => format!("x'{hex}'"),
                (false, true) => format!("CAST(mark || CAST(x'{hex}' AS TEXT) AS BLOB)"),
            }
        }
        Value::Bool(None) | Value::Int(None) | Value::Text(None) | Value::Bytes(None) => "NULL".to_owned(),
    }
}

/// What stands where copies get their marks.
fn own_marks(person: &[Change]) -> BTreeSet<String> {
    let mut marks = BTreeSet::new();
    for change in person {
        let (Change::Insert(_, row) | Change::Update(_, row) | Change::Delete(_, row)) = change;
        for value in row {
            match value {
                Value::Text(Some(text)) => {
                    marks.extend(places(text).into_iter().map(|at| text[at..at + MARK].to_owned()));
                }
                Value::Bytes(Some(bytes)) if bytes.len() == HASH_BYTES => {
                    // Few hashes begin like a mark; what else they begin with is nothing a statement may hold.
                    let head = &bytes[..MARK];
                    let alike = head.iter().all(|byte| ALPHABET.as_bytes().contains(byte));
                    marks.extend(alike.then(|| String::from_utf8_lossy(head).into_owned()));
                }
                _ => {}
            }
        }
    }
    marks
}

/// A text with the mark in each of its ids and hashes, as SQL.
fn marked(text: &str) -> String {
    let mut parts = Vec::new();
    let mut from = 0;
    for place in places(text) {
        parts.push(quoted(&text[from..place]));
        parts.push("mark".to_owned());
        from = place + MARK;
    }
    parts.push(quoted(&text[from..]));
    parts.join(" || ")
}

/// Where ids and hashes get their marks, in bytes.
fn places(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let mut places = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let begins = at.checked_sub(1).is_none_or(|before| !bytes[before].is_ascii_alphanumeric());
        let digits = || bytes[at..].iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let place = if is_id(bytes, at) {
            Some(at + 1 + PLACE)
        } else {
            (begins && digits() >= HASH_DIGITS).then_some(at)
        };
        places.extend(place);
        at = place.map_or(at + 1, |place| place + MARK);
    }
    places
}

/// Whether the body of an id follows the underscore here. Members of staff are not copied.
fn is_id(bytes: &[u8], at: usize) -> bool {
    let body = bytes.get(at + 1..at + 1 + BODY);
    bytes[at] == b'_'
        && body.is_some_and(|body| body.iter().all(|byte| ALPHABET.as_bytes().contains(byte)))
        && !bytes.get(at + 1 + BODY).is_some_and(u8::is_ascii_alphanumeric)
        && !bytes[..at].ends_with(b"stf")
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::super::bare::Value;
    use super::super::rows::Change;
    use super::{marked, own_marks};

    #[test]
    fn ids_and_hashes_get_the_mark_and_nothing_else() {
        let id = "acc_01jdcaq2n0e8rxxxx3kq0zv9ab";
        assert_eq!(marked(id), "'acc_01jdcaq2n0e8' || mark || 'x3kq0zv9ab'");
        assert_eq!(marked("it's 5"), "'it''s 5'");
        let hash = format!("{{\"sha\":\"{}\"}}", "ab".repeat(32));
        assert_eq!(marked(&hash), format!("'{{\"sha\":\"' || mark || '{}\"}}'", "ab".repeat(30)));
        assert_eq!(marked("stf_01jdcaq2n0e8rxxxx3kq0zv9ab"), "'stf_01jdcaq2n0e8rxxxx3kq0zv9ab'");
    }

    #[test]
    fn a_copy_is_never_taken_for_the_person() {
        let mut hash = [0xff; 32].to_vec();
        let bytes = |bytes: &[u8]| Value::Bytes(Some(bytes.to_vec()));
        let row = |hash: &[u8]| {
            let id = "app_01jdcaq2n0e80kx73kq0zv9ab0";
            vec![Value::from("approved"), Value::from(id), bytes(hash), bytes(b"2345")]
        };
        let marks = |hash: &[u8]| own_marks(&[Change::Insert("application".to_owned(), row(hash))]);
        assert_eq!(marks(&hash), ["0kx7".to_owned()].into());
        hash[..4].copy_from_slice(b"a\0b'");
        assert_eq!(marks(&hash), ["0kx7".to_owned()].into(), "no statement holds U+0000");
        hash[..4].copy_from_slice(b"7abc");
        assert_eq!(marks(&hash), ["0kx7".to_owned(), "7abc".to_owned()].into());
    }
}
