//! Work that is done and not yet committed, so that the answer to the request can go into the same
//! transaction (idempotency).

use super::{Error, SERVICE_SUBJECT, Service};
use shiming_store::Tx;
use shiming_store::idempotency::{self, Request};
use shiming_vault::keys::Purpose;

/// A result whose transaction is still open.
pub struct Pending<T> {
    /// What came of it.
    pub value: T,
    tx: Tx,
    service: Service,
}

impl<T> Pending<T> {
    pub(crate) fn new(service: &Service, tx: Tx, value: T) -> Self {
        Self { value, tx, service: service.clone() }
    }

    /// Makes it last.
    pub async fn commit(self) -> Result<T, Error> {
        self.tx.commit().await?;
        self.service.wake();
        Ok(self.value)
    }

    /// Makes it last together with the answer that a repetition of the request will get.
    pub async fn commit_with(mut self, request: &Request, status: u16, body: &[u8]) -> Result<T, Error> {
        let id = answer_id(request);
        let sealed =
            self.service.seal(&mut self.tx, SERVICE_SUBJECT, Purpose::Contact, "answer", &id, body).await?;
        idempotency::keep(&mut self.tx, request, status, &sealed).await?;
        self.commit().await
    }

    /// The same work with another result.
    pub fn map<U>(self, with: impl FnOnce(T) -> U) -> Pending<U> {
        Pending { value: with(self.value), tx: self.tx, service: self.service }
    }
}

/// The sealed answer's place; the key is the caller's text, so only its hash goes in.
fn answer_id(request: &Request) -> String {
    let text = format!("{}\n{}", request.scope, request.key);
    shiming_vault::digest::Sha256::of(text.as_bytes()).to_string()
}

impl Service {
    /// Reserves a request's key, or answers what is known of it. The body of a kept answer comes opened.
    pub async fn reserve(&self, request: &Request) -> Result<Reserved, Error> {
        let mut tx = self.store().housekeep().await?;
        let reserved = idempotency::reserve(&mut tx, request, self.now()).await?;
        let reserved = match reserved {
            idempotency::Reserved::Begin => Reserved::Begin,
            idempotency::Reserved::InFlight => Reserved::InFlight,
            idempotency::Reserved::OtherRequest => Reserved::OtherRequest,
            idempotency::Reserved::Done { status, answer } => {
                let id = answer_id(request);
                let body =
                    self.unseal(&mut tx, SERVICE_SUBJECT, Purpose::Contact, "answer", &id, &answer).await?;
                Reserved::Done { status, body: body.as_bytes().to_vec() }
            }
        };
        tx.commit().await?;
        Ok(reserved)
    }

    /// The work was refused or failed: the key may be used again.
    pub async fn release(&self, request: &Request) -> Result<(), Error> {
        let mut tx = self.store().housekeep().await?;
        idempotency::release(&mut tx, request).await?;
        Ok(tx.commit().await?)
    }
}

/// What is known of a request's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reserved {
    /// Nothing: the work may begin.
    Begin,
    /// It was done; this was the answer.
    Done {
        /// HTTP status.
        status: u16,
        /// The body.
        body: Vec<u8>,
    },
    /// The first call still runs.
    InFlight,
    /// The key was used for another request.
    OtherRequest,
}
