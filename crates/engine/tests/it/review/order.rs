//! The statement that finds the next case orders as the rules do.

use super::*;
use shiming_domain::case::{Case, Priority, Waiting, urgency};
use shiming_domain::moment::Span;
use shiming_domain::sla::{self, SlaClock};
use shiming_store::audit::{Actor, Audit};
use shiming_store::case::{self as stored, Facts, StoredCase};
use shiming_testkit::trial::databases;

#[tokio::test]
async fn the_next_case_is_the_one_the_rules_name() {
    for database in databases().await {
        let trial = trial(database).await;
        let (now, me) = (trial.service.now(), StaffId::from_bits(1));
        let mut waiting = Vec::new();
        let mut tx = trial.database.store.change().await.unwrap();
        // Every mixture of what a place depends on.
        for n in 0..64_u128 {
            let bit = |place: u32| n >> place & 1 == 1;
            let due_at = if bit(0) { now - Span::hours(1) } else { now + Span::hours(1 + u32::from(bit(1))) };
            let priority = if bit(2) { Priority::P2 } else { Priority::P4 };
            let case = Case::open(
                CaseType::Initial,
                [StaffId::from_bits(9)].into_iter().filter(|_| bit(5)).collect(),
            );
            let id = CaseId::from_bits(n);
            let known_to = Some(me).filter(|_| bit(4));
            waiting.push(Waiting {
                id,
                kind: case.kind,
                due_us: due_at.unix_us(),
                frozen: bit(3),
                priority,
                known_to,
            });
            let clock = SlaClock::start(now.unix_us(), sla::Span::WorkingHours(4));
            let row = StoredCase {
                id,
                version: 1,
                case,
                account: account(n),
                application: None,
                frozen: bit(3),
                priority,
                due_at,
                target_at: due_at,
                known_to,
                alarmed: false,
                opened_at: now,
                facts: Facts::new(None, clock),
            };
            assert!(stored::insert(&mut tx, &row).await.unwrap());
        }
        tx.audit(&Audit::new(&Actor::system(), "case.open", "case", 0), now).await.unwrap();
        tx.commit().await.unwrap();

        waiting.sort_by_key(|case| urgency(case, me, now.unix_us()));
        for expected in &waiting {
            let mut tx = trial.database.store.housekeep().await.unwrap();
            let mut found = stored::next(&mut tx, me, Role::Reviewer, now).await.unwrap().unwrap();
            assert_eq!(found.id, expected.id, "{}", trial.database.name);
            found.case.queue = shiming_domain::case::Queue::Arbiter;
            stored::save(&mut tx, &mut found).await.unwrap();
            tx.commit().await.unwrap();
        }
        // What one is barred from is not there.
        let mut tx = trial.database.store.housekeep().await.unwrap();
        for _ in 0..32 {
            let barred = StaffId::from_bits(9);
            let mut found = stored::next(&mut tx, barred, Role::Supervisor, now).await.unwrap().unwrap();
            assert_eq!(found.id.bits() >> 5 & 1, 0);
            found.case.queue = shiming_domain::case::Queue::Ordinary;
            found.case.barred.insert(barred);
            stored::save(&mut tx, &mut found).await.unwrap();
        }
        assert_eq!(stored::next(&mut tx, StaffId::from_bits(9), Role::Supervisor, now).await.unwrap(), None);
    }
}
