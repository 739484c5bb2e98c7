//! Guarded additions to counters: what would not fit is not added.

use super::Owner;
use super::uses::Share;
use crate::{Broken, Error, Tx};
use shiming_domain::limit::{Counters, Key, Post, Used};

/// More counters than one owner has in a lifetime: one a year, five a day.
const COUNTERS_MAX: i64 = 1_000_000;

#[derive(sqlx::FromRow)]
struct Row {
    key: String,
    payments_minor: i64,
    own_bank_minor: i64,
}

impl Row {
    fn read(self) -> Result<(Key, Used), Error> {
        let key = self.key.parse().map_err(|_| Broken::new("limit_counter", "key", self.key.clone()))?;
        Ok((key, Used { payments_minor: self.payments_minor, own_bank_minor: self.own_bank_minor }))
    }
}

/// Locks an owner's counters until the transaction ends. Whoever adds, gives back or merges locks first, so
/// that what is read afterwards stays true and no two wait for each other.
pub async fn lock(tx: &mut Tx, owner: Owner) -> Result<(), Error> {
    ensure(tx, owner, Key::Lifetime).await?;
    exec_one!(
        tx,
        "limit_counter",
        "UPDATE limit_counter SET payments_minor = payments_minor WHERE owner = $1 AND key = $2",
        owner.to_string(),
        Key::Lifetime.to_string(),
    )
}

async fn ensure(tx: &mut Tx, owner: Owner, key: Key) -> Result<u64, Error> {
    exec!(
        tx,
        "limit_counter",
        "INSERT INTO limit_counter (owner, key, payments_minor, own_bank_minor) VALUES ($1, $2, 0, 0) \
         ON CONFLICT DO NOTHING",
        owner.to_string(),
        key.to_string(),
    )
}

/// These counters of an owner. One that is missing is zero.
pub async fn counters(tx: &mut Tx, owner: Owner, keys: [Key; 8]) -> Result<Counters, Error> {
    let [a, b, c, d, e, f, g, h] = keys.map(|key| key.to_string());
    let rows = fetch_all!(
        tx,
        Row,
        "limit_counter",
        "SELECT key, payments_minor, own_bank_minor FROM limit_counter \
         WHERE owner = $1 AND key IN ($2, $3, $4, $5, $6, $7, $8, $9) LIMIT 8",
        owner.to_string(),
        a.as_str(),
        b.as_str(),
        c.as_str(),
        d.as_str(),
        e.as_str(),
        f.as_str(),
        g.as_str(),
        h.as_str(),
    )?;
    read(rows)
}

async fn all(tx: &mut Tx, owner: Owner) -> Result<Counters, Error> {
    let rows = fetch_all!(
        tx,
        Row,
        "limit_counter",
        "SELECT key, payments_minor, own_bank_minor FROM limit_counter WHERE owner = $1 ORDER BY key LIMIT $2",
        owner.to_string(),
        COUNTERS_MAX,
    )?;
    read(rows)
}

fn read(rows: Vec<Row>) -> Result<Counters, Error> {
    let mut counters = Counters::default();
    for row in rows {
        let (key, used) = row.read()?;
        counters.set(key, used);
    }
    Ok(counters)
}

/// Adds all of it, or answers the first counter in which a cap would not hold; then the caller must drop the
/// transaction, because earlier ones are added already.
pub async fn post(tx: &mut Tx, owner: Owner, posts: &[Post]) -> Result<Option<Key>, Error> {
    let mut posts = posts.to_vec();
    posts.sort_unstable_by_key(|post| post.key);
    for post in posts {
        ensure(tx, owner, post.key).await?;
        if post.minor <= 0 || !add(tx, owner, &post).await? {
            return Ok(Some(post.key));
        }
    }
    Ok(None)
}

/// One guarded update. The bounds are worked out here, so that the statement never adds beyond what fits.
async fn add(tx: &mut Tx, owner: Owner, post: &Post) -> Result<bool, Error> {
    let (payments, own_bank) = if post.own_bank { (0, post.minor) } else { (post.minor, 0) };
    let counts = post.cap.is_some_and(|cap| cap.own_bank_counts);
    let seen = if post.own_bank && !counts { 0 } else { post.minor };
    let room = post.cap.map_or(i64::MAX, |cap| cap.max_minor.saturating_sub(seen));
    if room < 0 {
        return Ok(false);
    }
    let rows = exec!(
        tx,
        "limit_counter",
        "UPDATE limit_counter SET payments_minor = payments_minor + $3, own_bank_minor = own_bank_minor + $4 \
         WHERE owner = $1 AND key = $2 \
         AND payments_minor <= $5 - CASE WHEN $6 THEN own_bank_minor ELSE 0 END \
         AND payments_minor <= $7 AND own_bank_minor <= $8",
        owner.to_string(),
        post.key.to_string(),
        payments,
        own_bank,
        room,
        counts,
        i64::MAX - payments,
        i64::MAX - own_bank,
    )?;
    Ok(rows == 1)
}

/// Gives back, never below zero.
pub async fn give_back(tx: &mut Tx, owner: Owner, shares: &[Share]) -> Result<(), Error> {
    let mut shares = shares.to_vec();
    shares.sort_unstable_by_key(|share| share.key);
    for share in shares {
        let (payments, own_bank) = if share.own_bank { (0, share.minor) } else { (share.minor, 0) };
        exec!(
            tx,
            "limit_counter",
            "UPDATE limit_counter SET \
             payments_minor = CASE WHEN payments_minor > $3 THEN payments_minor - $3 ELSE 0 END, \
             own_bank_minor = CASE WHEN own_bank_minor > $4 THEN own_bank_minor - $4 ELSE 0 END \
             WHERE owner = $1 AND key = $2",
            owner.to_string(),
            share.key.to_string(),
            payments,
            own_bank,
        )?;
    }
    Ok(())
}

/// What an account used before its person was known joins the person's, or what was used under a number that
/// turned out to be the same person's. Answers how many counters moved.
///
/// Caps do not hold here: what was used was used, and nothing is left of a cap that it passes.
pub async fn merge(tx: &mut Tx, from: Owner, to: Owner) -> Result<usize, Error> {
    lock(tx, from).await?;
    lock(tx, to).await?;
    let moved: Vec<_> = all(tx, from).await?.iter().filter(|(_, used)| *used != Used::default()).collect();
    for (key, used) in &moved {
        ensure(tx, to, *key).await?;
        for (own_bank, minor) in [(false, used.payments_minor), (true, used.own_bank_minor)] {
            let post = Post { key: *key, minor, own_bank, cap: None };
            if !add(tx, to, &post).await? {
                return Err(Broken::new("limit_counter", "payments_minor", to.to_string()).into());
            }
        }
    }
    exec!(
        tx,
        "limit_counter",
        "UPDATE limit_counter SET payments_minor = 0, own_bank_minor = 0 WHERE owner = $1",
        from.to_string(),
    )?;
    // The version tells whoever holds an older picture of a use that its counters are elsewhere now.
    exec!(
        tx,
        "limit_use",
        "UPDATE limit_use SET owner = $2, version = version + 1 WHERE owner = $1",
        from.to_string(),
        to.to_string(),
    )?;
    Ok(moved.len())
}

/// All counters of an owner, for a comparison with the uses.
pub async fn recount(tx: &mut Tx, owner: Owner) -> Result<Counters, Error> {
    all(tx, owner).await
}
