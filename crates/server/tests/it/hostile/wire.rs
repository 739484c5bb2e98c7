//! Requests that are broken below HTTP's bodies, over a real connection.

use shiming_server::{AppState, HttpOptions, router};
use shiming_testkit::trial::Trial;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;
use tokio::net::TcpListener;

/// A service that listens; the trial must outlive it.
async fn listening(trial: &Trial) -> SocketAddr {
    let app = router(AppState::new(trial.service.clone(), HttpOptions::default()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

fn connected(to: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(to).unwrap();
    // So that a service that hangs fails the test instead of stopping it.
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.set_write_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

fn answer(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // Whoever is cut off in the middle of sending may see the connection reset after the answer.
    let _ = stream.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

const HEAD: &str =
    "POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_not_as_long_as_it_says_is_a_bad_request() {
    let trial = Trial::sqlite().await;
    let to = listening(&trial).await;
    for (name, rest) in [
        ("shorter than its length", "Content-Length: 500\r\n\r\n{}"),
        ("no number", "Content-Length: many\r\n\r\n{}"),
        ("two lengths", "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
        ("below zero", "Content-Length: -1\r\n\r\n{}"),
        ("a chunk without a size", "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"),
        ("chunks that stop", "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"),
        ("a huge chunk", "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}"),
        ("coded by something else", "Transfer-Encoding: gzip\r\n\r\n{}"),
    ] {
        let mut stream = connected(to);
        stream.write_all(format!("{HEAD}{rest}").as_bytes()).unwrap();
        // What is promised does not come.
        stream.shutdown(Shutdown::Write).unwrap();
        let answer = answer(&mut stream);
        // A connection that is closed without a word is an answer too: nobody was there to hear one.
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{name}: {answer}");
    }
    // And the service still lives.
    let mut stream = connected(to);
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    assert!(answer(&mut stream).starts_with("HTTP/1.1 200"));
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_fits_is_refused_before_it_is_sent() {
    let trial = Trial::sqlite().await;
    let mut stream = connected(listening(&trial).await);
    // Nothing of the body is sent: the length alone is enough.
    stream.write_all(format!("{HEAD}Content-Length: 99999999999\r\n\r\n").as_bytes()).unwrap();
    let answer = answer(&mut stream);
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("body_too_large"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn chunks_without_end_are_cut_off_at_the_limit() {
    let trial = Trial::sqlite().await;
    let mut stream = connected(listening(&trial).await);
    stream.write_all(format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n").as_bytes()).unwrap();
    let mut writer = stream.try_clone().unwrap();
    let endless = std::thread::spawn(move || {
        let chunk = format!("1000\r\n{}\r\n", " ".repeat(0x1000));
        // Until the other side has had enough.
        while writer.write_all(chunk.as_bytes()).is_ok() {}
    });
    let mut first = [0; 12];
    stream.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"HTTP/1.1 413");
    drop(stream);
    endless.join().unwrap();
}
