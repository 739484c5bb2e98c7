//! A service that is really served: TLS, workers of their own, and stopping while it is busy.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use crate::service::{House, Running};
use shiming_testkit::trial::Database;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Until it holds; five minutes are enough for anything on a machine that does other things too.
fn wait_for(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_mins(5), "{what} did not come");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// A key and a certificate for 127.0.0.1 that signs itself.
fn certificate(folder: &Path, name: &str) -> (PathBuf, PathBuf) {
    let (certificate, key) = (folder.join(format!("{name}.crt")), folder.join(format!("{name}.key")));
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]);
    openssl.args(["-days", "2", "-subj", &format!("/CN={name}"), "-addext", "subjectAltName=IP:127.0.0.1"]);
    openssl.arg("-keyout").arg(&key).arg("-out").arg(&certificate);
    let made = openssl.output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    (certificate, key)
}

/// Whether somebody who trusts this certificate, and no other, is answered.
fn trusted(running: &Running, certificate: &Path, more: &[&str]) -> bool {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--max-time", "20", "--cacert"]).arg(certificate).args(more);
    let answer = curl.arg(format!("{}/healthz", running.url)).output().unwrap();
    answer.status.success() && answer.stdout == b"ok\n"
}

#[test]
fn a_renewed_certificate_is_read_again_and_a_broken_one_is_not_used() {
    let house = House::new();
    let folder = house.data().with_file_name("tls");
    fs::create_dir_all(&folder).unwrap();
    let (first, first_key) = certificate(&folder, "first");
    let (second, second_key) = certificate(&folder, "second");
    let (used, used_key) = (folder.join("used.crt"), folder.join("used.key"));
    let install = |certificate: &Path, key: &Path| {
        fs::copy(certificate, &used).unwrap();
        fs::copy(key, &used_key).unwrap();
    };
    install(&first, &first_key);
    let set = [
        format!("server.tls_certificate_file={}", used.display()),
        format!("server.tls_key_file={}", used_key.display()),
    ];
    let running = Running::start(&house, &["--set", &set[0], "--set", &set[1]]);
    assert!(running.url.starts_with("https://"), "{}", running.url);
    assert!(trusted(&running, &first, &[]) && !trusted(&running, &second, &[]));
    assert!(!trusted(&running, &first, &["--tls-max", "1.1"]), "TLS 1.1 is answered");

    install(&second, &second_key);
    running.signal("-HUP");
    wait_for("the renewed certificate", || trusted(&running, &second, &[]));
    assert!(!trusted(&running, &first, &[]));

    // A key that is not of the certificate, and no certificate at all: the old pair stays.
    fs::copy(&first_key, &used_key).unwrap();
    running.signal("-HUP");
    fs::write(&used, "nothing").unwrap();
    running.signal("-HUP");
    assert!(trusted(&running, &second, &[]));
    running.signal("-TERM");
    let (status, log) = running.end();
    assert_eq!(status, Some(0), "{log}");
    assert!(log.contains("read the certificate again"), "{log}");
    assert!(log.contains("the old one stays"), "{log}");
}

/// A worker beside the service.
fn worker(house: &House, database: &str) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shiming"));
    command.args(["worker", "--policy", "generic", "--data"]).arg(house.data());
    command.args(["--set", "models.engine=rten", "--set", database]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn jobs_run_in_a_worker_of_their_own() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    // Without a server it is skipped, visibly.
    let Some(database) = runtime.block_on(Database::postgres()) else { return };
    let database = format!("database.url={}", database.url());
    let house = House::new();
    let running = Running::start(&house, &["--set", &database, "--set", "worker.count=0"]);
    let body = r#"{"contact": "wang.fang@example.org", "password": "rain on the old city wall"}"#;
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--fail-with-body", "--header", "Content-Type: application/json", "--data", body]);
    let url = format!("{}/api/v1/accounts", running.url);
    let asked = curl.args(["--header", "Idempotency-Key: once", &url]).output().unwrap();
    assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stdout));
    let letters = || running.get("/api/v1/sandbox/outbox?to=wang.fang@example.org").unwrap();
    std::thread::sleep(Duration::from_secs(1));
    assert!(letters().contains(r#""data":[]"#), "the service itself ran a job");

    let mut working = worker(&house, &database);
    wait_for("the letter", || letters().contains("Shiming"));
    let pid = working.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert!(working.wait().unwrap().success());
    let log: Vec<String> =
        BufReader::new(working.stderr.take().unwrap()).lines().map(Result::unwrap).collect();
    assert!(log.iter().any(|line| line.contains("everything in flight has ended")), "{log:?}");
    running.signal("-TERM");
    assert_eq!(running.end().0, Some(0));
}

#[test]
fn every_answer_that_begins_is_whole_when_it_stops_under_load() {
    let house = House::new();
    let running = Running::start(&house, &["--set", "server.requests_per_s_max=100000"]);
    let (over, whole, cut) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    let ask = || {
        while !over.load(Ordering::SeqCst) {
            let Ok(mut stream) = TcpStream::connect(&running.address) else { return };
            stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
            let request = "GET /api/v1/levels HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
            // Whoever connects as it closes is turned away before an answer begins; that is no loss.
            if stream.write_all(request.as_bytes()).is_err() {
                continue;
            }
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer);
            let text = String::from_utf8_lossy(&answer);
            if text.starts_with("HTTP/1.1 200") && text.ends_with('}') {
                whole.fetch_add(1, Ordering::SeqCst);
            } else if !answer.is_empty() {
                cut.fetch_add(1, Ordering::SeqCst);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(ask);
        }
        wait_for("load", || whole.load(Ordering::SeqCst) > 100);
        running.signal("-TERM");
        wait_for("the end of accepting", || TcpStream::connect(&running.address).is_err());
        over.store(true, Ordering::SeqCst);
    });
    assert_eq!(cut.load(Ordering::SeqCst), 0, "answers were cut off");
    let (status, log) = running.end();
    assert_eq!(status, Some(0), "{log}");
    assert!(log.contains("everything in flight has ended"), "{log}");
}

#[test]
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn the_heap_gives_back_what_a_picture_needed() {
    let house = House::new();
    let running = Running::start(&house, &[]);
    assert_eq!(running.variable("MALLOC_MMAP_THRESHOLD_").as_deref(), Some("16777216"));
    assert!(running.variable("MALLOC_ARENA_MAX").is_some_and(|heaps| heaps.parse::<usize>().is_ok()));
    running.signal("-TERM");
    assert_eq!(running.end().0, Some(0));
}
