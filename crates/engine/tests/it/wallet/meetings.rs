//! Meetings of staff with people: what counts, and what a second person confirms.

use super::levels::{derive, know};
use super::*;
use crate::four_eyes::{by, hire, operator};
use shiming_domain::case::Role;
use shiming_domain::id::StaffId;
use shiming_domain::moment::Span;
use shiming_engine::account::staff;
use shiming_engine::service::{Principal, Scope, Strength};
use shiming_engine::wallet::{Meeting, MeetingLine};

/// An office: somebody who is verified, and two reviewers.
struct Office {
    trial: Trial,
    ann: StaffId,
    bob: StaffId,
}

impl Office {
    async fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for trial in trials("cn_pboc", |text| text).await {
            open(&trial, ACCOUNT, Some(PERSON)).await;
            know(&trial, &[]).await;
            derive(&trial, ACCOUNT).await;
            let ann = hire(&trial, &operator(&trial), "ann", Role::Reviewer).await;
            let bob = hire(&trial, &operator(&trial), "bob", Role::Reviewer).await;
            all.push(Self { trial, ann, bob });
        }
        all
    }

    fn ann(&self) -> Caller {
        by(&self.trial, self.ann, Role::Reviewer)
    }

    fn bob(&self) -> Caller {
        by(&self.trial, self.bob, Role::Reviewer)
    }

    async fn record(&self, place: &str) -> MeetingLine {
        let pending = wallet::record_meeting(&self.trial.service, &self.ann(), PERSON, &met(place)).await;
        pending.unwrap().commit().await.unwrap()
    }

    /// `confirmed`, or the code of the refusal.
    async fn confirm(&self, caller: &Caller, person: PersonId, version: i64) -> &'static str {
        match wallet::confirm_meeting(&self.trial.service, caller, person, version).await {
            Ok(pending) => pending.commit().await.map(|_| "confirmed").unwrap(),
            Err(error) => error.code(),
        }
    }

    async fn level(&self) -> Option<u8> {
        wallet::entitlements(&self.trial.service, ACCOUNT).await.unwrap().level
    }
}

fn met(place: &str) -> Meeting {
    Meeting { place: place.to_owned(), agent: "7".to_owned(), chip_reader_reference: "r-1".to_owned() }
}

#[tokio::test]
async fn a_meeting_counts_once_a_second_person_confirmed_it() {
    for office in Office::all().await {
        let (service, meeting) = (&office.trial.service, met("网点一"));
        let code = async |caller: &Caller, person, meeting: &Meeting| {
            wallet::record_meeting(service, caller, person, meeting).await.err().unwrap().code()
        };
        let compliance = by(&office.trial, office.bob, Role::Compliance);
        assert_eq!(code(&compliance, PERSON, &meeting).await, "role_missing");
        let tired = Caller { verified_at: None, ..office.ann() };
        assert_eq!(code(&tired, PERSON, &meeting).await, "step_up_required");
        assert_eq!(code(&office.ann(), PersonId::from_bits(99), &meeting).await, "not_found");
        let vague = Meeting { agent: " ".to_owned(), ..meeting.clone() };
        assert_eq!(code(&office.ann(), PERSON, &vague).await, "record_malformed");

        let version = office.record("网点一").await.version;
        assert_eq!(derive(&office.trial, ACCOUNT).await, Some(0));
        assert_eq!(office.confirm(&office.ann(), PERSON, version).await, "second_person_needed");
        let read = wallet::meeting(service, &office.bob(), PERSON).await.unwrap();
        assert_eq!((read.meeting, read.recorded_by, read.confirmed_by), (meeting, office.ann, None));
        assert_eq!(office.confirm(&office.bob(), PERSON, read.version).await, "confirmed");
        assert_eq!(office.level().await, Some(3));
        assert_eq!(office.confirm(&office.bob(), PERSON, version).await, "record_confirmed");

        // What was refused is remembered.
        let rows = rows(&office.trial, PERSON, "face_to_face.record").await;
        let refused: Vec<_> = rows.iter().filter(|row| row["outcome"] == "refused").collect();
        assert_eq!(refused.len(), 2, "{}: {rows:?}", office.trial.database.name);
        let rows = super::rows(&office.trial, PERSON, "face_to_face.confirm").await;
        let outcomes: Vec<_> = rows.iter().map(|row| row["outcome"].as_str().unwrap()).collect();
        assert_eq!(outcomes, ["refused", "done"]);
    }
}

