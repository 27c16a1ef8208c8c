//! Changes to updates.

use std::collections::BTreeSet;

use gateway::config::Update;
use storage::{Change, Database, Error};

use super::compile::without_applications;
use super::{applications, compile};

/// Topics of the feed that the portal writes. The identity tenant writes others, which no gateway
/// needs.
pub mod topic {
    /// One application changed: itself, its keys, its secret or its registrations. The key is the
    /// application's id.
    pub const APPLICATION: &str = "application";
    /// Anything else that a gateway obeys: services, routes, strategies, publications.
    pub const CONFIGURATION: &str = "configuration";
    /// Any number of applications, and anything else. Costs what there is of both.
    pub const EVERYTHING: &str = "everything";
}

/// Beyond this many applications at once, everything is cheaper.
const MANY: usize = 20_000;

/// What a gateway at revision `from` must be told, given the changes since: all of them, in order,
/// at least one.
pub(super) async fn update(db: &Database, from: i64, changes: &[Change]) -> Result<Update, Error> {
    let revision = changes.last().map_or(from, |change| change.revision);
    let mut ids = BTreeSet::new();
    let mut configuration = false;
    for change in changes {
        match change.topic.as_str() {
            topic::APPLICATION => {
                ids.insert(change.key.clone());
            }
            topic::EVERYTHING => return Ok(Update::Full(compile(db).await?)),
            // The tenant's: only the revision moves on.
            other => configuration |= !other.starts_with("identity."),
        }
    }
    if ids.len() > MANY {
        return Ok(Update::Full(compile(db).await?));
    }
    let ids: Vec<String> = ids.into_iter().collect();
    let changed = applications::some(db, &ids).await?;
    let present: BTreeSet<&str> = changed
        .iter()
        .map(|application| application.id.as_str())
        .collect();
    let removed = ids
        .iter()
        .filter(|id| !present.contains(id.as_str()))
        .cloned()
        .collect();
    if configuration {
        let mut config = without_applications(db).await?;
        // Applications are no newer than what was read of the feed.
        config.revision = revision;
        return Ok(Update::Configuration {
            from,
            config,
            changed,
            removed,
        });
    }
    Ok(Update::Applications {
        from,
        revision,
        changed,
        removed,
    })
}
