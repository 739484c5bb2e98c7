//! A client of the socket: a browser with a camera, as far as the server can tell.

use crate::client::Client;
use axum::http::StatusCode;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use shiming_domain::id::{ApplicationId, SessionId};
use shiming_domain::liveness::Action;
use shiming_domain::moment::Span;
use shiming_server::{AppState, HttpOptions, router};
use shiming_store::account::{self as stored, NewSession};
use shiming_testkit::trial::Trial;
use shiming_testkit::trial::live::{doing, frame};
use shiming_testkit::trial::stories::{self, Somebody};
use shiming_vault::OsEntropy;
use shiming_vault::digest::Sha256;
use shiming_vault::token::Token;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error as SocketError, Message};

pub(super) const PROTOCOL: &str = "shiming.liveness.v1";
pub(super) const ORIGIN: &str = "https://shiming.test";
/// So that a service that hangs fails the test instead of stopping it.
const PATIENCE: Duration = Duration::from_secs(30);

/// A service that listens, and somebody with an application that waits for its selfie.
pub(super) struct Scene {
    pub(super) trial: Trial,
    pub(super) client: Client,
    pub(super) somebody: Somebody,
    pub(super) application: ApplicationId,
    address: SocketAddr,
}

impl Scene {
    pub(super) async fn on(trial: Trial) -> Self {
        let app = router(AppState::new(trial.service.clone(), HttpOptions::default()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await });
        let somebody = stories::registered(&trial, 1).await;
        let application = stories::declared(&trial, &somebody, 1).await;
        let (service, token) = (&trial.service, Token::generate(&mut OsEntropy));
        let until = service.now() + Span::days(2);
        let new = NewSession {
            id: service.id(SessionId::at),
            token: token.hash(),
            owner: somebody.account.to_string(),
            two_factors: false,
            complete: true,
            device: None,
            idle_until: until,
            until,
        };
        let mut tx = service.store().housekeep().await.unwrap();
        stored::insert_session(&mut tx, &new, service.now()).await.unwrap();
        tx.commit().await.unwrap();
        let mut client = Client::of(&trial);
        client.set_cookie("__Host-shiming", &token.reveal());
        Self { trial, client, somebody, application, address }
    }

    pub(super) fn at(&self) -> String {
        format!("/api/v1/applications/{}", self.application)
    }

    /// Draws a challenge.
    pub(super) async fn drawn(&mut self) -> Value {
        let answer = self.client.post(&format!("{}/liveness", self.at()), &json!({})).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        answer.json()
    }

    /// Opens the socket of a challenge.
    pub(super) async fn connected(&self, challenge: &Value) -> Camera {
        let path = challenge["socket_path"].as_str().unwrap();
        let socket = open(self.address, path, Some(ORIGIN), Some(PROTOCOL)).await.unwrap();
        Camera { socket, seq: 0 }
    }

    /// Tries to, with these headers; answers the status of the refusal.
    pub(super) async fn refused(
        &self,
        challenge: &Value,
        origin: Option<&str>,
        protocol: Option<&str>,
    ) -> StatusCode {
        let path = challenge["socket_path"].as_str().unwrap();
        match open(self.address, path, origin, protocol).await {
            Err(SocketError::Http(response)) => response.status().as_u16().try_into().unwrap(),
            other => panic!("not refused: {:?}", other.map(|_| "open")),
        }
    }

    /// Draws a challenge, opens it and says hello.
    pub(super) async fn begun(&mut self) -> Camera {
        let challenge = self.drawn().await;
        let mut camera = self.connected(&challenge).await;
        camera.hello(&challenge, false).await;
        camera
    }

