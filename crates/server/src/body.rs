//! Reading a body: no more than fits, and not for ever.

use crate::problem::ApiError;
use axum::body::{Body, HttpBody as _};
use axum::http::StatusCode;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// After so long a body must have come at [`BYTES_PER_S_MIN`], and no pause is longer.
const PATIENCE: Duration = Duration::from_secs(5);
/// What a bad mobile connection still manages.
const BYTES_PER_S_MIN: u64 = 10 << 10;

/// Why there is no body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// More than the route takes.
    TooLarge,
    /// It came too slowly, or never ended.
    Slow,
    /// The connection broke, or the body is not as long as was said.
    Broken,
}

impl From<Unread> for ApiError {
    fn from(why: Unread) -> Self {
        match why {
            Unread::TooLarge => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "body_too_large",
                "The body is larger than this route takes.",
            ),
            Unread::Slow => Self::new(
                StatusCode::REQUEST_TIMEOUT,
                "body_slow",
                "The body came too slowly: 10 KiB a second are needed. Try again on a better connection.",
            ),
            Unread::Broken => {
                Self::new(StatusCode::BAD_REQUEST, "body_unreadable", "The body could not be read.")
            }
        }
    }
}

/// The whole body, if it has at most so many bytes.
pub(crate) async fn read(body: Body, bytes_max: usize) -> Result<Bytes, Unread> {
    read_patiently(body, bytes_max, PATIENCE).await
}

async fn read_patiently(body: Body, bytes_max: usize, patience: Duration) -> Result<Bytes, Unread> {
    if body.size_hint().lower() > bytes_max as u64 {
        return Err(Unread::TooLarge);
    }
    let begun = Instant::now();
    let mut whole = BytesMut::new();
    let mut pieces = body.into_data_stream();
    loop {
        let earned = Duration::from_secs(whole.len() as u64 / BYTES_PER_S_MIN);
        let due = (begun + patience + earned).min(Instant::now() + patience);
        match timeout_at(due, pieces.next()).await {
            Err(_) => return Err(Unread::Slow),
            Ok(None) => return Ok(whole.freeze()),
            Ok(Some(Err(_))) => return Err(Unread::Broken),
            Ok(Some(Ok(piece))) if whole.len() + piece.len() > bytes_max => return Err(Unread::TooLarge),
            Ok(Some(Ok(piece))) => whole.extend_from_slice(&piece),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;
    use std::convert::Infallible;
    use std::io;

    /// So many bytes at a time, without end.
    fn endless(bytes: usize, every: Duration) -> Body {
        Body::from_stream(stream::unfold((), move |()| async move {
            tokio::time::sleep(every).await;
            Some((Ok::<_, Infallible>(Bytes::from(vec![0; bytes])), ()))
        }))
    }

    #[tokio::test]
    async fn a_body_without_end_is_cut_off() {
        assert_eq!(read(Body::from("ten bytes!"), 10).await.unwrap(), "ten bytes!");
        assert_eq!(read(Body::from("ten bytes!"), 9).await, Err(Unread::TooLarge));
        assert_eq!(read(endless(20 << 10, Duration::ZERO), 1 << 20).await, Err(Unread::TooLarge));
        let (patience, drop) = (Duration::from_millis(50), Duration::from_millis(5));
        assert_eq!(read_patiently(endless(1, drop), 1 << 20, patience).await, Err(Unread::Slow));
        // Much came at once and then nothing.
        let first = stream::iter([Ok::<_, Infallible>(Bytes::from(vec![0; 1 << 20]))]);
        let stuck = Body::from_stream(first.chain(stream::pending()));
        assert_eq!(read_patiently(stuck, 10 << 20, patience).await, Err(Unread::Slow));
        let broken = stream::iter([Ok(Bytes::from("a")), Err(io::Error::other("gone"))]);
        assert_eq!(read(Body::from_stream(broken), 10).await, Err(Unread::Broken));
    }
}
