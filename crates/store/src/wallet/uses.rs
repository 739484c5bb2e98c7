//! Uses of limits: one row for each thing that was asked to be counted.

use super::{In, Owner, json, word};
use crate::{Error, Tx};
use serde::{Deserialize, Serialize};
use shiming_domain::amount::Amount;
use shiming_domain::id::{AccountId, LimitUseId};
use shiming_domain::limit::{Counters, Hold, HoldState, Operation, Return, Strength, Used};
use shiming_domain::moment::Timestamp;

/// Uses of one owner that are looked at together.
const PAGE: i64 = 1000;

/// What a use holds in one counter.
pub type Share = Return;

/// Where a use stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UseState {
    /// Reserved.
    Held,
    /// Paid, and perhaps given back in parts.
    Captured,
    /// Taken back before it was paid.
    Voided,
    /// Never paid.
    Expired,
    /// Not allowed.
    Refused,
}

impl UseState {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Captured => "captured",
            Self::Voided => "voided",
            Self::Expired => "expired",
            Self::Refused => "refused",
        }
    }
}

/// One use of a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitUse {
    /// Its id.
    pub id: LimitUseId,
    /// Of this row.
    pub version: i64,
    /// Whose counters.
    pub owner: Owner,
    /// The account that uses it.
    pub account: AccountId,
    /// Who asked.
    pub principal: String,
    /// Their name for it.
    pub reference: String,
    /// JSON, as asked.
    pub ask: String,
    /// JSON, as answered.
    pub answer: String,
    /// What was done.
    pub operation: Operation,
    /// How much was asked for.
    pub amount: Amount,
    /// The strength it counts as.
    pub strength: Option<Strength>,
    /// The level at that time.
    pub level: u8,
    /// Where it stands.
    pub state: UseState,
    /// What still stands in which counter. One that gave everything back stays with nothing.
    pub shares: Vec<Share>,
    /// How much was paid.
    pub captured_minor: i64,
    /// How much of it came back.
    pub refunded_minor: i64,
    /// When it was asked.
    pub created_at: Timestamp,
    /// Until when it is held.
    pub expires_at: Option<Timestamp>,
}

impl LimitUse {
    /// As `domain` sees it; `None` if it was refused.
    pub fn hold(&self) -> Option<Hold> {
        let state = match self.state {
            UseState::Held => HoldState::Reserved { expires_us: self.expires_at?.unix_us() },
            UseState::Captured => HoldState::Captured {
                captured_minor: self.captured_minor,
                refunded_minor: self.refunded_minor,
            },
            UseState::Voided => HoldState::Voided,
            UseState::Expired => HoldState::Expired,
            UseState::Refused => return None,
        };
        let keys = self.shares.iter().map(|share| share.key).collect();
        let own_bank = self.shares.iter().any(|share| share.own_bank);
        Some(Hold { amount: self.amount, keys, own_bank, state })
    }

