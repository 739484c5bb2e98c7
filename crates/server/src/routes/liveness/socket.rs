//! `GET /api/v1/liveness/{id}/socket`

use super::{PROTOCOL, serve};
use crate::input::Path;
use crate::problem::{ApiError, Problem};
use crate::state::AppState;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use shiming_domain::id::LivenessId;

/// Largest message: a frame with room.
const MESSAGE_BYTES_MAX: usize = 64 << 10;

/// The socket of a challenge, subprotocol `shiming.liveness.v1`. Its first message is
/// `{"type":"hello","ticket":"…"}`; messages and close codes are in docs/LIVENESS.md.
#[utoipa::path(
    get, path = "/api/v1/liveness/{id}/socket", tag = "liveness", params(("id" = String, Path)),
    responses(
        (status = 101, description = "the socket is open"),
        (status = 400, body = Problem, description = "no request for a WebSocket of this protocol"),
        (status = 403, body = Problem, description = "from a page of another origin"),
    )
)]
pub(crate) async fn socket(
    State(state): State<AppState>,
    Path(id): Path<LivenessId>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let wrong = || {
        let detail = format!("Open a WebSocket here, with the subprotocol `{PROTOCOL}`.");
        ApiError::new(StatusCode::BAD_REQUEST, "websocket_only", detail)
    };
    let upgrade = upgrade.map_err(|_| wrong())?.protocols([PROTOCOL]);
    if upgrade.selected_protocol().is_none() {
        return Err(wrong());
    }
    if !is_own_origin(&headers, &state.service.settings().public_url) {
        let detail = "The socket is opened by a page of this host.";
        return Err(ApiError::new(StatusCode::FORBIDDEN, "origin", detail));
    }
    let upgrade = upgrade.max_message_size(MESSAGE_BYTES_MAX).max_frame_size(MESSAGE_BYTES_MAX);
    Ok(upgrade.on_upgrade(move |socket| serve::serve(socket, state.service, id)))
}

/// Browsers always say which page asks; whoever says nothing is no page of ours. A machine that stands in for one
/// sends the header itself.
fn is_own_origin(headers: &HeaderMap, public_url: &str) -> bool {
    let text = |name| headers.get(name).map(HeaderValue::to_str).and_then(Result::ok);
    let Some(origin) = text(header::ORIGIN) else { return false };
    // On a developer's machine the same host has several names; the browser names the one it opened in both.
    let same_host = origin.split_once("://").map(|(_, host)| host) == text(header::HOST);
    origin == public_url || same_host
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_this_host_open_it() {
        let from = |origin: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static("127.0.0.1:8080"));
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
            }
            is_own_origin(&headers, "https://id.example.org")
        };
        assert!(from(Some("https://id.example.org")) && from(Some("http://127.0.0.1:8080")));
        for other in ["https://id.example.org.evil.org", "http://127.0.0.1:9090", "null", ""] {
            assert!(!from(Some(other)), "{other}");
        }
        assert!(!from(None));
    }
}
