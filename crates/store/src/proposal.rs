//! Acts that wait for a second person.

use crate::case::{from_word, moment, word};
use crate::{Broken, Error, Tx};
use shiming_domain::id::{ProposalId, StaffId};
use shiming_domain::moment::Timestamp;
use shiming_domain::policy::FourEyes;
use shiming_vault::seal::Sealed;

/// Proposals of a kind that are read at once.
const OPEN_MAX: i64 = 200;

/// An act that was proposed.
#[derive(Clone, Debug)]
pub struct StoredProposal {
    /// Its id.
    pub id: ProposalId,
    /// The rule that asks for a second person.
    pub rule: FourEyes,
    /// The kind of the act.
    pub kind: String,
    /// The act, sealed.
    pub act: Sealed,
    /// Who proposes.
    pub proposed_by: StaffId,
    /// When.
    pub proposed_at: Timestamp,
    /// Until when another person may confirm it.
    pub until: Timestamp,
    /// Who confirmed it.
    pub confirmed_by: Option<StaffId>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    rule: String,
    kind: String,
    act: Vec<u8>,
    proposed_by: String,
    proposed_us: i64,
    until_us: i64,
    confirmed_by: Option<String>,
}

impl Row {
    fn read(self) -> Result<StoredProposal, Error> {
        let broken = |column| Broken::new("proposal", column, self.id.clone());
        let confirmed_by = self.confirmed_by.as_deref().map(str::parse).transpose();
        Ok(StoredProposal {
            id: self.id.parse().map_err(|_| broken("id"))?,
            rule: from_word(&self.rule).ok_or_else(|| broken("rule"))?,
            proposed_by: self.proposed_by.parse().map_err(|_| broken("proposed_by"))?,
            proposed_at: moment(self.proposed_us, broken("proposed_us"))?,
            until: moment(self.until_us, broken("until_us"))?,
            confirmed_by: confirmed_by.map_err(|_| broken("confirmed_by"))?,
            act: Sealed::from_bytes(self.act).map_err(|_| Broken::new("proposal", "act", self.id))?,
            kind: self.kind,
        })
    }
}

/// Writes a proposal.
pub async fn insert(tx: &mut Tx, new: &StoredProposal) -> Result<(), Error> {
    exec_one!(
        tx,
        "proposal",
        "INSERT INTO proposal (id, rule, kind, act, proposed_by, proposed_us, until_us) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        new.id.to_string(),
        word(&new.rule),
        new.kind.as_str(),
        new.act.as_bytes(),
        new.proposed_by.to_string(),
        new.proposed_at.unix_us(),
        new.until.unix_us(),
    )
}

/// One proposal, whatever became of it.
pub async fn load(tx: &mut Tx, id: ProposalId) -> Result<Option<StoredProposal>, Error> {
    let row: Option<Row> = fetch_optional!(
        tx,
        Row,
        "proposal",
        "SELECT id, rule, kind, act, proposed_by, proposed_us, until_us, confirmed_by FROM proposal \
         WHERE id = $1",
        id.to_string(),
    )?;
    row.map(Row::read).transpose()
}

/// Proposals of these kinds that wait for a second person, oldest first. What somebody proposed who does not work
/// here any more is not among them.
pub async fn waiting(tx: &mut Tx, kinds: &[&str], now: Timestamp) -> Result<Vec<StoredProposal>, Error> {
    let mut found = Vec::new();
    for kind in kinds {
        let rows: Vec<Row> = fetch_all!(
            tx,
            Row,
            "proposal",
            "SELECT id, rule, kind, act, proposed_by, proposed_us, until_us, confirmed_by FROM proposal \
             WHERE confirmed_by IS NULL AND until_us > $1 AND kind = $2 \
             AND EXISTS (SELECT 1 FROM staff WHERE staff.id = proposal.proposed_by AND staff.state = 'active') \
             ORDER BY proposed_us, id LIMIT $3",
            now.unix_us(),
            *kind,
            OPEN_MAX,
        )?;
        for row in rows {
            found.push(row.read()?);
        }
    }
    found.sort_by_key(|proposal| (proposal.proposed_at, proposal.id));
    Ok(found)
}

/// How many proposals of somebody wait.
pub async fn open_of(tx: &mut Tx, by: StaffId, now: Timestamp) -> Result<i64, Error> {
    let row: Option<(i64,)> = fetch_optional!(
        tx,
        (i64,),
        "proposal",
        "SELECT COUNT(*) FROM proposal WHERE confirmed_by IS NULL AND proposed_by = $1 AND until_us > $2",
        by.to_string(),
        now.unix_us(),
    )?;
    Ok(row.map_or(0, |(open,)| open))
}

/// Forgets proposals that ended before a moment, confirmed or not: what they were about is sealed in them.
pub async fn forget(tx: &mut Tx, before: Timestamp) -> Result<u64, Error> {
    exec!(tx, "proposal", "DELETE FROM proposal WHERE until_us < $1", before.unix_us())
}

/// A second person confirms what still waits. A conflict if another was faster; the table itself refuses the
/// first one.
pub async fn confirm(tx: &mut Tx, id: ProposalId, by: StaffId, now: Timestamp) -> Result<(), Error> {
    exec_one!(
        tx,
        "proposal",
        "UPDATE proposal SET confirmed_by = $2, confirmed_us = $3 \
         WHERE id = $1 AND confirmed_by IS NULL AND until_us > $3",
        id.to_string(),
        by.to_string(),
        now.unix_us(),
    )
}
