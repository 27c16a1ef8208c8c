//! Searches of the audit: what a text is looked for in, how far one look reads, and how it goes on.

use serde_json::json;
use web::Role;

use super::Platform;
use super::people::browser;
use crate::Actor;
use crate::store::audit::Entry;
use crate::store::audit_log::{self, Looked, Recorded};
use crate::store::listing::{Filter, Listing, Test};

/// Entries of which every tenth speaks of a lantern.
async fn write(platform: &Platform, entries: usize) {
    let portal = &platform.portal;
    let mut tx = portal.db().begin().await.unwrap();
    for at in 0..entries {
        // Several in one request have one moment.
        let ctx = portal.ctx(Actor::System, "test");
        let name = if at % 10 == 0 { "Lantern" } else { "Buoy" };
        let entry = Entry::new("create", "document", format!("entry-{at:03}"));
        let entry = entry.with(json!({ "name": name }));
        portal.audit(&mut tx, &ctx, entry).await.unwrap();
        if at % 4 == 3 {
            platform.clock.advance(std::time::Duration::from_millis(1));
        }
    }
    tx.commit().await.unwrap();
}

fn about(text: &str, size: u32) -> Listing {
    let filters = vec![
        Filter {
            column: "t.entity_type",
            test: Test::OneOf(vec!["document".into()]),
        },
        Filter {
            column: audit_log::SEARCHED,
            test: Test::Contains(vec![text.to_owned()]),
        },
    ];
    Listing {
        filters,
        size,
        ..Listing::all("t.occurred_at")
    }
}

#[tokio::test]
async fn looks_one_after_the_other_find_each_entry_once_and_read_a_part_each() {
    for platform in Platform::everywhere().await {
        write(&platform, 100).await;
        let db = platform.portal.db();
        for (size, most, looks) in [(50, 25, 5), (2, 1000, 5), (3, 40, 4), (50, 1000, 1)] {
            for descending in [true, false] {
                let listing = about("lantern", size);
                let (mut found, mut after, mut took) = (Vec::new(), None, 0);
                loop {
                    let from = (after.take(), descending);
                    let Looked { found: few, until } =
                        audit_log::look(db, &listing, from, most).await.unwrap();
                    assert!(few.len() <= size as usize);
                    found.extend(few.into_iter().map(|one: Recorded| one.entity_id));
                    took += 1;
                    after = until;
                    if after.is_none() {
                        break;
                    }
                }
                let mut expected: Vec<String> = (0..10)
                    .map(|ten| format!("entry-{:03}", ten * 10))
                    .collect();
                if descending {
                    expected.reverse();
                }
                let name = platform.name();
                assert_eq!(found, expected, "{name} {size} {most} {descending}");
                assert_eq!(took, looks, "{name} {size} {most} {descending}");
            }
        }
    }
}

#[tokio::test]
async fn the_console_searches_further_back_by_a_link_that_keeps_the_search() {
    for platform in Platform::everywhere().await {
        write(&platform, 700).await;
        let mut browser = browser(&platform, Role::Viewer);
        let first = browser.get("/audit?q=lantern&kind=document").await;
        first
            .says("entry-690")
            .says("entry-200")
            .says("Found by reading");
        assert!(!first.html.contains("entry-190"), "{}", first.html);
        let further = first.between("href=\"/audit?q=lantern&amp;kind=document&amp;after=", "\"");
        let further = format!("/audit?q=lantern&kind=document&after={further}");
        let second = browser.get(&further).await;
        second
            .says("entry-190")
            .says("entry-000")
            .says("read to its end");
        second.says("href=\"/audit?q=lantern&amp;kind=document\"");
        assert!(!second.html.contains("entry-200"), "{}", second.html);
        assert!(!second.html.contains("format=csv&amp;after"));

        let nowhere = browser.get("/audit?q=nowhere").await;
        nowhere.says("Nothing here");
        let id = browser.get("/audit?q=entry-123").await;
        id.says("entry-123");
        assert!(!id.html.contains("read to its end"), "{}", id.html);
        let broken = browser.get("/audit?q=lantern&after=yesterday").await;
        broken.says("entry-690");
    }
}
