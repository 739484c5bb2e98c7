//! The life of one socket: a ticket, frames, an end.
//!
//! At most one frame waits, the newest: a slow machine or network loses frames and never time. Looking runs on
//! other threads; here is only what reads, says and counts.

use super::message::{FromClient, ToClient, frame, sha256};
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Fuse, FusedFuture as _};
use shiming_domain::id::LivenessId;
use shiming_domain::liveness::{Outcome, Say};
use shiming_domain::moment::Timestamp;
use shiming_engine::application::liveness::{self, Ending, FrameIn, Looked, Run};
use shiming_engine::service::{Error, Kind, Service};
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};

/// The first message comes within so long.
const HELLO_MAX: Duration = Duration::from_secs(10);
/// Nobody stays longer, framing included: a place is for everybody.
const CONNECTION_MAX: Duration = Duration::from_mins(3);
/// Whoever does not read what is said is gone.
const SEND_MAX: Duration = Duration::from_secs(5);
/// Time passes also without frames.
const TICK: Duration = Duration::from_millis(250);
/// Ticks between two looks whether a newer challenge took the place.
const LOOK_EVERY: u32 = 8;
/// Bytes of a try, from the first step; twice as many for people who need longer.
const TRY_BYTES_MAX: usize = 600_000;
/// Bytes of a connection.
const CONNECTION_BYTES_MAX: usize = 2_000_000;
/// Frames at once, and a second: a client sends 6, and a network bunches them.
const FRAMES_BURST: u64 = 24;
const FRAMES_PER_S: u64 = 8;

/// Why the socket is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Close {
    Done,
    Malformed,
    Ticket,
    Time,
    Replaced,
    TooMuch,
    Busy,
    /// Our own fault.
    Internal,
    /// The other side is not there any more.
    Gone,
}

impl Close {
    /// As in docs/LIVENESS.md; nothing is said to nobody.
    const fn frame(self) -> Option<(u16, &'static str)> {
        Some(match self {
            Self::Done => (1000, "done"),
            Self::Internal => (1011, "internal"),
            Self::Malformed => (4400, "malformed"),
            Self::Ticket => (4401, "ticket"),
            Self::Time => (4408, "time"),
            Self::Replaced => (4409, "replaced"),
            Self::TooMuch => (4413, "too_much"),
            Self::Busy => (4429, "busy"),
            Self::Gone => return None,
        })
    }
}

impl From<Error> for Close {
    fn from(error: Error) -> Self {
        match &error {
            Error::Refused(refused) if refused.kind == Kind::Unauthenticated => Self::Ticket,
            Error::Refused(refused) if refused.kind == Kind::Busy => Self::Busy,
            _ => {
                tracing::error!(code = error.code(), error = %error, "a live challenge failed");
                Self::Internal
            }
        }
    }
}

/// Serves a socket to its end.
pub(super) async fn serve(mut socket: WebSocket, service: Service, id: LivenessId) {
    let why = match talk(&mut socket, &service, id).await {
        Ok(()) => Close::Done,
        Err(why) => why,
    };
    let word = why.frame().map_or("gone", |(_, word)| word);
    tracing::info!(target: "liveness", challenge = %id, word, "socket closed");
    metrics::counter!("shiming_liveness_sockets_total", "end" => word).increment(1);
    if let Some((code, reason)) = why.frame() {
        let close = CloseFrame { code, reason: Utf8Bytes::from_static(reason) };
        // The other side may be gone; then nobody needs to know.
        let _ = timeout(SEND_MAX, socket.send(Message::Close(Some(close)))).await;
    }
}

async fn talk(socket: &mut WebSocket, service: &Service, id: LivenessId) -> Result<(), Close> {
    let deadline = Instant::now() + CONNECTION_MAX;
    let first = timeout(HELLO_MAX, text(socket)).await.map_err(|_| Close::Ticket)??;
    let Ok(FromClient::Hello { ticket, caps }) = serde_json::from_str(&first) else {
        return Err(Close::Malformed);
    };
    let mut run = liveness::begin(service, id, &ticket, caps.more_time).await?;
    let mut budget = Budget::new(service.now(), caps.more_time);
    let mut waiting: Option<FrameIn> = None;
    let mut looking: Fuse<BoxFuture<'static, Result<Option<Looked>, Error>>> = Fuse::terminated();
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut ticked = 0_u32;
    let mut hinted = None;
    loop {
        if looking.is_terminated()
            && let Some(frame) = waiting.take()
        {
            looking = run.looking().at(frame).boxed().fuse();
        }
        let said = tokio::select! {
            looked = &mut looking, if !looking.is_terminated() => {
                run.saw(looked?.ok_or(Close::Malformed)?)
            }
            message = socket.recv() => match message {
                Some(Ok(Message::Binary(bytes))) => {
                    let now = service.now();
                    budget.take(bytes.len(), run.has_started(), now)?;
                    waiting = Some(frame(&bytes, now).ok_or(Close::Malformed)?);
                    Vec::new()
                }
                Some(Ok(Message::Text(text))) => promise(&mut run, text.as_str())?,
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => Vec::new(),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(Close::Gone),
            },
            _ = ticks.tick() => {
                ticked = ticked.wrapping_add(1);
                if ticked.is_multiple_of(LOOK_EVERY) && run.is_replaced().await? {
                    return Err(Close::Replaced);
                }
                run.tick()
            }
            () = sleep_until(deadline) => return Err(Close::Time),
        };
        for say in said {
            if let Say::Ended(outcome) = say {
                return end(socket, run, outcome).await;
            }
            // A hint is news only when it changes.
            let hint = if let Say::Hint(hint) = say { Some(hint) } else { None };
            if hint.is_none() || hint != hinted {
                hinted = hint;
                if let Some(message) = ToClient::of(say, run.nonce()) {
                    send(socket, &message).await?;
                }
            }
        }
    }
}

