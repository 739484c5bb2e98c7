//! Files of steps, and every picture that was sent, by its hash.

use super::columns::{Place, word};
use super::elsewhere::{ELSEWHERE_MAX, Elsewhere, ElsewhereRow};
use crate::{Error, Tx};
use shiming_domain::id::{AccountId, ApplicationId, FileId};
use shiming_domain::moment::Timestamp;
use shiming_domain::reason::{Code, Step};

/// A file that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    /// Its id, and its name among the sealed files.
    pub id: FileId,
    /// Of which application.
    pub application: ApplicationId,
    /// Of which account, whose key seals it.
    pub account: AccountId,
    /// Of which step.
    pub step: Step,
    /// SHA-256 of the bytes that were sent.
    pub sha256: [u8; 32],
    /// SHA-256 of the picture that is kept, before it was sealed.
    pub stored_sha256: [u8; 32],
    /// Its size before it was sealed.
    pub stored_bytes: u64,
    /// Taken after soft failures, for a person to look at.
    pub for_person: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    application: String,
    account: String,
    step: String,
    sha256: Vec<u8>,
    stored_sha256: Vec<u8>,
    stored_bytes: i64,
    for_person: bool,
}

impl Row {
    fn stored(self) -> Result<StoredFile, Error> {
        let place = Place { table: "file", id: &self.id };
        Ok(StoredFile {
            id: place.parse("id", &self.id)?,
            application: place.parse("application", &self.application)?,
            account: place.parse("account", &self.account)?,
            step: place.word("step", &self.step)?,
            sha256: place.hash("sha256", self.sha256)?,
            stored_sha256: place.hash("stored_sha256", self.stored_sha256)?,
            stored_bytes: place.number("stored_bytes", self.stored_bytes)?,
            for_person: self.for_person,
        })
    }
}

/// Writes the row of a file whose sealed bytes lie on the disk already.
pub async fn insert_file(tx: &mut Tx, file: &StoredFile, now: Timestamp) -> Result<(), Error> {
    crate::begun::settle(tx, file.id).await?;
    let id = file.id.to_string();
    let place = Place { table: "file", id: &id };
    exec_one!(
        tx,
        "file",
        "INSERT INTO file (id, application, account, step, sha256, stored_sha256, stored_bytes, for_person, \
         state, created_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'kept', $9)",
        id.as_str(),
        file.application.to_string(),
        file.account.to_string(),
        word(&file.step),
        file.sha256.as_slice(),
        file.stored_sha256.as_slice(),
        i64::try_from(file.stored_bytes).map_err(|_| place.broken("stored_bytes"))?,
        file.for_person,
        now.unix_us(),
    )
}

/// Reads the row of a file.
pub async fn file(tx: &mut Tx, id: FileId) -> Result<Option<StoredFile>, Error> {
    let row: Option<Row> = fetch_optional!(
        tx,
        Row,
        "file",
        "SELECT id, application, account, step, sha256, stored_sha256, stored_bytes, for_person FROM file \
         WHERE id = $1 AND state <> 'removed'",
        id.to_string(),
    )?;
    row.map(Row::stored).transpose()
}

/// Keeps the files of an application, or those of one step, only until then.
pub async fn shorten_retention(
    tx: &mut Tx,
    application: ApplicationId,
    step: Option<Step>,
    until: Timestamp,
) -> Result<u64, Error> {
    exec!(
        tx,
        "file",
        "UPDATE file SET state = 'short', remove_us = $3 WHERE application = $1 AND state = 'kept' \
         AND ($2 = '' OR step = $2)",
        application.to_string(),
        step.map(|step| word(&step)).unwrap_or_default(),
        until.unix_us(),
    )
}

/// Lets the files go that another one of the same step replaces, but for those of an attempt. Answers how many.
pub async fn replace_files(
    tx: &mut Tx,
    application: ApplicationId,
    step: Step,
    by: FileId,
    now: Timestamp,
) -> Result<u64, Error> {
    exec!(
        tx,
        "file",
        "UPDATE file SET state = 'short', remove_us = $4 WHERE application = $1 AND step = $2 AND id <> $3 \
         AND state = 'kept' AND NOT EXISTS (SELECT 1 FROM attempt WHERE attempt.application = $1 \
         AND attempt.files LIKE '%' || file.id || '%')",
        application.to_string(),
        word(&step),
        by.to_string(),
        now.unix_us(),
    )
}

/// Whether a file is gone as it should: removed, or its time is over.
pub async fn is_file_over(tx: &mut Tx, id: FileId, now: Timestamp) -> Result<bool, Error> {
    let row: Option<(i64,)> = fetch_optional!(
        tx,
        (i64,),
        "file",
        "SELECT COUNT(*) FROM file WHERE id = $1 AND state <> 'removed' AND (remove_us IS NULL OR remove_us > $2)",
        id.to_string(),
        now.unix_us(),
    )?;
    Ok(row.is_none_or(|(left,)| left == 0))
}

