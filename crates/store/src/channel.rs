//! Channels that people asked for, and what came of it.

use crate::case::{from_word, moment, word};
use crate::{Broken, Error, Tx};
use shiming_domain::id::{AccountId, ChannelProofId, ChannelRequestId};
use shiming_domain::moment::Timestamp;
use shiming_domain::policy::ChannelKind;
use shiming_vault::seal::Sealed;

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestState {
    /// The source is asked, now or again later.
    Asking,
    /// It confirmed.
    Confirmed,
    /// It answered, and did not confirm.
    Refused,
    /// It could not be asked, or gave no answer for too long.
    Unavailable,
}

/// A request.
#[derive(Clone, Debug)]
pub struct StoredRequest {
    /// Its id.
    pub id: ChannelRequestId,
    /// Whose.
    pub account: AccountId,
    /// What kind of channel.
    pub kind: ChannelKind,
    /// Name of the source.
    pub source: String,
    /// Whose source.
    pub organisation: String,
    /// The number of the card or phone, sealed; gone once there is nothing to ask any more.
    pub detail: Option<Sealed>,
    /// Where it stands.
    pub state: RequestState,
    /// Why it was refused or could not be answered.
    pub code: Option<String>,
    /// What it became.
    pub proof: Option<ChannelProofId>,
    /// When it was made.
    pub asked_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// How a request ended.
#[derive(Clone, Copy, Debug)]
pub struct Ended<'a> {
    /// How.
    pub state: RequestState,
    /// Why, unless it was confirmed.
    pub code: Option<&'a str>,
    /// What it became, if it was.
    pub proof: Option<ChannelProofId>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    account: String,
    kind: String,
    source: String,
    organisation: String,
    detail: Option<Vec<u8>>,
    state: String,
    code: Option<String>,
    proof: Option<String>,
    asked_us: i64,
    ended_us: Option<i64>,
}

impl Row {
    fn read(self) -> Result<StoredRequest, Error> {
        let broken = |column| Broken::new("channel_request", column, self.id.clone());
        let detail = self.detail.map(Sealed::from_bytes).transpose();
        Ok(StoredRequest {
            id: self.id.parse().map_err(|_| broken("id"))?,
            account: self.account.parse().map_err(|_| broken("account"))?,
            kind: from_word(&self.kind).ok_or_else(|| broken("kind"))?,
            detail: detail.map_err(|_| broken("detail"))?,
            state: from_word(&self.state).ok_or_else(|| broken("state"))?,
            proof: self.proof.as_deref().map(str::parse).transpose().map_err(|_| broken("proof"))?,
            asked_at: moment(self.asked_us, broken("asked_us"))?,
            ended_at: self.ended_us.map(|us| moment(us, broken("ended_us"))).transpose()?,
            source: self.source,
            organisation: self.organisation,
            code: self.code,
        })
    }
}

/// Writes a new request. `false` if the same source is being asked for this account.
pub async fn insert(tx: &mut Tx, new: &StoredRequest) -> Result<bool, Error> {
    let rows = exec!(
        tx,
        "channel_request",
        "INSERT INTO channel_request (id, account, kind, source, organisation, detail, state, asked_us) \
         VALUES ($1, $2, $3, $4, $5, $6, 'asking', $7) ON CONFLICT DO NOTHING",
        new.id.to_string(),
        new.account.to_string(),
        word(&new.kind),
        new.source.as_str(),
        new.organisation.as_str(),
        new.detail.as_ref().map(|sealed| sealed.as_bytes().to_vec()),
        new.asked_at.unix_us(),
    )?;
    Ok(rows == 1)
}

/// One request.
pub async fn load(tx: &mut Tx, id: ChannelRequestId) -> Result<Option<StoredRequest>, Error> {
    let row: Option<Row> = fetch_optional!(
        tx,
        Row,
        "channel_request",
        "SELECT id, account, kind, source, organisation, detail, state, code, proof, asked_us, ended_us \
         FROM channel_request WHERE id = $1",
        id.to_string(),
    )?;
    row.map(Row::read).transpose()
}

/// Ends a request that is still asking, and forgets the number.
pub async fn end(tx: &mut Tx, id: ChannelRequestId, ended: Ended<'_>, now: Timestamp) -> Result<(), Error> {
    exec_one!(
        tx,
        "channel_request",
        "UPDATE channel_request SET state = $2, code = $3, proof = $4, ended_us = $5, detail = NULL \
         WHERE id = $1 AND state = 'asking'",
        id.to_string(),
        word(&ended.state),
        ended.code,
        ended.proof.map(|proof| proof.to_string()),
        now.unix_us(),
    )
}

/// Ends what was asked before then and has no answer yet. Answers how many.
pub async fn give_up(tx: &mut Tx, before: Timestamp, now: Timestamp) -> Result<u64, Error> {
    exec!(
        tx,
        "channel_request",
        "UPDATE channel_request SET state = 'unavailable', code = 'SRC_UNAVAILABLE', ended_us = $2, detail = NULL \
         WHERE state = 'asking' AND asked_us < $1",
        before.unix_us(),
        now.unix_us(),
    )
}
