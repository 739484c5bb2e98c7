//! Those who work for the operator, and the links that set them up.

use super::Cells;
use crate::{Error, Tx};
use shiming_domain::case::Role;
use shiming_domain::id::StaffId;
use shiming_domain::moment::Timestamp;
use shiming_vault::seal::Sealed;
use shiming_vault::token::TokenHash;

/// A member of staff to be.
#[derive(Clone, Debug)]
pub struct NewStaff {
    /// Who.
    pub id: StaffId,
    /// As what.
    pub role: Role,
    /// Sealed name.
    pub name: Sealed,
    /// Sealed address.
    pub email: Sealed,
    /// Its blind index.
    pub email_index: [u8; 32],
    /// Who invited them; nobody for the administrator of the first start.
    pub created_by: Option<StaffId>,
    /// They have set their password already.
    pub active: bool,
}

/// A stored member of staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredStaff {
    /// Who.
    pub id: StaffId,
    /// As what.
    pub role: Role,
    /// `invited`, `active` or `disabled`.
    pub state: String,
    /// Sealed name.
    pub name: Sealed,
    /// Sealed address.
    pub email: Sealed,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when.
    pub disabled_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    role: String,
    state: String,
    name: Vec<u8>,
    email: Vec<u8>,
    created_us: i64,
    disabled_us: Option<i64>,
}

impl Row {
    fn staff(self) -> Result<StoredStaff, Error> {
        let cells = Cells { table: "staff", id: &self.id };
        Ok(StoredStaff {
            id: cells.parsed("id", &self.id)?,
            role: Role::of(&self.role).ok_or_else(|| cells.broken("role"))?,
            name: cells.sealed("name", self.name)?,
            email: cells.sealed("email", self.email)?,
            created_at: cells.time("created_us", self.created_us)?,
            disabled_at: cells.time_option("disabled_us", self.disabled_us)?,
            state: self.state,
        })
    }
}

/// Keeps a new member.
pub async fn insert_staff(tx: &mut Tx, staff: &NewStaff, now: Timestamp) -> Result<(), Error> {
    exec_one!(
        tx,
        "staff",
        "INSERT INTO staff (id, version, role, state, name, email, email_idx, created_us, created_by) \
         VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8)",
        staff.id.to_string(),
        staff.role.as_str(),
        if staff.active { "active" } else { "invited" },
        staff.name.as_bytes(),
        staff.email.as_bytes(),
        staff.email_index.as_slice(),
        now.unix_us(),
        staff.created_by.map(|id| id.to_string()),
    )
}

/// One member.
pub async fn staff(tx: &mut Tx, id: StaffId) -> Result<Option<StoredStaff>, Error> {
    let row: Option<Row> = fetch_optional!(
        tx,
        Row,
        "staff",
        "SELECT id, role, state, name, email, created_us, disabled_us FROM staff WHERE id = $1",
        id.to_string(),
    )?;
    row.map(Row::staff).transpose()
}

/// Whoever has this address and is not disabled.
pub async fn staff_by_email(tx: &mut Tx, index: &[u8; 32]) -> Result<Option<StoredStaff>, Error> {
    let row: Option<Row> = fetch_optional!(
        tx,
        Row,
        "staff",
        "SELECT id, role, state, name, email, created_us, disabled_us FROM staff \
         WHERE email_idx = $1 AND state <> 'disabled'",
        index.as_slice(),
    )?;
    row.map(Row::staff).transpose()
}

/// Everybody, oldest first.
pub async fn staff_list(tx: &mut Tx) -> Result<Vec<StoredStaff>, Error> {
    let rows: Vec<Row> = fetch_all!(
        tx,
        Row,
        "staff",
        "SELECT id, role, state, name, email, created_us, disabled_us FROM staff ORDER BY created_us, id LIMIT 1000",
    )?;
    rows.into_iter().map(Row::staff).collect()
}

