//! Pictures held in memory at the same time. Their number bounds the memory, however many people send at once.

use crate::problem::ApiError;
use crate::state::AppState;
use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{StatusCode, header};
use futures_util::StreamExt as _;
use shiming_engine::Given;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Pictures that are read for each one that can be looked at: a network is slower than the gate.
const HELD_PER_SLOT: usize = 4;

/// Places for pictures.
pub(crate) fn places(inference_slots: usize) -> Arc<Semaphore> {
    Arc::new(Semaphore::new(inference_slots.max(1) * HELD_PER_SLOT))
}

/// A picture that was sent, for as long as its place is held.
pub(crate) struct Received {
    pub(crate) bytes: Bytes,
    pub(crate) place: OwnedSemaphorePermit,
}

/// Reads the body of an upload. Without a free place nothing of it is kept, and the client comes back.
pub(crate) async fn receive(state: &AppState, request: Request) -> Result<Received, ApiError> {
    let most = usize::try_from(Given::bytes_max()).unwrap_or(usize::MAX);
    let Ok(place) = Arc::clone(&state.uploads).try_acquire_owned() else {
        discard(request, most).await;
        let detail = "Too many pictures are being sent. Keep the photo and send it again in a moment.";
        let busy = ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "uploads_busy", detail);
        return Err(busy.retry_after(2));
    };
    // Stops reading as soon as there is more than that.
    let bytes = to_bytes(request.into_body(), most).await.map_err(|_| {
        let detail = "A picture has 10 MiB at most. Send the photo as the camera made it.";
        ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "file_too_large", detail)
    })?;
    Ok(Received { bytes, place })
}

/// Reads on without keeping anything: closed under a client that still sends, the connection would take the
/// answer with it. Whoever waits to be told to send (`Expect: 100-continue`) gets the answer at once.
async fn discard(request: Request, most: usize) {
    if request.headers().contains_key(header::EXPECT) {
        return;
    }
    let mut left = most;
    let mut chunks = request.into_body().into_data_stream();
    while let Some(Ok(chunk)) = chunks.next().await {
        match left.checked_sub(chunk.len()) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}