#[tokio::test]
async fn nobody_confirms_a_record_unseen_or_an_old_one() {
    for office in Office::all().await {
        let seen = office.record("one").await.version;
        let unseen = office.record("two").await.version;
        assert_eq!(office.confirm(&office.bob(), PERSON, seen).await, "record_stale");
        office.trial.clock.advance(Span::hours(24));
        assert_eq!(office.confirm(&office.bob(), PERSON, unseen).await, "proposal_over");
        assert_eq!(office.level().await, Some(0), "{}", office.trial.database.name);

        // A record of somebody who was put out has one author only.
        let version = office.record("three").await.version;
        let out = staff::disable(&office.trial.service, &operator(&office.trial), office.ann).await;
        out.unwrap().commit().await.unwrap();
        assert_eq!(office.confirm(&office.bob(), PERSON, version).await, "proposal_over");
    }
}

#[tokio::test]
async fn a_confirmed_meeting_stays_in_force_until_its_successor_is_confirmed() {
    for office in Office::all().await {
        let first = office.record("one").await.version;
        assert_eq!(office.confirm(&office.bob(), PERSON, first).await, "confirmed");
        for place in ["two", "three"] {
            office.record(place).await;
            assert_eq!(derive(&office.trial, ACCOUNT).await, Some(3), "{}", office.trial.database.name);
        }
        assert_eq!(office.confirm(&office.bob(), PERSON, first).await, "record_stale");
        let last = wallet::meeting(&office.trial.service, &office.bob(), PERSON).await.unwrap();
        assert_eq!((last.meeting.place.as_str(), last.confirmed_by), ("three", None));
        assert_eq!(office.confirm(&office.bob(), PERSON, last.version).await, "confirmed");
        assert_eq!(office.level().await, Some(3));
        let mut tx = office.trial.service.store().read().await.unwrap();
        let kept = shiming_store::wallet::meetings(&mut tx, PERSON).await.unwrap();
        assert_eq!(kept.len(), 1, "the one before has done its part");
    }
}

#[tokio::test]
async fn ids_of_people_who_were_linked_stay_good() {
    const KEPT: PersonId = PersonId::from_bits(8);
    for office in Office::all().await {
        let service = &office.trial.service;
        let version = office.record("one").await.version;
        open(&office.trial, OTHER, Some(KEPT)).await;
        let mut tx = service.store().housekeep().await.unwrap();
        shiming_store::person::link_people(&mut tx, PERSON, KEPT, service.now()).await.unwrap();
        tx.commit().await.unwrap();
        change(&office.trial, ACCOUNT, |account| account.person = Some(KEPT)).await;

        let scopes = vec![Scope::PersonsRead, Scope::LimitsUse];
        let principal = Principal::Integrator { key: "key_1".to_owned(), scopes, live: false };
        let machine = Caller { principal, strength: Strength::None, ..Caller::system() };
        let view = wallet::person(service, &machine, PERSON).await.unwrap();
        assert_eq!(view, wallet::person(service, &machine, KEPT).await.unwrap());
        assert_eq!(view.id, KEPT);
        let account = wallet::account_of(service, &machine, PERSON).await.unwrap();
        assert_eq!(account, view.account);
        wallet::entitlements_of_person(service, &machine, PERSON).await.unwrap();

        // The record is read with the key it was sealed with, by either id, and counts for the person.
        for id in [PERSON, KEPT] {
            let read = wallet::meeting(service, &office.bob(), id).await.unwrap();
            assert_eq!((read.person, read.meeting.place.as_str(), read.version), (KEPT, "one", version));
        }
        assert_eq!(office.confirm(&office.bob(), PERSON, version).await, "confirmed");
        assert_eq!(office.level().await, Some(3), "{}", office.trial.database.name);
        // A later one stands under the person, and is no older than what it follows.
        let later = office.record("two").await;
        assert_eq!((later.person, later.version), (KEPT, version + 1));
        assert_eq!(office.confirm(&office.bob(), KEPT, later.version).await, "confirmed");
    }
}