/// Whether there is or was anybody.
pub async fn any_staff(tx: &mut Tx) -> Result<bool, Error> {
    let row: Option<(i64,)> = fetch_optional!(tx, (i64,), "staff", "SELECT COUNT(*) FROM staff")?;
    Ok(row.is_some_and(|(staff,)| staff > 0))
}

/// Whether somebody else has this role, or had it until a while ago.
pub async fn another_of_role(
    tx: &mut Tx,
    role: Role,
    than: StaffId,
    since: Timestamp,
) -> Result<bool, Error> {
    let row: Option<(String,)> = fetch_optional!(
        tx,
        (String,),
        "staff",
        "SELECT id FROM staff WHERE role = $1 AND id <> $2 \
         AND (state = 'active' OR (state = 'disabled' AND disabled_us > $3)) LIMIT 1",
        role.as_str(),
        than.to_string(),
        since.unix_us(),
    )?;
    Ok(row.is_some())
}

/// They have set their password.
pub async fn activate_staff(tx: &mut Tx, id: StaffId) -> Result<(), Error> {
    exec_one!(
        tx,
        "staff",
        "UPDATE staff SET state = 'active', version = version + 1 WHERE id = $1 AND state = 'invited'",
        id.to_string(),
    )
}

/// They may do nothing from now on. `false` if that was so already.
pub async fn disable_staff(tx: &mut Tx, id: StaffId, now: Timestamp) -> Result<bool, Error> {
    let rows = exec!(
        tx,
        "staff",
        "UPDATE staff SET state = 'disabled', disabled_us = $2, version = version + 1 \
         WHERE id = $1 AND state <> 'disabled'",
        id.to_string(),
        now.unix_us(),
    )?;
    Ok(rows == 1)
}

/// Keeps a link: for a member, or for whoever becomes the administrator.
pub async fn insert_setup_link(
    tx: &mut Tx,
    token: &TokenHash,
    staff: Option<StaffId>,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<(), Error> {
    exec_one!(
        tx,
        "setup_link",
        "INSERT INTO setup_link (hash, staff_id, created_us, expires_us) VALUES ($1, $2, $3, $4)",
        token.as_bytes().as_slice(),
        staff.map(|id| id.to_string()),
        now.unix_us(),
        expires_at.unix_us(),
    )
}

/// Forgets earlier links for the administrator.
pub async fn remove_first_links(tx: &mut Tx) -> Result<u64, Error> {
    exec!(tx, "setup_link", "DELETE FROM setup_link WHERE staff_id IS NULL")
}

/// Whom a set-up link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkFor {
    /// Whoever becomes the administrator.
    Administrator,
    /// Somebody who was invited.
    Invited(StaffId),
}

/// Whom a link is for, unless it is over.
pub async fn setup_link(tx: &mut Tx, token: &TokenHash, now: Timestamp) -> Result<Option<LinkFor>, Error> {
    let row: Option<(Option<String>,)> = fetch_optional!(
        tx,
        (Option<String>,),
        "setup_link",
        "SELECT staff_id FROM setup_link WHERE hash = $1 AND used_us IS NULL AND expires_us > $2",
        token.as_bytes().as_slice(),
        now.unix_us(),
    )?;
    let cells = Cells { table: "setup_link", id: "…" };
    row.map(|(staff,)| match staff {
        Some(text) => Ok(LinkFor::Invited(cells.parsed("staff_id", &text)?)),
        None => Ok(LinkFor::Administrator),
    })
    .transpose()
}

/// Uses a link up. A conflict if somebody else was faster.
pub async fn use_setup_link(tx: &mut Tx, token: &TokenHash, now: Timestamp) -> Result<(), Error> {
    exec_one!(
        tx,
        "setup_link",
        "UPDATE setup_link SET used_us = $2 WHERE hash = $1 AND used_us IS NULL",
        token.as_bytes().as_slice(),
        now.unix_us(),
    )
}
