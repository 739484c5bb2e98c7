//! Reading a body: no more than fits, and not for ever.

use crate::problem::ApiError;
use axum::body::{Body, HttpBody as _};
use axum::http::StatusCode;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
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
    /// Other uploads fill the memory that is set aside for them.
    Full,
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
            Unread::Full => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "busy",
                "Too many uploads are under way. Try again in a moment.",
            )
            .retry_after(2),
        }
    }
}

/// Memory that all uploads share.
///
/// Room is taken as bytes arrive, not as a request announces them: whoever only announces keeps nobody out.
#[derive(Clone)]
pub(crate) struct Space(Arc<Semaphore>);

/// What an upload takes of the space, until this is dropped.
#[derive(Default)]
pub(crate) struct Room(Option<OwnedSemaphorePermit>);

impl Space {
    pub(crate) fn mib(mib: u32) -> Self {
        Self(Arc::new(Semaphore::new(mib as usize * 1024)))
    }

    /// Room for so many bytes in all, counted in whole KiB.
    fn extend(&self, room: &mut Room, bytes: usize) -> Result<(), Unread> {
        let held = room.0.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let more = u32::try_from(bytes.div_ceil(1024).saturating_sub(held)).unwrap_or(u32::MAX);
        let taken = Arc::clone(&self.0).try_acquire_many_owned(more).map_err(|_| Unread::Full)?;
        match &mut room.0 {
            Some(permit) => permit.merge(taken),
            none => *none = Some(taken),
        }
        Ok(())
    }
}

/// The whole body, if it has at most so many bytes.
pub(crate) async fn read(body: Body, bytes_max: usize) -> Result<Bytes, Unread> {
    read_patiently(body, bytes_max, PATIENCE, |_| Ok(())).await
}

/// As [`read`], within the memory all uploads share. The room is to be kept as long as the bytes.
pub(crate) async fn upload(body: Body, bytes_max: usize, space: &Space) -> Result<(Bytes, Room), Unread> {
    let mut room = Room::default();
    let grow = |bytes| {
        let grown = space.extend(&mut room, bytes);
        if grown.is_err() {
            room = Room::default();
        }
        grown
    };
    let bytes = read_patiently(body, bytes_max, PATIENCE, grow).await?;
    Ok((bytes, room))
}

async fn read_patiently(
    body: Body,
    bytes_max: usize,
    patience: Duration,
    mut grow: impl FnMut(usize) -> Result<(), Unread>,
) -> Result<Bytes, Unread> {
    if body.size_hint().lower() > bytes_max as u64 {
        return Err(Unread::TooLarge);
    }
    let begun = Instant::now();
    let mut whole = BytesMut::new();
    let (mut seen, mut full) = (0_usize, None);
    let mut pieces = body.into_data_stream();
    loop {
        let earned = Duration::from_secs(seen as u64 / BYTES_PER_S_MIN);
        let due = (begun + patience + earned).min(Instant::now() + patience);
        match timeout_at(due, pieces.next()).await {
            Err(_) => return Err(Unread::Slow),
            Ok(None) => return full.map_or(Ok(whole.freeze()), Err),
            Ok(Some(Err(_))) => return Err(Unread::Broken),
            Ok(Some(Ok(piece))) if seen + piece.len() > bytes_max => return Err(Unread::TooLarge),
            Ok(Some(Ok(piece))) => {
                seen += piece.len();
                if full.is_none() {
                    full = grow(seen).err();
                }
                match full {
                    None => whole.extend_from_slice(&piece),
                    // The rest is read and dropped: whoever still sends would not see an answer.
                    Some(_) => whole = BytesMut::new(),
                }
            }
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

    async fn patiently(body: Body, bytes_max: usize, patience: Duration) -> Result<Bytes, Unread> {
        read_patiently(body, bytes_max, patience, |_| Ok(())).await
    }

    #[tokio::test]
    async fn a_body_without_end_is_cut_off() {
        assert_eq!(read(Body::from("ten bytes!"), 10).await.unwrap(), "ten bytes!");
        assert_eq!(read(Body::from("ten bytes!"), 9).await, Err(Unread::TooLarge));
        assert_eq!(read(endless(20 << 10, Duration::ZERO), 1 << 20).await, Err(Unread::TooLarge));
        let (patience, drop) = (Duration::from_millis(50), Duration::from_millis(5));
        assert_eq!(patiently(endless(1, drop), 1 << 20, patience).await, Err(Unread::Slow));
        // Much came at once and then nothing.
        let first = stream::iter([Ok::<_, Infallible>(Bytes::from(vec![0; 1 << 20]))]);
        let stuck = Body::from_stream(first.chain(stream::pending()));
        assert_eq!(patiently(stuck, 10 << 20, patience).await, Err(Unread::Slow));
        let broken = stream::iter([Ok(Bytes::from("a")), Err(io::Error::other("gone"))]);
        assert_eq!(read(Body::from_stream(broken), 10).await, Err(Unread::Broken));
    }

    #[tokio::test]
    async fn uploads_share_their_memory() {
        let space = Space::mib(2);
        let mib = |n: usize| Body::from(vec![0; n << 20]);
        let (bytes, first) = upload(mib(1), 10 << 20, &space).await.unwrap();
        assert_eq!(bytes.len(), 1 << 20);
        // What began and never ended counts too, as far as it came.
        let half = stream::iter([Ok::<_, Infallible>(Bytes::from(vec![0; 512 << 10]))]);
        let stuck = Body::from_stream(half.chain(stream::pending()));
        let other = space.clone();
        let stuck = tokio::spawn(async move { upload(stuck, 10 << 20, &other).await });
        while space.0.available_permits() > 512 {
            tokio::task::yield_now().await;
        }
        assert_eq!(upload(mib(1), 10 << 20, &space).await.err(), Some(Unread::Full));
        let (_, rest) = upload(Body::from(vec![0; 512 << 10]), 10 << 20, &space).await.unwrap();
        assert_eq!(upload(Body::from("x"), 10 << 20, &space).await.err(), Some(Unread::Full));
        // Whatever ends, in whatever way, gives its room back.
        stuck.abort();
        assert!(stuck.await.is_err());
        drop((first, rest));
        assert_eq!(space.0.available_permits(), 2048);
        assert!(upload(mib(2), 10 << 20, &space).await.is_ok());
    }
}