/// Keeps them again, as far as they are still there.
pub async fn keep_again(tx: &mut Tx, application: ApplicationId) -> Result<u64, Error> {
    exec!(
        tx,
        "file",
        "UPDATE file SET state = 'kept', remove_us = NULL WHERE application = $1 AND state = 'short'",
        application.to_string(),
    )
}

/// Keeps everything of an account that is still kept only until then.
pub async fn shorten_retention_of(tx: &mut Tx, account: AccountId, until: Timestamp) -> Result<u64, Error> {
    exec!(
        tx,
        "file",
        "UPDATE file SET state = 'short', remove_us = $2 WHERE account = $1 AND state = 'kept'",
        account.to_string(),
        until.unix_us(),
    )
}

/// Selfies of an account go now, and how they looked is forgotten at once. Answers how many.
pub async fn remove_selfies(tx: &mut Tx, account: AccountId, now: Timestamp) -> Result<u64, Error> {
    let (id, selfie) = (account.to_string(), word(&Step::Selfie));
    exec!(
        tx,
        "file_band",
        "DELETE FROM file_band WHERE file IN (SELECT id FROM file WHERE account = $1 AND step = $2)",
        id.as_str(),
        selfie.as_str(),
    )?;
    exec!(
        tx,
        "file_look",
        "DELETE FROM file_look WHERE file IN (SELECT id FROM file WHERE account = $1 AND step = $2)",
        id.as_str(),
        selfie.as_str(),
    )?;
    exec!(
        tx,
        "file",
        "UPDATE file SET state = 'short', remove_us = $3 WHERE account = $1 AND step = $2 AND state <> 'removed' \
         AND (remove_us IS NULL OR remove_us > $3)",
        id.as_str(),
        selfie.as_str(),
        now.unix_us(),
    )
}

/// What became of a picture when it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// It was taken.
    pub accepted: bool,
    /// Why not, if not.
    pub codes: Vec<Code>,
}

#[derive(sqlx::FromRow)]
struct SeenRow {
    accepted: bool,
    codes: String,
}

/// Remembers a picture that was sent for a step.
pub async fn remember_image(
    tx: &mut Tx,
    of: (ApplicationId, AccountId, Step),
    sha256: [u8; 32],
    seen: &Seen,
    now: Timestamp,
) -> Result<(), Error> {
    let (application, account, step) = of;
    let id = application.to_string();
    let codes = Place { table: "image_seen", id: &id }.json("codes", &seen.codes)?;
    exec_one!(
        tx,
        "image_seen",
        "INSERT INTO image_seen (application, step, sha256, account, accepted, codes, at_us) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (application, step, sha256) DO UPDATE SET accepted = $5, codes = $6, at_us = $7",
        id.as_str(),
        word(&step),
        sha256.as_slice(),
        account.to_string(),
        seen.accepted,
        codes,
        now.unix_us(),
    )
}

/// What became of these bytes for this step before.
pub async fn image_seen(
    tx: &mut Tx,
    application: ApplicationId,
    step: Step,
    sha256: [u8; 32],
) -> Result<Option<Seen>, Error> {
    let id = application.to_string();
    let row: Option<SeenRow> = fetch_optional!(
        tx,
        SeenRow,
        "image_seen",
        "SELECT accepted, codes FROM image_seen WHERE application = $1 AND step = $2 AND sha256 = $3",
        id.as_str(),
        word(&step),
        sha256.as_slice(),
    )?;
    let place = Place { table: "image_seen", id: &id };
    row.map(|row| Ok(Seen { accepted: row.accepted, codes: place.value("codes", &row.codes)? })).transpose()
}

/// Applications of other accounts in which the same bytes were sent, newest first.
pub async fn picture_elsewhere(
    tx: &mut Tx,
    account: AccountId,
    sha256: [u8; 32],
) -> Result<Vec<Elsewhere>, Error> {
    let rows: Vec<ElsewhereRow> = fetch_all!(
        tx,
        ElsewhereRow,
        "image_seen",
        "SELECT application, account FROM image_seen WHERE sha256 = $1 AND account <> $2 \
         ORDER BY at_us DESC, application LIMIT $3",
        sha256.as_slice(),
        account.to_string(),
        ELSEWHERE_MAX,
    )?;
    rows.into_iter().map(|row| row.read("image_seen")).collect()
}

/// Files whose short retention is over.
pub async fn files_to_remove(tx: &mut Tx, now: Timestamp, limit: u32) -> Result<Vec<FileId>, Error> {
    let rows: Vec<(String,)> = fetch_all!(
        tx,
        (String,),
        "file",
        "SELECT id FROM file WHERE remove_us <= $1 AND state <> 'removed' ORDER BY remove_us LIMIT $2",
        now.unix_us(),
        i64::from(limit),
    )?;
    rows.into_iter().map(|(id,)| Place { table: "file", id: &id }.parse("id", &id)).collect()
}

/// The sealed bytes of a file are gone, and with them how it looked.
pub async fn file_removed(tx: &mut Tx, id: FileId) -> Result<(), Error> {
    super::look::remove_look(tx, id).await?;
    exec_one!(tx, "file", "UPDATE file SET state = 'removed' WHERE id = $1", id.to_string())
}
