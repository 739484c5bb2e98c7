//! Short messages through an HTTP gateway.
//!
//! A gateway is asked with one request, and a few lines of somebody's own translate it for their vendor:
//!
//! ```text
//! POST <url>
//! Authorization: Bearer <secret>
//! Idempotency-Key: <message_id>
//! Content-Type: application/json
//!
//! {"message_id": "ntc_….sms", "to": "+8613800000000", "text": "…"}
//! ```
//!
//! Any 2xx says that the message was taken. The same `message_id` means the same message: a gateway that has
//! taken it answers 2xx again and sends nothing. 400, 404, 410 and 422 refuse this message for good;
//! everything else is tried again later.

use super::guard::{Client, GuardError, Target};
use super::http::{self, Secret};
use super::{OutsideError, ShortMessage, Sms};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde::Serialize;
use shiming_domain::personal::{Personal, full_view};

/// Sends short messages through one gateway.
pub struct HttpSms {
    client: Client,
    target: Target,
    secret: Secret,
}

#[derive(Serialize)]
struct Request<'a> {
    message_id: &'a str,
    #[serde(serialize_with = "full_view::serialize")]
    to: Personal,
    text: &'a str,
}

impl HttpSms {
    /// For a gateway.
    pub fn new(client: Client, url: &str, secret: &Personal) -> Result<Self, GuardError> {
        let target = Target::parse(url, client.rules())?;
        Ok(Self { client, target, secret: Secret::new(secret)? })
    }
}

impl Sms for HttpSms {
    fn send(&self, message: ShortMessage) -> BoxFuture<'_, Result<(), OutsideError>> {
        async move {
            let ShortMessage { to, text, message_id } = message;
            let request = Request { message_id: &message_id, to, text: &text };
            http::ask(&self.client, &self.target, &self.secret, &message_id, &request).await.map(|_| ())
        }
        .boxed()
    }
}
