//! One key, one piece of work.

use shiming_domain::moment::{Span, Timestamp};
use shiming_store::idempotency::{self, Request, Reserved};
use shiming_testkit::trial::databases;
use shiming_vault::seal::Sealed;

fn request(body: u8) -> Request {
    Request { scope: "acc_1 POST /applications".into(), key: "k1".into(), fingerprint: [body; 32] }
}

#[tokio::test]
async fn the_first_works_and_the_rest_get_its_answer() {
    for database in databases().await {
        let now = Timestamp::from_unix_s(1_795_572_000).unwrap();
        let reserve = |body: u8, now: Timestamp| {
            let store = database.store.clone();
            async move {
                let mut tx = store.housekeep().await.unwrap();
                let reserved = idempotency::reserve(&mut tx, &request(body), now).await.unwrap();
                tx.commit().await.unwrap();
                reserved
            }
        };
        assert_eq!(reserve(1, now).await, Reserved::Begin);
        assert_eq!(reserve(1, now).await, Reserved::InFlight);
        assert_eq!(reserve(2, now).await, Reserved::OtherRequest, "{}", database.name);
        // The process died: after its lease somebody else may.
        let later = now + Span::minutes(2);
        assert_eq!(reserve(1, later).await, Reserved::Begin);

        let sealed = Sealed::from_bytes([&[1_u8, 1][..], &[7; 90]].concat()).unwrap();
        let mut tx = database.store.housekeep().await.unwrap();
        idempotency::keep(&mut tx, &request(1), 201, &sealed).await.unwrap();
        tx.commit().await.unwrap();
        let kept = Reserved::Done { status: 201, answer: sealed };
        assert_eq!(reserve(1, later).await, kept, "{}", database.name);
        assert_eq!(reserve(2, later).await, Reserved::OtherRequest);
        assert_eq!(reserve(2, later + idempotency::KEPT).await, Reserved::Begin);
    }
}
