//! Arguments and files nobody should send.

use crate::run::{shiming, shiming_with};
use crate::specimen::models_dir;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;

#[test]
fn strange_arguments_never_crash_it() {
    let long = "9".repeat(100_000);
    let strange = [
        String::new(),
        "\u{202e}".repeat(9),
        "😀".into(),
        long,
        "\n\n".into(),
        "%s%n".into(),
        "<".repeat(500),
    ];
    for text in strange {
        for command in ["id-number", "mrz"] {
            let run = shiming([command, "--json", "--", &text]);
            assert!(matches!(run.status, 0 | 3), "{command}: {run:?}");
            assert!(!run.stderr.contains("panicked"), "{command}: {}", run.stderr);
        }
    }
    let not_unicode = OsString::from_vec(vec![b'a', 0xff, 0xfe]);
    let run = shiming(["id-number".into(), not_unicode.clone()]);
    assert_eq!(run.status, 2, "{run:?}");
    let run = shiming(["replay".into(), not_unicode]);
    assert_eq!(run.status, 3, "{run:?}");
}

#[test]
fn what_is_no_record_is_refused_without_quoting_it() {
    let secret = br#"{"decision": {}, "record": {"schema": 1, "declared": {"name": "PLANTED-NAME"}}}"#;
    let records: [&[u8]; 6] = [b"", b"{", b"[1]", b"\xff\xd8\xff", b"{\"schema\": 7}", secret];
    for bytes in records {
        let run = shiming_with(["replay", "-", "--json"], &[], bytes);
        assert!(run.json(3)["same"].is_null());
        assert!(!run.stderr.is_empty() && !run.stderr.contains("PLANTED"), "{}", run.stderr);
    }
    assert_eq!(shiming(["replay", "/no/such/file"]).status, 3);
}

#[test]
fn files_that_are_no_pictures_are_unusable_input_in_the_same_shape() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let models = models_dir();
    let cases = [
        (file("empty.jpg", b""), "empty_file"),
        (file("text.jpg", b"hello"), "unknown_format"),
        (file("page.pdf", b"%PDF-1.7\n"), "pdf_not_supported"),
        (file("cut.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01"), "truncated"),
        (file("large.jpg", &vec![0xff; (10 << 20) + 1]), "too_many_bytes"),
        (dir.path().to_str().unwrap().to_owned(), "file_unreadable"),
        (dir.path().join("none.jpg").to_str().unwrap().to_owned(), "file_missing"),
    ];
    for (path, code) in cases {
        let run = shiming(["inspect", &path, "--json", "--models-dir", models.to_str().unwrap()]);
        let answer = run.json(3);
        assert_eq!(answer["file"]["fault"], code, "{path}");
        assert_eq!(answer["reasons"][0]["code"], "IMG_UNREADABLE_FILE", "{path}");
        crate::shape::has_keys(&answer, &["kind", "corners", "quality", "fields", "faces"]);
    }
}
