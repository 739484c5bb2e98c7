//! Uploads over real connections, all at the same moment, by clients of their own threads.

use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use shiming_engine::service::Service;
use shiming_server::{AppState, HttpOptions, router};
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// No answer within this is none.
const PATIENCE: Duration = Duration::from_mins(1);

/// What came back.
#[derive(Debug, Default)]
pub(crate) struct Flood {
    /// Answers by status.
    pub(crate) answers: BTreeMap<u16, usize>,
    /// Requests without an answer, and why.
    pub(crate) lost: Vec<String>,
    /// 429 and 503 that do not say when to come back.
    pub(crate) without_retry_after: usize,
}

impl Flood {
    /// Every answer is a success, or tells to come back later, and none is lost.
    pub(crate) fn is_orderly(&self) -> bool {
        let known = self.answers.keys().all(|status| matches!(status, 200..=299 | 429 | 503));
        known && self.lost.is_empty() && self.without_retry_after == 0
    }

    /// Answers of a status.
    pub(crate) fn count(&self, status: u16) -> usize {
        self.answers.get(&status).copied().unwrap_or(0)
    }
}

/// Serves on a free port until the runtime ends. The limit of requests a second is lifted: all clients here
/// have one key.
pub(crate) async fn serve(service: &Service) -> SocketAddr {
    let options = HttpOptions { requests_per_s_max: 1_000_000, ..HttpOptions::default() };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let router = router(AppState::new(service.clone(), options));
    let service: IntoMakeServiceWithConnectInfo<_, SocketAddr> = router.into_make_service_with_connect_info();
    tokio::spawn(async move { axum::serve(listener, service).await });
    address
}

/// The picture to each path, all at once. `answered` counts along.
pub(crate) fn flood(
    address: SocketAddr,
    key: &str,
    paths: &[String],
    picture: &[u8],
    answered: &AtomicUsize,
) -> Flood {
    let together = Barrier::new(paths.len());
    let outcomes: Vec<Result<Answer, String>> = std::thread::scope(|scope| {
        let clients: Vec<_> = paths
            .iter()
            .map(|path| {
                let together = &together;
                scope.spawn(move || {
                    together.wait();
                    let outcome = upload(address, key, path, picture).map_err(|error| error.to_string());
                    answered.fetch_add(1, Ordering::SeqCst);
                    outcome
                })
            })
            .collect();
        clients.into_iter().map(|client| client.join().expect("a client")).collect()
    });
    let mut flood = Flood::default();
    for outcome in outcomes {
        match outcome {
            Ok(Answer { status, retry_after }) => {
                *flood.answers.entry(status).or_default() += 1;
                flood.without_retry_after += usize::from(matches!(status, 429 | 503) && !retry_after);
            }
            Err(error) => flood.lost.push(error),
        }
    }
    flood
}

/// The head of an answer.
struct Answer {
    status: u16,
    retry_after: bool,
}

/// Opens a connection and sends the head of an upload.
fn begin(address: SocketAddr, key: &str, path: &str, length: usize) -> std::io::Result<TcpStream> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(
        stream,
        "PUT {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\nContent-Type: image/jpeg\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n"
    )?;
    Ok(stream)
}

/// Reads the answer to the end of the connection.
fn answer(mut stream: TcpStream) -> std::io::Result<Answer> {
    let mut text = Vec::new();
    stream.read_to_end(&mut text)?;
    let text = String::from_utf8_lossy(&text);
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| std::io::Error::other("no status"))?;
    let retry_after = text.lines().any(|line| line.to_ascii_lowercase().starts_with("retry-after: "));
    Ok(Answer { status, retry_after })
}

fn upload(address: SocketAddr, key: &str, path: &str, picture: &[u8]) -> std::io::Result<Answer> {
    let mut stream = begin(address, key, path, picture.len())?;
    // Where the server has answered already and stopped reading, the answer is still there to be read.
    let sent = stream.write_all(picture);
    answer(stream).or_else(|error| sent.and(Err(error)))
}