    /// Shows a frame, a fifth of a second after the one before, and waits until it was looked at.
    pub(super) async fn show(&self, camera: &mut Camera, jpeg: Vec<u8>) {
        self.trial.clock.advance(Span::try_from(200_000).unwrap());
        camera.seq += 1;
        let captured_ms = u64::try_from(self.trial.service.now().unix_us() / 1_000).unwrap();
        let before = self.trial.eyes.frames();
        camera.send_frame(camera.seq, captured_ms, &jpeg).await;
        let looked = async {
            while self.trial.eyes.frames() == before {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(PATIENCE, looked).await.expect("a frame is looked at");
    }

    pub(super) async fn all(&self, camera: &mut Camera, frames: Vec<Vec<u8>>) {
        for jpeg in frames {
            self.show(camera, jpeg).await;
        }
    }

    /// Somebody looks straight ahead until the first step is told.
    pub(super) async fn framed(&self, camera: &mut Camera, who: u8) -> Action {
        self.all(camera, vec![frame(0.0, 0.0, who); 3]).await;
        let ready = camera.told("ready").await;
        assert_eq!(ready["limit_ms"], 20_000);
        action(&camera.told("step").await)
    }

    /// Does every step as asked, until the still is asked for; answers its nonce and how many steps there were.
    pub(super) async fn done(&self, camera: &mut Camera, who: u8) -> (String, usize) {
        let mut asked = self.framed(camera, who).await;
        for done in 1.. {
            self.all(camera, doing(asked, who)).await;
            let next = camera.next().await;
            match next["type"].as_str() {
                Some("step") => asked = action(&next),
                Some("shoot") => return (next["nonce"].as_str().unwrap().to_owned(), done),
                _ => panic!("neither a step nor the still: {next}"),
            }
        }
        unreachable!("a challenge ends")
    }

    /// Passes a challenge with the promise of this picture; answers how it was told to have ended.
    pub(super) async fn passed(&mut self, still: &[u8], who: u8) -> Value {
        let mut camera = self.begun().await;
        let (nonce, steps) = self.done(&mut camera, who).await;
        assert!((2..=3).contains(&steps));
        camera.promise(&nonce, still).await;
        let result = camera.told("result").await;
        assert_eq!(camera.closed().await, 1000);
        result
    }
}

pub(super) fn action(step: &Value) -> Action {
    serde_json::from_value(step["action"].clone()).unwrap()
}

async fn open(
    address: SocketAddr,
    path: &str,
    origin: Option<&str>,
    protocol: Option<&str>,
) -> Result<WebSocketStream<TcpStream>, SocketError> {
    let mut request = format!("ws://{address}{path}").into_client_request().unwrap();
    for (name, value) in [("origin", origin), ("sec-websocket-protocol", protocol)] {
        if let Some(value) = value {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
    }
    let stream = TcpStream::connect(address).await.unwrap();
    Ok(tokio_tungstenite::client_async(request, stream).await?.0)
}

/// The other end of the socket.
pub(super) struct Camera {
    socket: WebSocketStream<TcpStream>,
    pub(super) seq: u32,
}

impl Camera {
    pub(super) async fn say(&mut self, message: &Value) {
        self.socket.send(Message::text(message.to_string())).await.unwrap();
    }

    pub(super) async fn hello(&mut self, challenge: &Value, more_time: bool) {
        let caps = json!({ "more_time": more_time, "vibration": true, "reduced_motion": false });
        self.say(&json!({ "type": "hello", "ticket": challenge["ticket"], "caps": caps })).await;
    }

    pub(super) async fn send_frame(&mut self, seq: u32, captured_ms: u64, jpeg: &[u8]) {
        let head = [&[1, 0][..], &seq.to_be_bytes(), &captured_ms.to_be_bytes()].concat();
        self.socket.send(Message::binary([&head, jpeg].concat())).await.unwrap();
    }

    pub(super) async fn promise(&mut self, nonce: &str, still: &[u8]) {
        let sha256 = Sha256::of(still).to_string();
        self.say(&json!({ "type": "still", "nonce": nonce, "sha256": sha256 })).await;
    }

    async fn message(&mut self) -> Option<Message> {
        let next = tokio::time::timeout(PATIENCE, self.socket.next()).await;
        next.expect("the service says something").and_then(Result::ok)
    }

    /// The next message that is no hint.
    pub(super) async fn next(&mut self) -> Value {
        loop {
            let told = self.any().await;
            if told["type"] != "hint" {
                return told;
            }
        }
    }

    /// The next message.
    pub(super) async fn any(&mut self) -> Value {
        match self.message().await {
            Some(Message::Text(text)) => serde_json::from_str(&text).unwrap(),
            other => panic!("no message: {other:?}"),
        }
    }

    /// The next message that is no hint, which is of this kind.
    pub(super) async fn told(&mut self, kind: &str) -> Value {
        let told = self.next().await;
        assert_eq!(told["type"], kind, "{told}");
        told
    }

    /// The code it was closed with; what was said before does not matter.
    pub(super) async fn closed(&mut self) -> u16 {
        loop {
            match self.message().await {
                Some(Message::Close(Some(CloseFrame { code, .. }))) => return code.into(),
                Some(Message::Text(_)) => {}
                other => panic!("not closed with a code: {other:?}"),
            }
        }
    }
}
