//! The commands of the service, on folders of their own.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::format_collect,
    clippy::map_unwrap_or,
    reason = "a test that cannot go on has failed"
)]

use crate::run::{Run, shiming, shiming_with};
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A place for an installation.
pub(crate) struct House {
    folder: TempDir,
}

impl House {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Runs a command on this installation.
    fn run(&self, args: &[&str]) -> Run {
        let data = self.data();
        shiming(args.iter().copied().chain(["--data", data.to_str().unwrap()]))
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

#[test]
fn settings_are_checked_and_named() {
    let house = House::new();
    let checked = house.run(&["config", "check", "--policy", "generic", "--json"]).json(0);
    assert_eq!((checked["mode"].as_str(), checked["file"].as_str()), (Some("sandbox"), None));
    assert!(checked["policy"].as_str().unwrap().contains("generic"));

    let file = house.file("my.toml", "[server]\nlisten = \"127.0.0.1:1\"\n[sms]\ntoken = \"t0ken\"\n");
    let shown = house.run(&["config", "show", "--config", &file]);
    assert_eq!(shown.status, 0, "{}", shown.stderr);
    assert!(shown.stdout.contains("127.0.0.1:1") && shown.stdout.contains("my.toml"), "{}", shown.stdout);
    assert!(shown.stdout.contains("(hidden)") && !shown.stdout.contains("t0ken"), "{}", shown.stdout);

    let wrong = house.file("wrong.toml", "[server]\nlisen = \"x\"\n");
    let run = house.run(&["config", "check", "--config", &wrong]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("server.lisen") && run.stderr.contains("did you mean `server.listen`"));
    assert!(run.stderr.contains("wrong.toml"), "{}", run.stderr);

    let run = shiming_with(["config", "check"], &[("SHIMING__WORKER__COUNT", "many")], b"");
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("SHIMING__WORKER__COUNT"), "{}", run.stderr);
    let run = house.run(&["config", "check", "--set", "worker.count"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("KEY=VALUE"), "{}", run.stderr);
    let defaults = shiming(["config", "defaults"]);
    assert!(defaults.stdout.contains("[server]") && defaults.stdout.contains("SHIMING_ROOT_KEY"));
}

#[test]
fn migrating_twice_changes_nothing_the_second_time() {
    let house = House::new();
    let first = house.run(&["migrate", "--json"]).json(0);
    assert_eq!((first["database"].as_str(), first["before"].as_i64()), (Some("sqlite"), Some(0)));
    let after = first["after"].as_i64().unwrap();
    assert!(after > 0);
    let second = house.run(&["migrate", "--json"]).json(0);
    assert_eq!((second["before"].as_i64(), second["after"].as_i64()), (Some(after), Some(after)));
    let mode = fs::metadata(house.data()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

fn status_of(answer: &serde_json::Value, check: &str) -> String {
    let checks = answer["checks"].as_array().unwrap();
    let found = checks.iter().find(|one| one["check"] == check);
    found.unwrap_or_else(|| panic!("no check `{check}` in {answer}"))["status"].as_str().unwrap().to_owned()
}

#[test]
fn the_doctor_looks_and_touches_nothing() {
    let house = House::new();
    let run = house.run(&["doctor", "--json"]);
    let answer = run.json(1);
    assert_eq!(status_of(&answer, "policy"), "fail");
    for check in ["data folder", "root key", "database", "clock", "short messages"] {
        assert_eq!(status_of(&answer, check), "ok", "{check}");
    }
    assert_eq!((status_of(&answer, "mail"), status_of(&answer, "anchor")), ("warn".into(), "warn".into()));
    assert!(!house.data().exists());
    let text = house.run(&["doctor"]);
    assert_eq!(text.status, 1);
    assert!(text.stdout.contains("✘ fail  policy"), "{}", text.stdout);
}

#[test]
fn the_doctor_misses_the_holidays_of_a_year_without_a_table() {
    let house = House::new();
    let holidays = |policy: &str, further: &[&str]| {
        let args = [&["doctor", "--policy", policy, "--json"], further].concat();
        // Whether all is well depends on the networks, which a test may lack.
        let answer: serde_json::Value = serde_json::from_str(&house.run(&args).stdout).unwrap();
        status_of(&answer, "holidays")
    };
    // The built-in table ends with 2026.
    assert_eq!(holidays("cn_pboc", &[]), "warn");
    assert_eq!(holidays("generic", &[]), "ok");
    let years = (2026..2100).map(|year| format!("[[year]]\nyear = {year}\noff = []\non = []\n"));
    let own = house.file("days.toml", &format!("schema = 1\n{}", years.collect::<String>()));
    assert_eq!(holidays("cn_pboc", &["--set", &format!("calendar.holidays_file={own}")]), "ok");
}

#[test]
fn the_doctor_names_what_others_may_read() {
    let house = House::new();
    house.run(&["migrate"]).json_free(0);
    fs::set_permissions(house.data(), fs::Permissions::from_mode(0o755)).unwrap();
    let inside = house.data().join("root.key");
    let random: String = (0..32).map(|n: u32| format!("{:02x}", (n * 73 + 41) % 251)).collect();
    fs::write(&inside, random).unwrap();
    let set = format!("keys.root_key_file={}", inside.display());
    let answer = house.run(&["doctor", "--policy", "generic", "--set", &set, "--json"]).json(1);
    assert_eq!(status_of(&answer, "data folder"), "fail");
    assert_eq!(status_of(&answer, "root key"), "fail");
    for check in ["policy", "database", "durability", "audit log"] {
        assert_eq!(status_of(&answer, check), "ok", "{check}");
    }
}

#[test]
fn a_service_without_a_policy_or_with_an_unsafe_key_does_not_start() {
    let house = House::new();
    let run = house.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("--policy"), "{}", run.stderr);
    let published = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    let data = house.data();
    house.run(&["migrate"]).json_free(0);
    let args = ["audit", "checkpoint", "--data", data.to_str().unwrap()];
    let run = shiming_with(args, &[("SHIMING_ROOT_KEY", published)], b"");
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("must not be used") && !run.stderr.contains(published), "{}", run.stderr);
}

/// A running service.
pub(crate) struct Running {
    child: Child,
    /// `http://…` or `https://…`.
    pub(crate) url: String,
    pub(crate) address: String,
    pub(crate) first_lines: Vec<String>,
}

impl Running {
    pub(crate) fn start(house: &House, more: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shiming"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--policy", "generic", "--data"]).arg(house.data());
        command.args(["--set", "models.engine=rten", "--set", "audit.checkpoint_seconds=1"]).args(more);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().map(Result::unwrap).unwrap_or_else(|| {
            let mut error = String::new();
            child.stderr.take().unwrap().read_to_string(&mut error).unwrap();
            panic!("the service did not start: {error}");
        });
        let url = first.strip_prefix("listening on ").unwrap().to_owned();
        let address = url.split_once("://").unwrap().1.to_owned();
        // The rest is said at once; the last line tells of the sandbox.
        let mut first_lines = vec![first];
        while !first_lines.last().unwrap().starts_with("sandbox") {
            first_lines.push(lines.next().unwrap().unwrap());
        }
        Self { child, url, address, first_lines }
    }

