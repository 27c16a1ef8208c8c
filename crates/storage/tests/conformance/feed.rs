use std::time::Duration;

use futures_util::future::join_all;
use storage::testing::databases;
use storage::{Change, Database, Error};

#[tokio::test]
async fn revisions_are_in_order_and_without_gaps_however_many_write() {
    for t in databases(&[]).await {
        let write = |n: i32| {
            let db = t.db.clone();
            async move {
                let mut tx = db.begin().await?;
                tx.record_change("application", &n.to_string()).await?;
                if n % 3 == 0 {
                    return Ok(());
                }
                tx.commit().await
            }
        };
        for outcome in join_all((0..60).map(write)).await {
            outcome.unwrap();
        }
        let feed = t.db.feed();
        assert_eq!(feed.revision().await.unwrap(), 40, "{}", t.name);
        let changes = feed.changes_since(0, 100).await.unwrap();
        let revisions: Vec<i64> = changes.iter().map(|change| change.revision).collect();
        assert_eq!(revisions, (1..=40).collect::<Vec<_>>(), "{}", t.name);
        assert_eq!(feed.changes_since(38, 100).await.unwrap(), changes[38..]);
        assert_eq!(feed.changes_since(0, 3).await.unwrap(), changes[..3]);
    }
}

#[tokio::test]
async fn a_reader_that_is_too_far_behind_learns_it() {
    for t in databases(&[]).await {
        for key in ["a", "b", "c", "d"] {
            let mut tx = t.db.begin().await.unwrap();
            tx.record_change("client", key).await.unwrap();
            tx.commit().await.unwrap();
        }
        let feed = t.db.feed();
        assert_eq!(feed.prune(10).await.unwrap(), 0, "{}", t.name);
        assert_eq!(feed.prune(1).await.unwrap(), 3, "{}", t.name);
        assert_eq!(
            feed.changes_since(2, 9).await,
            Err(Error::Pruned { oldest: 3 }),
            "{}",
            t.name
        );
        let last = Change {
            revision: 4,
            topic: "client".into(),
            key: "d".into(),
        };
        assert_eq!(
            feed.changes_since(3, 9).await.unwrap(),
            [last],
            "{}",
            t.name
        );
        assert_eq!(feed.revision().await.unwrap(), 4);
    }
}

#[tokio::test]
async fn followers_wake_when_a_change_is_committed_here_or_elsewhere() {
    for t in databases(&[]).await {
        let elsewhere = Database::open(&t.config, &[]).await.unwrap();
        let (mut here, mut there) = (t.db.feed().subscribe(), elsewhere.feed().subscribe());
        assert_eq!((*here.borrow(), *there.borrow()), (0, 0));
        let mut tx = t.db.begin().await.unwrap();
        tx.record_change("client", "a").await.unwrap();
        assert!(!here.has_changed().unwrap(), "{}", t.name);
        tx.commit().await.unwrap();
        assert_eq!(*here.borrow_and_update(), 1, "{}", t.name);
        let patience = Duration::from_secs(10);
        tokio::time::timeout(patience, there.changed())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(*there.borrow_and_update(), 1, "{}", t.name);
    }
}
