//! Rows become entries of a tree that anybody can check.

use shiming_domain::moment::Timestamp;
use shiming_store::audit::{self, Actor, Audit};
use shiming_testkit::trial::{Database, databases};
use shiming_vault::audit::{Frontier, leaf_hash};

fn now() -> Timestamp {
    Timestamp::from_unix_s(1_795_572_000).unwrap()
}

async fn write(database: &Database, rows: usize) {
    for n in 0..rows {
        let mut tx = database.store.change().await.unwrap();
        let row = Audit::new(&Actor::system(), "thing.happen", "thing", format!("thing_{n}")).with("n", n);
        tx.audit(&row, now()).await.unwrap();
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn the_head_is_the_tree_over_all_entries_in_order() {
    for database in databases().await {
        write(&database, 11).await;
        assert_eq!(audit::sequence(&database.store, 7).await.unwrap(), 7);
        assert_eq!(audit::sequence(&database.store, 7).await.unwrap(), 4);
        assert_eq!(audit::sequence(&database.store, 7).await.unwrap(), 0);
        let mut tx = database.store.read().await.unwrap();
        let entries = audit::entries(&mut tx, 0, 100).await.unwrap();
        let places: Vec<i64> = entries.iter().map(|e| e.idx).collect();
        assert_eq!(places, (0..11).collect::<Vec<i64>>(), "{}", database.name);
        let mut tree = Frontier::default();
        for entry in &entries {
            tree.push(leaf_hash(&entry.entry));
        }
        assert_eq!(audit::head(&mut tx).await.unwrap(), tree, "{}", database.name);
        let about = audit::about(&mut tx, "thing_3", i64::MAX, 10).await.unwrap();
        assert_eq!(about.len(), 1);
    }
}

#[tokio::test]
async fn two_sequencers_place_every_row_once() {
    for database in databases().await {
        write(&database, 40).await;
        let run = || async {
            let mut placed = 0;
            loop {
                match audit::sequence(&database.store, 3).await.unwrap() {
                    0 => return placed,
                    n => placed += n,
                }
            }
        };
        let (a, b) = tokio::join!(run(), run());
        assert_eq!(a + b, 40, "{}", database.name);
        let mut tx = database.store.read().await.unwrap();
        assert_eq!(audit::head(&mut tx).await.unwrap().size(), 40);
    }
}

#[tokio::test]
async fn what_is_undone_leaves_no_row() {
    for database in databases().await {
        let mut tx = database.store.change().await.unwrap();
        tx.audit(&Audit::new(&Actor::system(), "thing.happen", "thing", "x"), now()).await.unwrap();
        drop(tx);
        assert_eq!(audit::sequence(&database.store, 10).await.unwrap(), 0, "{}", database.name);
    }
}
