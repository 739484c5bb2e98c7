//! Notices: what a person is told, and how far it went.

use crate::{Broken, Error, Tx};
use serde_json::Value;
use shiming_domain::id::{AccountId, NoticeId};
use shiming_domain::moment::Timestamp;
use shiming_domain::notice::Notice;
use shiming_vault::seal::Sealed;
use std::collections::BTreeMap;

/// Notices listed at once.
pub const PAGE_MAX: u32 = 100;

/// How far a notice went on one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sending {
    /// This kind does not go this way.
    None,
    /// It has yet to go.
    Waiting,
    /// It went.
    Sent,
    /// It was refused for good.
    Refused,
    /// There is nobody to send it to.
    Nobody,
}

impl Sending {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::Nobody => "nobody",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::None, Self::Waiting, Self::Sent, Self::Refused, Self::Nobody]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// A way out of the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// E-mail.
    Mail,
    /// SMS.
    Sms,
}

/// A notice.
#[derive(Clone, Debug)]
pub struct StoredNotice {
    /// Its id.
    pub id: NoticeId,
    /// Whom it tells.
    pub account: AccountId,
    /// What.
    pub kind: Notice,
    /// What is filled into its text; never personal data.
    pub params: BTreeMap<String, String>,
    /// Contacts that are no longer the account's, sealed.
    pub also_to: Option<Sealed>,
    /// From when on it is shown and sent.
    pub due: Timestamp,
    /// When it was written.
    pub created: Timestamp,
    /// When it was read.
    pub read: Option<Timestamp>,
    /// By mail.
    pub mail: Sending,
    /// By SMS.
    pub sms: Sending,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    account: String,
    kind: String,
    params: String,
    also_to: Option<Vec<u8>>,
    due_us: i64,
    created_us: i64,
    read_us: Option<i64>,
    mail_state: String,
    sms_state: String,
}

impl TryFrom<Row> for StoredNotice {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let broken = |column| Broken::new("notice", column, row.id.clone());
        let time = |us, column| Timestamp::from_unix_us(us).map_err(|_| broken(column));
        Ok(Self {
            id: row.id.parse().map_err(|_| broken("id"))?,
            account: row.account.parse().map_err(|_| broken("account"))?,
            kind: serde_json::from_value(Value::String(row.kind.clone())).map_err(|_| broken("kind"))?,
            params: serde_json::from_str(&row.params).map_err(|_| broken("params"))?,
            also_to: match &row.also_to {
                Some(bytes) => Some(Sealed::from_bytes(bytes.clone()).map_err(|_| broken("also_to"))?),
                None => None,
            },
            due: time(row.due_us, "due_us")?,
            created: time(row.created_us, "created_us")?,
            read: row.read_us.map(|us| time(us, "read_us")).transpose()?,
            mail: Sending::parse(&row.mail_state).ok_or_else(|| broken("mail_state"))?,
            sms: Sending::parse(&row.sms_state).ok_or_else(|| broken("sms_state"))?,
        })
    }
}

/// Writes a notice. `false` if there is one with this id: it was told before.
pub async fn insert(tx: &mut Tx, notice: &StoredNotice) -> Result<bool, Error> {
    let params = serde_json::to_string(&notice.params)
        .map_err(|_| Broken::new("notice", "params", notice.id.to_string()))?;
    let rows = exec!(
        tx,
        "notice",
        "INSERT INTO notice (id, account, kind, params, also_to, due_us, created_us, mail_state, sms_state) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
        notice.id.to_string(),
        notice.account.to_string(),
        notice.kind.as_str(),
        params.as_str(),
        notice.also_to.as_ref().map(Sealed::as_bytes),
        notice.due.unix_us(),
        notice.created.unix_us(),
        notice.mail.as_str(),
        notice.sms.as_str(),
    )?;
    Ok(rows == 1)
}