    pub(crate) fn get(&self, path: &str) -> Option<String> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        Some(answer)
    }

    /// A variable of its environment.
    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        let all = std::fs::read_to_string(format!("/proc/{}/environ", self.child.id())).unwrap();
        all.split('\0').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).map(str::to_owned)
    }

    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([name, &pid]).status().unwrap().success());
    }

    /// Its exit status and what it logged.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        let begin = Instant::now();
        while self.child.try_wait().unwrap().is_none() {
            if begin.elapsed() > Duration::from_mins(1) {
                self.child.kill().unwrap();
                panic!("the service did not end");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        (self.child.wait().unwrap().code(), log)
    }
}

#[test]
fn it_answers_and_ends_when_told_to() {
    let house = House::new();
    let running = Running::start(&house, &["--set", "log.format=json"]);
    assert!(running.first_lines.iter().any(|line| line.starts_with("sandbox")));
    assert!(running.get("/healthz").unwrap().starts_with("HTTP/1.1 200"));
    assert!(running.get("/readyz").unwrap().starts_with("HTTP/1.1 200"));
    assert!(running.get("/metrics").unwrap().contains("shiming_http_requests_total"));
    // A request is under way: it gets its answer, and nobody new is let in.
    let mut slow = TcpStream::connect(&running.address).unwrap();
    write!(slow, "GET /healthz HTTP/1.1\r\nHost: local").unwrap();
    slow.flush().unwrap();
    std::thread::sleep(Duration::from_millis(200));
    running.signal("-TERM");
    let begin = Instant::now();
    while TcpStream::connect(&running.address).is_ok() {
        assert!(begin.elapsed() < Duration::from_secs(20), "it still accepts");
        std::thread::sleep(Duration::from_millis(20));
    }
    write!(slow, "host\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let (status, log) = running.end();
    assert_eq!(status, Some(0), "{log}");
    assert!(log.contains("everything in flight has ended"), "{log}");
    for line in log.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(line["at"].as_str().unwrap().ends_with('Z') && line["message"].is_string());
    }
    let key = house.folder.path().join("data-keys/root.key");
    assert_eq!(fs::metadata(key).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let house = House::new();
    let running = Running::start(&house, &["--set", "server.shutdown_seconds=600"]);
    let mut open = TcpStream::connect(&running.address).unwrap();
    write!(open, "GET /healthz HTTP/1.1\r\nHost: local").unwrap();
    std::thread::sleep(Duration::from_millis(200));
    running.signal("-INT");
    std::thread::sleep(Duration::from_millis(300));
    running.signal("-TERM");
    let (status, log) = running.end();
    assert_eq!(status, Some(0), "{log}");
    assert!(log.contains("ended by a second signal"), "{log}");
}

#[test]
fn a_lost_root_key_is_not_replaced_by_a_new_one() {
    let house = House::new();
    let running = Running::start(&house, &[]);
    running.signal("-TERM");
    assert_eq!(running.end().0, Some(0));
    fs::remove_file(house.folder.path().join("data-keys/root.key")).unwrap();
    let run = house.run(&["audit", "checkpoint"]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("is missing") && run.stderr.contains("root.key"), "{}", run.stderr);
    assert!(!house.folder.path().join("data-keys/root.key").exists());
}

#[test]
fn an_empty_log_has_nothing_to_sign() {
    let house = House::new();
    house.run(&["migrate"]).json_free(0);
    let run = house.run(&["audit", "checkpoint"]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("empty"), "{}", run.stderr);
    let run = shiming(["audit", "verify", "nowhere", "--pubkey", "nothing"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("--pubkey"), "{}", run.stderr);
    assert!(!Path::new("nowhere").exists());
}

impl Run {
    /// It ended so; what it printed does not matter.
    fn json_free(&self, status: i32) {
        assert_eq!(self.status, status, "{self:?}");
    }
}

#[test]
fn threat_09_an_export_is_verified_without_database_or_secret_and_changes_are_found() {
    let house = House::new();
    let anchor = house.folder.path().join("anchor");
    let set = format!("audit.anchor_file={}", anchor.display());
    // The first start makes a link for the first member of staff, and a row that says so.
    let running = Running::start(&house, &["--set", &set]);
    // On the port that was free, not on the 0 that asked for one.
    let link = format!("{}/console/setup#", running.url);
    assert!(running.first_lines.iter().any(|line| line.contains(&link)), "{:?}", running.first_lines);
    running.signal("-TERM");
    assert_eq!(running.end().0, Some(0));
    let running = Running::start(&house, &["--set", &set]);
    running.signal("-TERM");
    assert_eq!(running.end().0, Some(0));

    let folder = house.folder.path().join("export");
    let folder = folder.to_str().unwrap();
    let exported = house.run(&["audit", "export", folder, "--json"]).json(0);
    let key = exported["public_key"].as_str().unwrap().to_owned();
    assert!(exported["size"].as_u64().unwrap() >= 2);
    let verify = |anchors: &[&str]| {
        let args = ["audit", "verify", folder, "--pubkey", &key, "--json"];
        shiming(args.into_iter().chain(anchors.iter().flat_map(|file| ["--anchor", *file])))
    };
    let anchor = anchor.to_str().unwrap();
    let verified = verify(&[anchor]).json(0);
    assert_eq!(verified["size"], exported["size"]);
    assert!(verified["anchors"].as_u64().unwrap() >= 1);
    let again = house.run(&["audit", "export", folder]);
    assert_eq!(again.status, 1, "a folder is never written over");

    let lines = Path::new(folder).join("entries.ndjson");
    let text = fs::read_to_string(&lines).unwrap();
    fs::write(&lines, text.replacen("setup_link", "setup_lint", 1)).unwrap();
    assert!(verify(&[]).stderr.contains("of entries.ndjson"));
    fs::write(&lines, &text).unwrap();
    let checkpoint = Path::new(folder).join("checkpoint");
    let note = fs::read_to_string(&checkpoint).unwrap();
    fs::write(&checkpoint, note.replacen('\n', "\n1", 1)).unwrap();
    assert_eq!(verify(&[]).status, 1);
    fs::write(&checkpoint, &note).unwrap();
    let other = house.file("other", "shiming/x\n1\nAAAA\n\n— shiming/x AAAAAAA=\n");
    assert_eq!(verify(&[&other]).status, 1);
    assert_eq!(verify(&[]).status, 0);
}
