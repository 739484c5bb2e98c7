//! Accounts, people and proofs, written as their slices would.

use shiming_domain::account::{Activity, Life, Locale, Restrictions};
use shiming_domain::application::{Actor as By, Application, Event, EventKind, New, Purpose};
use shiming_domain::counters::{IdIndex, Standing};
use shiming_domain::id::{
    AccountId, ApplicationId, ChannelProofId, EventId, PersonId, StaffId, VerificationId,
};
use shiming_domain::level::Proof;
use shiming_domain::policy::DocumentKind;
use shiming_domain::reason::Code;
use shiming_domain::verification::{self, DocumentTerm, FourEyes, Verification};
use shiming_engine::service::Service;
use shiming_store::account::{self, StoredAccount};
use shiming_store::audit::{Actor, Audit};
use shiming_store::person::{self, StoredVerification};
use shiming_store::source::{StoredProof, insert_proof};
use shiming_store::{Tx, application};

/// An account in use, of a person if there is one.
pub(crate) async fn account(service: &Service, id: AccountId, person: Option<PersonId>) {
    let now = service.now();
    let new = StoredAccount {
        id,
        version: 1,
        life: Life::Active { opened_at: now },
        locale: Locale::En,
        restrictions: Restrictions::default(),
        deadline: None,
        person,
        level: 0,
        activity: Activity { opened_at: now, last_transaction_at: None, last_sign_in_at: None },
        recovered_at: None,
        created_at: now,
    };
    let mut tx = service.store().change().await.unwrap();
    account::insert(&mut tx, &new).await.unwrap();
    if let Some(person) = person {
        link(service, &mut tx, id, person).await;
    }
    tx.audit(&Audit::new(&Actor::system(), "test.open", "account", id), now).await.unwrap();
    tx.commit().await.unwrap();
}

/// The account is the person's.
pub(crate) async fn link(service: &Service, tx: &mut Tx, id: AccountId, person: PersonId) {
    let mut number = [0; 32];
    number[..16].copy_from_slice(&person.bits().to_be_bytes());
    assert_eq!(person::claim(tx, IdIndex(number), person, service.now()).await.unwrap(), person);
    person::link(tx, id, person, service.now()).await.unwrap();
    let mut stored = account::load(tx, id).await.unwrap().unwrap();
    if stored.person != Some(person) {
        stored.person = Some(person);
        account::save(tx, &stored).await.unwrap();
    }
}

/// The person is verified, by an application on this account.
pub(crate) async fn verify(service: &Service, id: AccountId, person: PersonId) {
    let now = service.now();
    let new = New {
        id: ApplicationId::from_bits(id.bits()),
        account: id,
        purpose: Purpose::First,
        requested_level: 1,
        channel_required: false,
        open_applications: 0,
        ended: Standing::Free { left: 3 },
        region_supported: true,
        needs_guardian: false,
    };
    let event = Event { id: EventId::from_bits(1), by: By::Applicant, kind: EventKind::Create(new) };
    let rules = shiming_domain::application::Rules::from(service.policy().rules());
    let application = Application::create(event, &rules, now).unwrap().next;
    let mut tx = service.store().housekeep().await.unwrap();
    application::insert(&mut tx, &application, now).await.unwrap();
    let verification = VerificationId::from_bits(id.bits());
    let new = StoredVerification {
        verification: Verification::issue(verification, person, DocumentTerm::Unlimited, now),
        account: id,
        application: application.id,
        document: DocumentKind::ResidentCard,
        version: 1,
        clocked_at: now,
    };
    assert!(person::insert_verification(&mut tx, &new).await.unwrap());
    tx.commit().await.unwrap();
}

/// Two people take the verification back that came by this account.
pub(crate) async fn revoke(service: &Service, id: AccountId) {
    let mut tx = service.store().housekeep().await.unwrap();
    let id = VerificationId::from_bits(id.bits());
    let stored = person::verification(&mut tx, id).await.unwrap().unwrap();
    let eyes = FourEyes { first: StaffId::from_bits(1), second: StaffId::from_bits(2) };
    let event = verification::Event::Revoke { eyes, reason: Code::AccPersonMismatch };
    let rules = verification::Rules::from(service.policy().rules());
    let moved = stored.verification.apply(event, &rules, service.calendar(), service.now()).unwrap();
    person::save_verification(&mut tx, &moved.next, stored.version).await.unwrap();
    tx.commit().await.unwrap();
}

/// An outside channel confirmed the person.
pub(crate) async fn confirm(service: &Service, id: AccountId, person: PersonId, proof: Proof) {
    let mut tx = service.store().housekeep().await.unwrap();
    let new = StoredProof {
        id: service.id(ChannelProofId::at),
        account: id,
        attempt: None,
        person: Some(person),
        source: "test".to_owned(),
        reference: "1".to_owned(),
        proof,
    };
    assert!(insert_proof(&mut tx, &new).await.unwrap());
    tx.commit().await.unwrap();
}
