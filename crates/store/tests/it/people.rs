//! People who are linked, however many at once.

use shiming_domain::counters::IdIndex;
use shiming_domain::id::PersonId;
use shiming_domain::moment::Timestamp;
use shiming_store::person::{claim, hold, link_people, resolve};
use shiming_store::{Error, Tx};
use shiming_testkit::trial::databases;

const A: PersonId = PersonId::from_bits(1);
const B: PersonId = PersonId::from_bits(2);
const C: PersonId = PersonId::from_bits(3);

fn now() -> Timestamp {
    Timestamp::from_unix_us(1_000_000).unwrap()
}

async fn write(tx: &mut Tx, person: PersonId) -> PersonId {
    let number = [u8::try_from(person.bits()).unwrap(); 32];
    claim(tx, IdIndex(number), person, now()).await.unwrap()
}

#[tokio::test]
async fn a_chain_never_gets_longer_than_one_step() {
    for database in databases().await {
        let mut tx = database.store.housekeep().await.unwrap();
        for person in [A, B, C] {
            assert_eq!(write(&mut tx, person).await, person);
        }
        link_people(&mut tx, B, C, now()).await.unwrap();
        // Whoever read before that B is a person of their own, and waited for the link, begins anew.
        let late = link_people(&mut tx, A, B, now()).await;
        assert!(matches!(late, Err(Error::Conflict { table: "person" })), "{}", database.name);
        assert!(hold(&mut tx, B).await.is_err());
        assert_eq!(write(&mut tx, B).await, C, "the number finds the person");
        link_people(&mut tx, A, C, now()).await.unwrap();
        for person in [A, B, C] {
            assert_eq!(resolve(&mut tx, person).await.unwrap(), Some(C));
        }
        assert_eq!(resolve(&mut tx, PersonId::from_bits(9)).await.unwrap(), None);
    }
}
