//! A look at personal data in clear: for one case that one holds, for a purpose, one element at a time.
//!
//! The row that tells of the look is committed before the value is read, so that there is no look without a
//! row even if the process dies in between.

use super::hand::load;
use super::{act, neighbours};
use crate::service::{Caller, Error, Kind, Refused, Service, Strength};
use serde::{Deserialize, Serialize};
use shiming_domain::case::{Refused as CaseRefused, Staff};
use shiming_domain::id::{CaseId, EventId};
use shiming_domain::moment::{Span, Timestamp};
use shiming_store::Tx;
use shiming_store::audit::Audit;
use shiming_store::case::{self as stored, Grant, Revealed};

/// What can be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Element {
    /// The name.
    Name,
    /// The document's number.
    IdNumber,
    /// Everything else that was typed or read.
    Fields,
    /// The picture of the side with the portrait.
    PortraitSide,
    /// The picture of the side with the emblem.
    EmblemSide,
    /// The selfie.
    Selfie,
    /// The live challenge before it: steps, bounds and frames, as JSON.
    Challenge,
    /// Further papers.
    Evidence,
    /// E-mail and phone.
    Contact,
}

/// What for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To decide the case.
    Decide,
    /// To call or write to the person.
    ContactPerson,
    /// To compare with a list or another account.
    Compare,
    /// To answer an authority.
    Authority,
}

/// A value, for a short time.
#[derive(Clone, PartialEq, Eq)]
pub struct Shown {
    /// Which element.
    pub element: Element,
    /// A text in UTF-8 or a picture.
    pub value: Vec<u8>,
    /// When it must be covered again.
    pub until: Timestamp,
    /// Until when further elements can be looked at for this purpose.
    pub granted_until: Timestamp,
    /// To be laid over it.
    pub watermark: String,
}

/// Values stay out of logs.
impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Shown({:?}, {} bytes)", self.element, self.value.len())
    }
}

/// Shows one element to the holder of a case.
pub async fn reveal(
    service: &Service,
    caller: &Caller,
    id: CaseId,
    element: Element,
    purpose: Purpose,
) -> Result<Shown, Error> {
    let by = super::rights::staff(caller)?;
    stepped_up(service, caller)?;
    let now = service.now();
    let mut tx = service.store().change().await?;
    let case = load(&mut tx, id, by).await?;
    if case.case.live_lease(now.unix_us()).is_none_or(|lease| lease.holder != by.id) {
        return Err(super::rights::refused(&CaseRefused::NotHolder));
    }
    // One request of a person at a time counts: two at once cannot both be the last of the day.
    stored::lock_worker(&mut tx, by.id).await?;
    within_quota(service, &mut tx, by).await?;
    let grant = granted(service, &mut tx, id, by, purpose).await?;
    let until = (now + Span::seconds(service.policy().rules().reveal.element_ttl_s)).min(grant.until);
    let name = act::word(&element);
    let look = Revealed {
        id: service.id(EventId::at),
        grant: grant.clone(),
        account: case.account,
        element: name.clone(),
        at: now,
        until,
    };
    stored::insert_revealed(&mut tx, &look).await?;
    let row = Audit::new(&caller.actor(), "case.reveal", "case", id)
        .with("account", case.account.to_string())
        .with("element", name)
        .with("purpose", act::word(&purpose))
        .with("grant", grant.id.to_string())
        .with("until_us", until.unix_us());
    tx.audit(&row, now).await?;
    tx.commit().await?;

    let value = neighbours::element(service, &case, element).await?.ok_or_else(|| {
        let detail = "There is no such element in this case, or it was erased.";
        Error::from(Refused::new(Kind::NotFound, "reveal_nothing_there", detail))
    })?;
    let watermark = format!("{} {now}", by.id);
    Ok(Shown { element, value, until, granted_until: grant.until, watermark })
}

/// A factor was shown a short while ago.
fn stepped_up(service: &Service, caller: &Caller) -> Result<(), Error> {
    let age_max = Span::minutes(service.policy().rules().reveal.step_up_age_max_min);
    let fresh = caller.verified_at.is_some_and(|at| at + age_max >= service.now());
    if caller.strength == Strength::TwoFactors && fresh {
        return Ok(());
    }
    let detail = "Show your second factor again before you look at personal data.";
    Err(Refused::new(Kind::Forbidden, "step_up_needed", detail).into())
}

async fn within_quota(service: &Service, tx: &mut Tx, by: Staff) -> Result<(), Error> {
    let (calendar, now) = (service.calendar(), service.now());
    let today = calendar.start_of(calendar.day(now));
    let looks = stored::revealed_since(tx, by.id, today).await?;
    if looks < service.policy().rules().reveal.per_staff_day_max {
        return Ok(());
    }
    let detail = "You have looked as often as one person may on one day. A supervisor can help.";
    let refused = Refused::new(Kind::TooMany, "reveal_quota", detail);
    Err(refused.until(Some(calendar.next_day(now))).into())
}

/// The live grant for this purpose, or a new one.
async fn granted(
    service: &Service,
    tx: &mut Tx,
    case: CaseId,
    by: Staff,
    purpose: Purpose,
) -> Result<Grant, Error> {
    let (now, purpose) = (service.now(), act::word(&purpose));
    if let Some(grant) = stored::grant(tx, case, by.id, &purpose, now).await? {
        return Ok(grant);
    }
    let until = now + Span::minutes(service.policy().rules().reveal.grant_min);
    let grant = Grant { id: service.id(EventId::at), case, staff: by.id, purpose, from: now, until };
    stored::insert_grant(tx, &grant).await?;
    Ok(grant)
}
