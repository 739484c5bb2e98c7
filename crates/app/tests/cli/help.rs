//! Texts a newcomer meets first.

use crate::run::{shiming, shiming_with};

#[test]
fn help_of_every_command_stays_as_it_is() {
    let commands = [
        "",
        "verify",
        "inspect",
        "compare",
        "id-number",
        "mrz",
        "replay",
        "bench",
        "models",
        "serve",
        "worker",
        "migrate",
        "config",
        "doctor",
        "audit",
    ];
    for command in commands {
        let run = shiming([command, "--help"].into_iter().filter(|a| !a.is_empty()));
        assert_eq!((run.status, run.stderr.as_str()), (0, ""));
        let name = if command.is_empty() { "shiming" } else { command };
        insta::assert_snapshot!(format!("help-{name}"), run.stdout);
    }
    for (command, sub) in [
        ("models", "install"),
        ("models", "enable"),
        ("models", "disable"),
        ("config", "show"),
        ("audit", "export"),
        ("audit", "verify"),
    ] {
        let run = shiming([command, sub, "--help"]);
        insta::assert_snapshot!(format!("help-{command}-{sub}"), run.stdout);
    }
}

#[test]
fn wrong_usage_says_what_was_wrong_and_exits_with_2() {
    let verify = ["verify", "--portrait-side", "a", "--emblem-side", "b", "--selfie", "c", "--name", "n"];
    let with = |more: &[&'static str]| [&verify[..], more].concat();
    let cases: [(&str, Vec<&str>); 8] = [
        ("nothing", vec![]),
        ("unknown-command", vec!["verfy"]),
        ("missing-options", vec!["verify", "--selfie", "c"]),
        ("bad-date", with(&["--id-number", "1", "--today", "2026-02-30"])),
        ("bad-policy", with(&["--id-number", "1", "--policy", "no-such-policy"])),
        ("bad-threads", vec!["inspect", "a.jpg", "--threads", "0"]),
        ("bad-engine", vec!["inspect", "a.jpg", "--engine", "tpu"]),
        ("gate-and-report", vec!["inspect", "a.jpg", "--gate", "--report", "x.html"]),
    ];
    for (name, args) in cases {
        let run = shiming(args);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{name}: {}", run.stderr);
        insta::assert_snapshot!(format!("usage-{name}"), run.stderr);
    }
}

#[test]
fn a_policy_with_a_mistake_is_named_by_line_and_key() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("mine.toml");
    std::fs::write(&file, "schema = 1\nlabel = 3\n").unwrap();
    let run = shiming(["inspect", "a.jpg", "--policy", file.to_str().unwrap()]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("mine.toml") && run.stderr.contains("line"), "{}", run.stderr);
}

#[test]
fn missing_models_name_the_command_that_fetches_them() {
    let dir = tempfile::tempdir().unwrap();
    let run = shiming(["inspect", "a.jpg", "--models-dir", dir.path().to_str().unwrap()]);
    assert_eq!((run.status, run.stdout.as_str()), (1, ""));
    assert!(run.stderr.contains("shiming models install"), "{}", run.stderr);
    // Without a place for them that is said, too.
    let run = shiming_with(
        ["inspect", "a.jpg"],
        &[("SHIMING_MODELS_DIR", ""), ("HOME", ""), ("XDG_DATA_HOME", "")],
        b"",
    );
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("SHIMING_MODELS_DIR"), "{}", run.stderr);
}

#[test]
fn text_follows_the_language_of_the_environment() {
    let args = ["id-number", "11010519491231002X"];
    let chinese = shiming_with(args, &[("LANG", "zh_CN.UTF-8")], b"");
    assert!(chinese.stdout.contains("号码符合规则"), "{}", chinese.stdout);
    assert!(shiming(args).stdout.contains("keeps the rules"));
    let asked = shiming(["id-number", "11010519491231002X", "--lang", "zh-CN"]);
    assert_eq!(asked.stdout, chinese.stdout);
}