/// The end: written first, then told.
async fn end(socket: &mut WebSocket, run: Run, outcome: Outcome) -> Result<(), Close> {
    match run.end(outcome).await? {
        Ending::Told(told) => send(socket, &ToClient::from(told)).await,
        Ending::Replaced => Err(Close::Replaced),
    }
}

fn promise(run: &mut Run, text: &str) -> Result<Vec<Say>, Close> {
    match serde_json::from_str(text) {
        Ok(FromClient::Still { nonce, sha256: hash }) => {
            let hash = sha256(&hash).ok_or(Close::Malformed)?;
            Ok(run.promise(&nonce, hash))
        }
        Ok(FromClient::Hello { .. }) | Err(_) => Err(Close::Malformed),
    }
}

/// The first message, which is text.
async fn text(socket: &mut WebSocket) -> Result<Utf8Bytes, Close> {
    loop {
        match socket.recv().await {
            Some(Ok(Message::Text(text))) => return Ok(text),
            Some(Ok(Message::Binary(_))) => return Err(Close::Malformed),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(Close::Gone),
        }
    }
}

async fn send(socket: &mut WebSocket, message: &ToClient<'_>) -> Result<(), Close> {
    let text = serde_json::to_string(message).map_err(|_| Close::Internal)?;
    let sent = timeout(SEND_MAX, socket.send(Message::Text(text.into()))).await;
    sent.map_err(|_| Close::Gone)?.map_err(|_| Close::Gone)
}

/// What a connection may still send.
struct Budget {
    since: Timestamp,
    try_bytes_max: usize,
    of_try: usize,
    of_connection: usize,
    frames: u64,
}

impl Budget {
    const fn new(now: Timestamp, more_time: bool) -> Self {
        let try_bytes_max = if more_time { 2 * TRY_BYTES_MAX } else { TRY_BYTES_MAX };
        Self { since: now, try_bytes_max, of_try: 0, of_connection: 0, frames: 0 }
    }

    /// Takes a frame's bytes; those of framing count for the connection only.
    fn take(&mut self, bytes: usize, started: bool, now: Timestamp) -> Result<(), Close> {
        self.of_connection = self.of_connection.saturating_add(bytes);
        if started {
            self.of_try = self.of_try.saturating_add(bytes);
        }
        self.frames += 1;
        let seconds = u64::try_from(now.since(self.since).us() / 1_000_000).unwrap_or(0);
        let frames_max = FRAMES_BURST + FRAMES_PER_S * seconds;
        let fits = self.of_connection <= CONNECTION_BYTES_MAX
            && self.of_try <= self.try_bytes_max
            && self.frames <= frames_max;
        if fits { Ok(()) } else { Err(Close::TooMuch) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shiming_domain::moment::Span;

    #[test]
    fn bytes_and_frames_are_bounded() {
        let at = |s| Timestamp::from_unix_s(0).unwrap() + Span::seconds(s);
        let mut budget = Budget::new(at(0), false);
        assert_eq!((0..24).flat_map(|_| budget.take(10, false, at(0))).count(), 24);
        assert_eq!(budget.take(10, false, at(0)), Err(Close::TooMuch), "more than any camera at once");
        assert_eq!(budget.take(10, false, at(1)), Ok(()));

        let (mut plain, mut longer) = (Budget::new(at(0), false), Budget::new(at(0), true));
        assert_eq!(plain.take(TRY_BYTES_MAX, true, at(9)), Ok(()));
        assert_eq!(plain.take(1, true, at(9)), Err(Close::TooMuch));
        assert_eq!(longer.take(2 * TRY_BYTES_MAX, true, at(9)), Ok(()));
        let mut framing = Budget::new(at(0), true);
        assert_eq!(framing.take(CONNECTION_BYTES_MAX, false, at(9)), Ok(()), "framing is no try");
        assert_eq!(framing.take(1, false, at(9)), Err(Close::TooMuch));
    }
}
