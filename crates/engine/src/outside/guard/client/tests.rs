//! Against servers on this machine that misbehave.

use super::*;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const HASTY: Patience = Patience { connect: Duration::from_millis(500), total: Duration::from_millis(700) };

fn here() -> Rules {
    Rules { allow_loopback: true, ..Rules::default() }
}

/// Serves one kind of behaviour on a port of this machine; counts connections.
async fn serve<F>(behave: fn(TcpStream) -> F) -> (u16, Arc<AtomicUsize>)
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                let mut buffer = [0; 4096];
                let _ = stream.read(&mut buffer).await;
                behave(stream).await;
            });
        }
    });
    (port, count)
}

async fn say(mut stream: TcpStream, text: String) {
    let _ = stream.write_all(text.as_bytes()).await;
    let _ = stream.shutdown().await;
}

async fn ask(port: u16) -> Result<Answer, GuardError> {
    let client = Client::build(here(), HASTY, system_lookup).unwrap();
    let target = Target::parse(&format!("http://127.0.0.1:{port}/x"), &here()).unwrap();
    client.post(&target, "application/json", HeaderMap::new(), b"{}".to_vec()).await
}

fn answer(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

#[tokio::test]
async fn an_answer_comes_with_its_status() {
    let (port, _) = serve(|stream| say(stream, answer("fine"))).await;
    assert_eq!(ask(port).await, Ok(Answer { status: 200, body: b"fine".to_vec(), retry_after_s: None }));
    let (port, _) =
        serve(|s| say(s, "HTTP/1.1 429 No\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n".into())).await;
    assert_eq!(ask(port).await, Ok(Answer { status: 429, body: Vec::new(), retry_after_s: Some(7) }));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    static PORT: AtomicUsize = AtomicUsize::new(0);
    let (inner, asked) = serve(|stream| say(stream, answer("secret"))).await;
    PORT.store(usize::from(inner), Ordering::SeqCst);
    let (port, _) = serve(|stream| {
        let to = format!("http://127.0.0.1:{}/", PORT.load(Ordering::SeqCst));
        say(stream, format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n"))
    })
    .await;
    assert_eq!(ask(port).await.map(|answer| answer.status), Ok(302));
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn an_answer_ends_at_64_kib() {
    let (port, _) = serve(|s| say(s, answer(&"a".repeat(ANSWER_BYTES_MAX)))).await;
    assert_eq!(ask(port).await.map(|answer| answer.body.len()), Ok(ANSWER_BYTES_MAX));
    let (port, _) = serve(|s| say(s, answer(&"a".repeat(ANSWER_BYTES_MAX + 1)))).await;
    assert_eq!(ask(port).await, Err(GuardError::TooLarge));
    // Without a length, and without an end.
    let (port, _) = serve(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        while stream.write_all(&[b'a'; 8192]).await.is_ok() {}
    })
    .await;
    assert_eq!(ask(port).await, Err(GuardError::TooLarge));
}

#[tokio::test]
async fn headers_end_too() {
    let (port, _) = serve(|s| {
        say(
            s,
            format!("HTTP/1.1 200 OK\r\nx: {}\r\ncontent-length: 0\r\n\r\n", "a".repeat(HEADERS_BYTES_MAX)),
        )
    })
    .await;
    assert_eq!(ask(port).await, Err(GuardError::TooLarge));
    let (port, _) = serve(|s| {
        let many = (0..=HEADERS_MAX).fold(String::new(), |all, n| all + &format!("x{n}: a\r\n"));
        say(s, format!("HTTP/1.1 200 OK\r\n{many}\r\n"))
    })
    .await;
    assert_eq!(ask(port).await, Err(GuardError::Unreachable));
}

#[tokio::test]
async fn nobody_keeps_us_waiting() {
    // One byte at a time: every read is in time, the whole is not.
    let (port, _) = serve(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 60000\r\n\r\n").await;
        while stream.write_all(b"a").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    assert_eq!(ask(port).await, Err(GuardError::Unreachable));
    let (port, _) = serve(|_stream| std::future::pending()).await;
    assert_eq!(ask(port).await, Err(GuardError::Unreachable));
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    assert_eq!(ask(closed).await, Err(GuardError::Unreachable));
}

/// A name server that says something else every time, and one that mixes.
#[tokio::test]
async fn a_name_is_refused_for_any_inner_address_and_resolved_only_once() {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    let mixed: Lookup =
        |_| Box::pin(async { Ok(vec!["1.1.1.1".parse().unwrap(), "10.0.0.1".parse().unwrap()]) });
    let client = Client::build(Rules::default(), HASTY, mixed).unwrap();
    let target = Target::parse("https://rebind.example/", &Rules::default()).unwrap();
    let refused = client.post(&target, "text/plain", HeaderMap::new(), Vec::new()).await;
    assert_eq!(refused, Err(GuardError::Address));

    // First this machine, which is allowed here, then the metadata service: the first answer is used.
    let (port, _) = serve(|stream| say(stream, answer("fine"))).await;
    let rebinding: Lookup = |_| {
        let first = ASKED.fetch_add(1, Ordering::SeqCst) == 0;
        let address = if first { "127.0.0.1" } else { "169.254.169.254" };
        Box::pin(async move { Ok(vec![address.parse().unwrap()]) })
    };
    let client = Client::build(here(), HASTY, rebinding).unwrap();
    let target = Target::parse(&format!("http://localhost:{port}/"), &here()).unwrap();
    let answer = client.post(&target, "text/plain", HeaderMap::new(), Vec::new()).await;
    assert_eq!(answer.map(|answer| answer.status), Ok(200));
    assert_eq!(ASKED.load(Ordering::SeqCst), 1);
    let refused = client.post(&target, "text/plain", HeaderMap::new(), Vec::new()).await;
    assert_eq!(refused, Err(GuardError::Address));
}

#[tokio::test]
async fn the_name_is_what_the_server_is_told() {
    let (port, _) = serve(|stream| async move {
        say(stream, answer("fine")).await;
    })
    .await;
    let lookup: Lookup = |_| Box::pin(async { Ok(vec!["127.0.0.1".parse().unwrap()]) });
    let rules =
        Rules { exceptions: vec!["inner.example".parse().unwrap()], ports: vec![port], ..Rules::default() };
    let client = Client::build(rules.clone(), HASTY, lookup).unwrap();
    let target = Target::parse(&format!("https://inner.example:{port}/"), &rules).unwrap();
    // The exception lets the connection through; that nobody speaks TLS there is another matter.
    let answer = client.post(&target, "text/plain", HeaderMap::new(), Vec::new()).await;
    assert_eq!(answer, Err(GuardError::Unreachable));
}
