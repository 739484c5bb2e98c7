//! Finding the accounts of somebody who calls or writes: by blind index, so that only whoever knows a number or
//! a contact in full finds anything, and never without a row that tells of the look.

use crate::account::{self, Overview};
use crate::service::{Caller, Error, Kind, Refused, Service};
use shiming_domain::account::{Contact, Restriction};
use shiming_domain::application::{Purpose, StateName};
use shiming_domain::case::Role;
use shiming_domain::counters::IdIndex;
use shiming_domain::id::{AccountId, ApplicationId, PersonId, VerificationId};
use shiming_domain::judge::{self, Declared};
use shiming_domain::moment::Timestamp;
use shiming_domain::personal::Personal;
use shiming_domain::verification::StandingName;
use shiming_store::audit::Audit;
use shiming_store::{Tx, account as accounts, application, person};

/// Accounts shown at most; a number with more is a matter of risk, not of support.
const FOUND_MAX: u32 = 10;
/// Applications of each.
const APPLICATIONS_MAX: u32 = 5;

/// What is known of whoever is sought.
#[derive(Clone, Debug)]
pub enum SoughtBy {
    /// The whole number of the document.
    IdNumber(Personal),
    /// A mail address or a phone number.
    Contact(Personal),
    /// The id of an account.
    Account(AccountId),
}

/// An account that was found; what it holds is masked.
#[derive(Clone, Debug)]
pub struct AccountFound {
    /// As its owner sees it.
    pub account: Overview,
    /// Its latest applications, newest first.
    pub applications: Vec<ApplicationFound>,
    /// What stands on the person, if anything was ever issued: what two people may take back.
    pub verification: Option<VerificationFound>,
}

/// A verification, without anything personal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerificationFound {
    /// Its id.
    pub id: VerificationId,
    /// How it stands.
    pub standing: StandingName,
    /// When it was issued.
    pub issued_at: Timestamp,
}

/// An application, without anything personal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApplicationFound {
    /// Its id.
    pub id: ApplicationId,
    /// What for.
    pub purpose: Purpose,
    /// Where it stands.
    pub state: StateName,
    /// Since when.
    pub created_at: Timestamp,
}

/// The accounts of whoever is sought, the likeliest first.
pub async fn people(
    service: &Service,
    caller: &Caller,
    sought: SoughtBy,
) -> Result<Vec<AccountFound>, Error> {
    let role = super::only(caller, &[Role::Support, Role::Supervisor, Role::Compliance])?;
    let (by, now) = (sought.by(), service.now());
    let mut tx = service.store().change().await?;
    let ids = found(service, &mut tx, sought).await?;
    // What was typed is not in the row: an index of it would find the person again.
    let row = Audit::new(&caller.actor(), "person.search", "installation", "main")
        .with("by", by)
        .with("accounts", ids.iter().map(ToString::to_string).collect::<Vec<_>>());
    tx.audit(&row, now).await?;
    let mut all = Vec::new();
    for id in ids {
        let mut account = account::overview(service, &mut tx, id).await?;
        if role != Role::Compliance {
            // Whoever talks to people cannot warn them of what they do not know.
            account.restrictions.retain(|restriction| *restriction != Restriction::ScreeningHit);
        }
        let applications = application::of_account(&mut tx, id, Timestamp::MAX, APPLICATIONS_MAX).await?;
        let view = |found: &application::StoredApplication| ApplicationFound {
            id: found.application.id,
            purpose: found.application.purpose,
            state: found.application.state().name(),
            created_at: found.application.created_at,
        };
        let verification = standing(&mut tx, account.person).await?;
        all.push(AccountFound {
            account,
            applications: applications.iter().map(view).collect(),
            verification,
        });
    }
    tx.commit().await?;
    Ok(all)
}

impl SoughtBy {
    const fn by(&self) -> &'static str {
        match self {
            Self::IdNumber(_) => "id_number",
            Self::Contact(_) => "contact",
            Self::Account(_) => "account",
        }
    }
}

/// The verification of a person that was not replaced by a newer one.
async fn standing(tx: &mut Tx, person: Option<PersonId>) -> Result<Option<VerificationFound>, Error> {
    let Some(person) = person else { return Ok(None) };
    let all = person::verifications(tx, person).await?;
    let view = |found: &person::StoredVerification| VerificationFound {
        id: found.verification.id,
        standing: found.verification.standing_name(),
        issued_at: found.verification.issued_at,
    };
    Ok(all.iter().map(view).find(|found| found.standing != StandingName::Superseded))
}

async fn found(service: &Service, tx: &mut Tx, sought: SoughtBy) -> Result<Vec<AccountId>, Error> {
    Ok(match sought {
        SoughtBy::Account(id) => {
            accounts::load(tx, id).await?.map(|account| account.id).into_iter().collect()
        }
        SoughtBy::Contact(typed) => {
            let contact = Contact::parse(typed.reveal()).map_err(|error| {
                Error::from(Refused::new(Kind::Unacceptable, "contact_malformed", error.to_string()))
            })?;
            let index = service.blind_index(contact.kind().as_str(), contact.value().reveal())?;
            let known = accounts::confirmed_contact(tx, contact.kind(), &index).await?;
            known.map(|contact| contact.account).into_iter().collect()
        }
        SoughtBy::IdNumber(typed) => {
            let index = number(service, typed)?;
            let mut ids = match person::by_number(tx, index).await? {
                Some(person) => person::accounts(tx, person).await?,
                None => Vec::new(),
            };
            for id in application::accounts_by_number(tx, index, FOUND_MAX).await? {
                if !ids.contains(&id) {
                    ids.push(id);
                }
            }
            ids.truncate(FOUND_MAX as usize);
            ids
        }
    })
}

fn number(service: &Service, typed: Personal) -> Result<IdIndex, Error> {
    let today = service.calendar().day(service.now()).date();
    let declared = Declared { name: Personal::new(""), number: typed };
    let typed = judge::typed(service.policy(), service.settings().live, today, &declared);
    let number = typed.number.ok_or_else(|| {
        let detail = "This is no number of a document; its check character may be wrong.";
        Error::from(Refused::new(Kind::Unacceptable, "number_malformed", detail))
    })?;
    Ok(IdIndex(service.blind_index("id_number", number.reveal())?))
}