/// A notice.
pub async fn load(tx: &mut Tx, id: NoticeId) -> Result<Option<StoredNotice>, Error> {
    let row: Option<Row> = fetch_optional!(
        tx,
        Row,
        "notice",
        "SELECT id, account, kind, params, also_to, due_us, created_us, read_us, mail_state, sms_state \
         FROM notice WHERE id = $1",
        id.to_string(),
    )?;
    row.map(StoredNotice::try_from).transpose()
}

/// An account's notices that are due, newest first, those before `before` if it is given.
pub async fn list(
    tx: &mut Tx,
    account: AccountId,
    before: Option<(Timestamp, NoticeId)>,
    limit: u32,
    now: Timestamp,
) -> Result<Vec<StoredNotice>, Error> {
    // Ids are lower case, so `~` comes after all of them.
    let (due_us, id) = before.map_or((i64::MAX, "~".to_owned()), |(due, id)| (due.unix_us(), id.to_string()));
    let rows: Vec<Row> = fetch_all!(
        tx,
        Row,
        "notice",
        "SELECT id, account, kind, params, also_to, due_us, created_us, read_us, mail_state, sms_state \
         FROM notice WHERE account = $1 AND due_us <= $2 AND (due_us < $3 OR (due_us = $3 AND id < $4)) \
         ORDER BY due_us DESC, id DESC LIMIT $5",
        account.to_string(),
        now.unix_us(),
        due_us,
        id,
        i64::from(limit.min(PAGE_MAX)),
    )?;
    rows.into_iter().map(StoredNotice::try_from).collect()
}

/// How many due notices an account has not read.
pub async fn unread(tx: &mut Tx, account: AccountId, now: Timestamp) -> Result<i64, Error> {
    let row: Option<(i64,)> = fetch_optional!(
        tx,
        (i64,),
        "notice",
        "SELECT COUNT(*) FROM notice WHERE account = $1 AND due_us <= $2 AND read_us IS NULL",
        account.to_string(),
        now.unix_us(),
    )?;
    Ok(row.map_or(0, |(count,)| count))
}

/// The person has read it; the first time counts. `false` if the account has no such notice.
pub async fn mark_read(tx: &mut Tx, account: AccountId, id: NoticeId, now: Timestamp) -> Result<bool, Error> {
    let rows = exec!(
        tx,
        "notice",
        "UPDATE notice SET read_us = COALESCE(read_us, $3) WHERE id = $1 AND account = $2 AND due_us <= $3",
        id.to_string(),
        account.to_string(),
        now.unix_us(),
    )?;
    Ok(rows == 1)
}

/// A waiting notice went its way, or never will. `false` if it no longer waited.
pub async fn settle(
    tx: &mut Tx,
    id: NoticeId,
    way: Way,
    state: Sending,
    now: Timestamp,
) -> Result<bool, Error> {
    let sql = match way {
        Way::Mail => {
            "UPDATE notice SET mail_state = $2, sent_us = COALESCE($3, sent_us) \
             WHERE id = $1 AND mail_state = 'waiting'"
        }
        Way::Sms => {
            "UPDATE notice SET sms_state = $2, sent_us = COALESCE($3, sent_us) \
             WHERE id = $1 AND sms_state = 'waiting'"
        }
    };
    let sent_us = (state == Sending::Sent).then_some(now.unix_us());
    let rows = exec!(tx, "notice", sql, id.to_string(), state.as_str(), sent_us)?;
    Ok(rows == 1)
}

/// Notices that were due between two moments and still wait.
pub async fn waiting(
    tx: &mut Tx,
    from: Timestamp,
    until: Timestamp,
    limit: u32,
) -> Result<Vec<NoticeId>, Error> {
    let rows: Vec<(String,)> = fetch_all!(
        tx,
        (String,),
        "notice",
        "SELECT id FROM notice WHERE (mail_state = 'waiting' OR sms_state = 'waiting') \
         AND due_us >= $1 AND due_us < $2 ORDER BY due_us, id LIMIT $3",
        from.unix_us(),
        until.unix_us(),
        i64::from(limit),
    )?;
    let id = |(id,): (String,)| id.parse().map_err(|_| Broken::new("notice", "id", id).into());
    rows.into_iter().map(id).collect()
}