    /// Takes on where a hold stands now.
    pub fn follow(&mut self, hold: &Hold) {
        (self.captured_minor, self.refunded_minor) = match hold.state {
            HoldState::Captured { captured_minor, refunded_minor } => (captured_minor, refunded_minor),
            HoldState::Reserved { .. } | HoldState::Voided | HoldState::Expired => (0, 0),
        };
        self.expires_at = match hold.state {
            HoldState::Reserved { expires_us } => Timestamp::from_unix_us(expires_us).ok(),
            HoldState::Captured { .. } | HoldState::Voided | HoldState::Expired => None,
        };
        self.state = match hold.state {
            HoldState::Reserved { .. } => UseState::Held,
            HoldState::Captured { .. } => UseState::Captured,
            HoldState::Voided => UseState::Voided,
            HoldState::Expired => UseState::Expired,
        };
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    version: i64,
    owner: String,
    account: String,
    principal: String,
    reference: String,
    ask: String,
    answer: String,
    operation: String,
    amount_minor: i64,
    currency: String,
    strength: Option<String>,
    level: i64,
    state: String,
    posts: String,
    captured_minor: i64,
    refunded_minor: i64,
    created_us: i64,
    expires_us: Option<i64>,
}

impl Row {
    fn read(self) -> Result<LimitUse, Error> {
        let at = In { table: "limit_use", id: &self.id };
        let currency = self.currency.try_into().map_err(|_| at.broken("currency"))?;
        Ok(LimitUse {
            id: at.text("id", &self.id)?,
            version: self.version,
            owner: Owner::parse(&self.owner, "limit_use")?,
            account: at.text("account", &self.account)?,
            principal: self.principal,
            reference: self.reference,
            ask: self.ask,
            answer: self.answer,
            operation: at.word("operation", self.operation)?,
            amount: Amount::new(self.amount_minor, currency),
            strength: self.strength.map(|text| at.word("strength", text)).transpose()?,
            level: u8::try_from(self.level).map_err(|_| at.broken("level"))?,
            state: at.word("state", self.state)?,
            shares: at.json("posts", &self.posts)?,
            captured_minor: self.captured_minor,
            refunded_minor: self.refunded_minor,
            created_at: at.time("created_us", self.created_us)?,
            expires_at: at.time_or_none("expires_us", self.expires_us)?,
        })
    }
}

/// Writes a new use. `false` if its principal has used that reference before.
pub async fn insert_use(tx: &mut Tx, new: &LimitUse) -> Result<bool, Error> {
    let rows = exec!(
        tx,
        "limit_use",
        "INSERT INTO limit_use (id, version, owner, account, principal, reference, ask, answer, operation, \
         amount_minor, currency, strength, level, state, posts, captured_minor, refunded_minor, created_us, \
         expires_us) VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) \
         ON CONFLICT DO NOTHING",
        new.id.to_string(),
        new.owner.to_string(),
        new.account.to_string(),
        new.principal.as_str(),
        new.reference.as_str(),
        new.ask.as_str(),
        new.answer.as_str(),
        new.operation.as_str(),
        new.amount.minor(),
        new.amount.currency().code(),
        new.strength.as_ref().map(|s| word("limit_use", "strength", s)).transpose()?,
        i64::from(new.level),
        new.state.as_str(),
        json("limit_use", "posts", &new.shares)?,
        new.captured_minor,
        new.refunded_minor,
        new.created_at.unix_us(),
        new.expires_at.map(Timestamp::unix_us),
    )?;
    Ok(rows == 1)
}

/// Writes where a use stands now.
pub async fn update_use(tx: &mut Tx, known: &LimitUse) -> Result<(), Error> {
    exec_one!(
        tx,
        "limit_use",
        "UPDATE limit_use SET version = version + 1, state = $3, posts = $4, captured_minor = $5, \
         refunded_minor = $6, expires_us = $7 WHERE id = $1 AND version = $2",
        known.id.to_string(),
        known.version,
        known.state.as_str(),
        json("limit_use", "posts", &known.shares)?,
        known.captured_minor,
        known.refunded_minor,
        known.expires_at.map(Timestamp::unix_us),
    )
}

macro_rules! columns {
    () => {
        "SELECT id, version, owner, account, principal, reference, ask, answer, operation, amount_minor, \
         currency, strength, level, state, posts, captured_minor, refunded_minor, created_us, expires_us \
         FROM limit_use "
    };
}

/// Reads one.
pub async fn load_use(tx: &mut Tx, id: LimitUseId) -> Result<Option<LimitUse>, Error> {
    let row = fetch_optional!(tx, Row, "limit_use", concat!(columns!(), "WHERE id = $1"), id.to_string())?;
    row.map(Row::read).transpose()
}

/// The use a principal has a name for.
pub async fn find_use(tx: &mut Tx, principal: &str, reference: &str) -> Result<Option<LimitUse>, Error> {
    let row = fetch_optional!(
        tx,
        Row,
        "limit_use",
        concat!(columns!(), "WHERE principal = $1 AND reference = $2"),
        principal,
        reference,
    )?;
    row.map(Row::read).transpose()
}

/// When an account was last used for something that was allowed.
pub async fn last_use_at(tx: &mut Tx, account: AccountId) -> Result<Option<Timestamp>, Error> {
    let id = account.to_string();
    let row = fetch_optional!(
        tx,
        (Option<i64>,),
        "limit_use",
        "SELECT MAX(created_us) FROM limit_use WHERE account = $1 AND state IN ('held', 'captured')",
        id.as_str(),
    )?;
    let us = row.and_then(|(us,)| us);
    Ok(In { table: "limit_use", id: &id }.time_or_none("created_us", us)?)
}

/// Owners of counters or uses beyond `after` in the order of their texts, at most `limit` of them.
pub async fn use_owners(tx: &mut Tx, after: &str, limit: u32) -> Result<Vec<Owner>, Error> {
    let rows = fetch_all!(
        tx,
        (String,),
        "limit_counter",
        // A page of each table first: over the whole of both the work would grow with every page.
        "SELECT owner FROM (\
            SELECT owner FROM (SELECT DISTINCT owner FROM limit_counter WHERE owner > $1 ORDER BY owner LIMIT $2) AS c \
            UNION \
            SELECT owner FROM (SELECT DISTINCT owner FROM limit_use WHERE owner > $1 ORDER BY owner LIMIT $2) AS u\
         ) AS owners ORDER BY owner LIMIT $2",
        after,
        i64::from(limit),
    )?;
    rows.into_iter().map(|(owner,)| Owner::parse(&owner, "limit_counter")).collect()
}

/// What the uses of an owner hold, added up.
pub async fn sums(tx: &mut Tx, owner: Owner) -> Result<Counters, Error> {
    let owner_id = owner.to_string();
    let mut sums = Counters::default();
    let mut after = String::new();
    loop {
        let page = fetch_all!(
            tx,
            (String, String),
            "limit_use",
            "SELECT id, posts FROM limit_use WHERE owner = $1 AND id > $2 ORDER BY id LIMIT $3",
            owner_id.as_str(),
            after.as_str(),
            PAGE,
        )?;
        let Some((last, _)) = page.last() else { return Ok(sums) };
        after.clone_from(last);
        for (id, posts) in &page {
            let at = In { table: "limit_use", id };
            for share in at.json::<Vec<Share>>("posts", posts)? {
                add(&mut sums, share).ok_or_else(|| at.broken("posts"))?;
            }
        }
    }
}

fn add(sums: &mut Counters, share: Share) -> Option<()> {
    let Used { payments_minor, own_bank_minor } = sums.get(share.key);
    let (payments, own_bank) = if share.own_bank { (0, share.minor) } else { (share.minor, 0) };
    let payments_minor = payments_minor.checked_add(payments)?;
    let own_bank_minor = own_bank_minor.checked_add(own_bank)?;
    sums.set(share.key, Used { payments_minor, own_bank_minor });
    Some(())
}
